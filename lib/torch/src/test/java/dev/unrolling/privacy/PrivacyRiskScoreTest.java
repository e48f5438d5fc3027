package dev.unrolling.privacy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.privacy.PrivacyRiskScore.Spacing;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class PrivacyRiskScoreTest {

  private static final double EXACT = 1e-12;

  /** Of class 0. */
  private static EntropySample sample(double... values) {
    return new EntropySample(values, new int[values.length]);
  }

  private static EntropySample both(double[] ofZero, double[] ofOne) {
    int[] labels = new int[ofZero.length + ofOne.length];
    Arrays.fill(labels, ofZero.length, labels.length, 1);
    return new EntropySample(
        DoubleStream.concat(Arrays.stream(ofZero), Arrays.stream(ofOne)).toArray(), labels);
  }

  @Test
  void twoClassesByHand() {
    // Class 0: three members of four are below 2, one non-member of four. Class 1: far apart.
    PrivacyRiskScore score =
        PrivacyRiskScore.of(
            both(new double[] {0, 0, 0, 4}, new double[] {0, 1}),
            both(new double[] {0, 4, 4, 4}, new double[] {9, 10}),
            Spacing.LINEAR,
            2);
    assertEquals(2, score.classes());
    assertArrayEquals(new double[] {0, 2, 4}, score.edges(0), EXACT);
    assertArrayEquals(new double[] {0.75, 0.25}, score.memberShares(0), EXACT);
    assertArrayEquals(new double[] {0.25, 0.75}, score.nonMemberShares(0), EXACT);
    assertEquals(0.75, score.score(1, 0), EXACT);
    assertEquals(0.25, score.score(3, 0), EXACT);
    // A bin holds its lower edge; what is beyond the edges falls into the outermost bins.
    assertEquals(0.25, score.score(2, 0), EXACT);
    assertEquals(0.75, score.score(-5, 0), EXACT);
    assertEquals(0.25, score.score(99, 0), EXACT);
    assertArrayEquals(new double[] {0, 5, 10}, score.edges(1), EXACT);
    assertEquals(1, score.score(1, 1), EXACT);
    assertEquals(0, score.score(7, 1), EXACT);
    assertEquals(0, score.emptyBins());
    assertThrows(IllegalArgumentException.class, () -> score.score(Double.NaN, 0));
  }

  @Test
  void itsHistogramsAreAllOfIt() {
    PrivacyRiskScore score =
        PrivacyRiskScore.of(sample(0.1, 0.2, 0.7), sample(0.3, 0.9), Spacing.LOGARITHMIC, 3);
    PrivacyRiskScore same = new PrivacyRiskScore(score.spacing(), score.histograms());
    double[] values = {1e-12, 0.1, 0.15, 0.3, 0.5, 0.9, 2};
    assertArrayEquals(score.scores(sample(values)).values(), same.scores(sample(values)).values());
    score.histograms().get(0).members()[0] = 5;
    assertArrayEquals(score.scores(sample(values)).values(), same.scores(sample(values)).values());
    assertThrows(
        IllegalArgumentException.class, () -> new PrivacyRiskScore(Spacing.LINEAR, List.of()));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new ClassHistogram(new double[] {0, 1}, new double[2], new double[2]))
            .getMessage();
    assertTrue(message.contains("not 2, 2 and 2"), message);
  }

  @Test
  void whatIsNoHistogramOrNoAnswerIsRefused() {
    double[] half = {0.5, 0.5};
    for (double[] edges : List.of(new double[] {0, 2, 1}, new double[] {0, Double.NaN, 1})) {
      assertThrows(IllegalArgumentException.class, () -> new ClassHistogram(edges, half, half));
    }
    double[] edges = {0, 1, 2};
    for (double[] shares :
        List.of(new double[] {1.5, -0.5}, new double[] {0.5, 0.4}, new double[] {Double.NaN, 1})) {
      assertThrows(IllegalArgumentException.class, () -> new ClassHistogram(edges, shares, half));
      assertThrows(IllegalArgumentException.class, () -> new ClassHistogram(edges, half, shares));
    }
    PrivacyRiskScore score = PrivacyRiskScore.of(sample(0, 1), sample(1), Spacing.LINEAR, 2);
    for (double entropy : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> score.score(entropy, 0)).getMessage();
      assertTrue(message.contains("" + entropy), message);
    }
  }

  @Test
  void emptyBinsScoreOneHalfAndAreCounted() {
    PrivacyRiskScore score = PrivacyRiskScore.of(sample(0, 1), sample(9, 10), Spacing.LINEAR, 5);
    assertEquals(3, score.emptyBins());
    PrivacyRiskScore.Scores scores = score.scores(sample(0, 3, 5, 1, 10));
    assertArrayEquals(new double[] {1, 0.5, 0.5, 1, 0}, scores.values(), EXACT);
    assertEquals(2, scores.undefined());
    assertEquals(0.6, scores.mean(), EXACT);
    // One value for all: the last bin holds everybody, and nobody is in the others.
    PrivacyRiskScore same = PrivacyRiskScore.of(sample(3), sample(3, 3), Spacing.LINEAR, 4);
    assertEquals(3, same.emptyBins());
    assertEquals(0.5, same.score(3, 0), EXACT);
  }

  @Test
  void changesAreMeantOverExamples() {
    PrivacyRiskScore score =
        PrivacyRiskScore.of(sample(0, 0, 0, 4), sample(0, 4, 4, 4), Spacing.LINEAR, 2);
    // 0.75 and 0.25 against 0.25 and 0.75: the means are equal, the scores are not.
    assertEquals(0.5, score.scores(sample(0, 4)).meanChange(score.scores(sample(4, 0))), EXACT);
    PrivacyRiskScore.Scores one = score.scores(sample(0));
    assertTrue(
        assertThrows(
                IllegalArgumentException.class, () -> one.meanChange(score.scores(sample(0, 4))))
            .getMessage()
            .contains("1 and 2"));
  }

  @Test
  void sharesNotNumbersCount() {
    EntropySample few = sample(1, 2, 9);
    EntropySample many = sample(1, 2, 9, 1, 2, 9, 1, 2, 9);
    EntropySample others = sample(3, 8, 9, 10);
    PrivacyRiskScore one = PrivacyRiskScore.of(few, others, Spacing.LINEAR, 3);
    PrivacyRiskScore three = PrivacyRiskScore.of(many, others, Spacing.LINEAR, 3);
    for (double value = 1; value <= 10; value++) {
      assertEquals(one.score(value, 0), three.score(value, 0), EXACT);
    }
    assertEquals(1, Arrays.stream(three.memberShares(0)).sum(), EXACT);
    assertEquals(1, Arrays.stream(three.nonMemberShares(0)).sum(), EXACT);
  }

  @Test
  void exchangedRolesTurnTheScoreAndEqualOnesSayNothing() {
    EntropySample a = sample(0.1, 0.2, 0.5, 3);
    EntropySample b = sample(0.3, 2, 4, 5);
    PrivacyRiskScore score = PrivacyRiskScore.of(a, b, Spacing.LOGARITHMIC, 3);
    PrivacyRiskScore turned = PrivacyRiskScore.of(b, a, Spacing.LOGARITHMIC, 3);
    PrivacyRiskScore nothing = PrivacyRiskScore.of(a, a, Spacing.LOGARITHMIC, 3);
    for (double value : new double[] {0.1, 0.4, 1, 4}) {
      assertEquals(1 - score.score(value, 0), turned.score(value, 0), EXACT);
      assertEquals(0.5, nothing.score(value, 0), EXACT);
    }
  }

  @Test
  void logarithmicBinsFollowAFactorAndStartAtTheSmallest() {
    PrivacyRiskScore score =
        PrivacyRiskScore.of(sample(0, 1e-6), sample(1e-3, 1), Spacing.LOGARITHMIC, 2);
    assertArrayEquals(new double[] {1e-10, 1e-5, 1}, score.edges(0), 1e-15);
    assertArrayEquals(new double[] {1, 0}, score.memberShares(0), EXACT);
    assertEquals(score.score(1e-10, 0), score.score(0, 0), EXACT);
    PrivacyRiskScore one =
        PrivacyRiskScore.of(sample(1, 2, 8), sample(4, 10, 27), Spacing.LOGARITHMIC, 3);
    PrivacyRiskScore ten =
        PrivacyRiskScore.of(sample(10, 20, 80), sample(40, 100, 270), Spacing.LOGARITHMIC, 3);
    for (double value : new double[] {1.5, 4, 20}) {
      assertEquals(one.score(value, 0), ten.score(10 * value, 0), EXACT);
    }
  }

  @Test
  void badInputIsNamed() {
    assertTrue(
        refused(() -> PrivacyRiskScore.of(sample(1), sample(1), Spacing.LINEAR, 0)).contains("0"));
    assertTrue(
        refused(
                () ->
                    PrivacyRiskScore.of(
                        both(new double[] {1}, new double[] {1}), sample(1), Spacing.LINEAR, 2))
            .contains("class 1 has no non-member"));
    assertTrue(
        refused(() -> PrivacyRiskScore.of(sample(-1), sample(1), Spacing.LOGARITHMIC, 2))
            .contains("linear bins"));
    PrivacyRiskScore score = PrivacyRiskScore.of(sample(1), sample(2), Spacing.LINEAR, 2);
    assertTrue(refused(() -> score.score(1, 1)).contains("0 to 0"));
  }

  private static String refused(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
