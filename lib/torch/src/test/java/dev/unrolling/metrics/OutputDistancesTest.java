package dev.unrolling.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OutputDistancesTest {

  private static final double LN2 = Math.log(2);
  private static final double LN3 = Math.log(3);

  /** Jensen-Shannon divergence of (1/2, 1/2) and (1/4, 3/4), whose mean is (3/8, 5/8). */
  private static final double JS =
      (0.5 * Math.log(4.0 / 3) + 0.5 * Math.log(0.8)) / 2
          + (0.25 * Math.log(2.0 / 3) + 0.75 * Math.log(1.2)) / 2;

  @Test
  void divergencesOfTwoClassesByHand() {
    // p = (1/2, 1/2), q = (1/4, 3/4): KL(p||q) = ln(2)/2 + ln(2/3)/2 = ln 2 - ln(3)/2,
    // KL(q||p) = ln(1/2)/4 + 3 ln(3/2)/4 = 3 ln(3)/4 - ln 2.
    double[] p = {0.5, 0.5};
    double[] q = {0.25, 0.75};
    assertEquals(LN2 - LN3 / 2, Divergences.kullbackLeibler(p, q), 1e-15);
    assertEquals(0.75 * LN3 - LN2, Divergences.kullbackLeibler(q, p), 1e-15);
    assertEquals(JS, Divergences.jensenShannon(p, q), 1e-15);
    assertEquals(JS, Divergences.jensenShannon(q, p), 1e-15);
  }

  @Test
  void zeroProbabilities() {
    double[] sure = {1, 0};
    double[] even = {0.5, 0.5};
    double[] other = {0, 1};
    assertEquals(LN2, Divergences.kullbackLeibler(sure, even), 1e-15);
    assertEquals(Double.POSITIVE_INFINITY, Divergences.kullbackLeibler(even, sure));
    assertEquals(Double.POSITIVE_INFINITY, Divergences.kullbackLeibler(sure, other));
    assertEquals(0, Divergences.kullbackLeibler(sure, sure));
    assertEquals(LN2, Divergences.jensenShannon(sure, other), 1e-15);
    // From logits a probability that underflows still has its logarithm.
    assertEquals(
        2000 - LN2,
        Divergences.kullbackLeiblerOfLogits(new double[] {0, 0}, new double[] {4000, 0}),
        1e-9);
    assertEquals(
        LN2,
        Divergences.kullbackLeiblerOfLogits(new double[] {4000, 0}, new double[] {0, 0}),
        1e-12);
    assertArrayEquals(sure, Divergences.softMax(new double[] {4000, 0}));
  }

  @Test
  void allDistancesOfTwoClassesByHand() {
    // Probabilities (1/2, 1/2) and (1/4, 3/4) in the first row, equal logits in the second.
    double[][] unlearned = {{0, 0}, {2, 5}};
    double[][] retrained = {{0, LN3}, {2, 5}};
    OutputDistances found = OutputDistances.between(unlearned, retrained, new int[] {1, 0});
    assertEquals(LN3 / 2, found.meanLogitDistance(), 1e-15);
    assertEquals(LN3, found.largestLogitDistance(), 1e-15);
    assertEquals((LN2 - LN3 / 2) / 2, found.meanKl(), 1e-15);
    assertEquals((0.75 * LN3 - LN2) / 2, found.meanReverseKl(), 1e-15);
    assertEquals(JS / 2, found.meanJensenShannon(), 1e-15);
    assertEquals(0.5, found.disagreement());
    // -ln(1/2) + ln(3/4) = ln(3/2).
    assertEquals(Math.log(1.5) / 2, found.lossGap(), 1e-15);
    assertEquals(Math.log(1.5) / 2, found.meanAbsoluteLossGap(), 1e-15);
    assertEquals(2, found.examples());
    OutputDistances back = OutputDistances.between(retrained, unlearned, new int[] {1, 0});
    assertEquals(found.meanKl(), back.meanReverseKl(), 1e-15);
    assertEquals(found.meanJensenShannon(), back.meanJensenShannon(), 1e-15);
    assertEquals(-found.lossGap(), back.lossGap(), 1e-15);
    assertEquals(found.meanAbsoluteLossGap(), back.meanAbsoluteLossGap(), 1e-15);
  }

  @Test
  void gapsOfOppositeSignsCancelInTheMeanOnly() {
    double[][] unlearned = {{0, 1}, {0, 1}};
    double[][] retrained = {{1, 0}, {1, 0}};
    OutputDistances found = OutputDistances.between(unlearned, retrained, new int[] {0, 1});
    assertEquals(0, found.lossGap(), 1e-15);
    assertEquals(1, found.meanAbsoluteLossGap(), 1e-15);
    assertEquals(1, found.disagreement());
  }

  /** Random logits of some examples. */
  private static double[][] logits(SplittableRandom random, int examples, int classes) {
    double[][] rows = new double[examples][];
    Arrays.setAll(rows, i -> random.doubles(classes, -4, 4).toArray());
    return rows;
  }

  @Test
  void invariances() {
    SplittableRandom random = new SplittableRandom(5);
    double[][] z = logits(random, 50, 7);
    double[][] y = logits(random, 50, 7);
    int[] labels = random.ints(50, 0, 7).toArray();
    OutputDistances plain = OutputDistances.between(z, y, labels);
    // A common summand of an example's logits moves the logit distance only.
    double[][] shifted = new double[50][];
    Arrays.setAll(shifted, i -> Arrays.stream(z[i]).map(v -> v + 3 - i).toArray());
    OutputDistances moved = OutputDistances.between(shifted, y, labels);
    assertEquals(plain.meanKl(), moved.meanKl(), 1e-12);
    assertEquals(plain.meanReverseKl(), moved.meanReverseKl(), 1e-12);
    assertEquals(plain.meanJensenShannon(), moved.meanJensenShannon(), 1e-12);
    assertEquals(plain.disagreement(), moved.disagreement());
    assertEquals(plain.lossGap(), moved.lossGap(), 1e-12);
    assertTrue(moved.meanLogitDistance() > plain.meanLogitDistance() + 1);
    // Renaming classes moves nothing.
    OutputDistances renamed =
        OutputDistances.between(
            reversed(z), reversed(y), Arrays.stream(labels).map(label -> 6 - label).toArray());
    assertEquals(plain.meanLogitDistance(), renamed.meanLogitDistance(), 1e-12);
    assertEquals(plain.meanKl(), renamed.meanKl(), 1e-12);
    assertEquals(plain.meanJensenShannon(), renamed.meanJensenShannon(), 1e-12);
    assertEquals(plain.disagreement(), renamed.disagreement());
    assertEquals(plain.meanAbsoluteLossGap(), renamed.meanAbsoluteLossGap(), 1e-12);
    // Nothing is apart from itself.
    assertEquals(
        new OutputDistances(0, 0, 0, 0, 0, 0, 0, 0, 50), OutputDistances.between(z, z, labels));
  }

  private static double[][] reversed(double[][] rows) {
    double[][] turned = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      turned[i] = new double[rows[i].length];
      for (int c = 0; c < rows[i].length; c++) {
        turned[i][c] = rows[i][rows[i].length - 1 - c];
      }
    }
    return turned;
  }

  @Test
  void theBoundsByTheLogitDistanceHold() {
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < 2000; i++) {
      double scale = Math.pow(10, random.nextDouble(-3, 1));
      double[] z = random.doubles(5, -4, 4).toArray();
      double[] y = Arrays.stream(z).map(v -> v + scale * random.nextDouble(-1, 1)).toArray();
      OutputDistances one =
          OutputDistances.between(new double[][] {z}, new double[][] {y}, new int[] {i % 5});
      double d = one.meanLogitDistance();
      assertTrue(one.meanKl() <= d * d / 4 + 1e-15);
      assertTrue(one.meanAbsoluteLossGap() <= Math.sqrt(2) * d + 1e-15);
      assertTrue(
          one.meanJensenShannon()
              <= Math.min(LN2, (one.meanKl() + one.meanReverseKl()) / 4 + 1e-15));
    }
  }

  @Test
  void refusesWhatCannotBe() {
    double[] p = {0.5, 0.5};
    assertThrows(
        IllegalArgumentException.class,
        () -> Divergences.kullbackLeibler(p, new double[] {1, 0, 0}));
    assertThrows(
        IllegalArgumentException.class, () -> Divergences.kullbackLeibler(p, new double[] {2, 3}));
    assertThrows(
        IllegalArgumentException.class, () -> Divergences.kullbackLeibler(new double[] {2, 3}, p));
    assertThrows(
        IllegalArgumentException.class, () -> Divergences.jensenShannon(p, new double[] {1}));
    assertThrows(
        IllegalArgumentException.class, () -> Divergences.jensenShannon(new double[] {-1, 2}, p));
    assertThrows(
        IllegalArgumentException.class,
        () -> OutputDistances.between(new double[][] {p}, new double[][] {{1}}, new int[] {0}));
    assertThrows(
        IllegalArgumentException.class,
        () -> OutputDistances.between(new double[0][], new double[0][], new int[0]));
  }

  @Test
  void answersThatAreNoNumbersHaveNoDistance() {
    double[][] fine = {{1, 2}, {3, 1}};
    double[][] broken = {{1, 2}, {Double.NaN, 1}};
    int[] labels = {0, 1};
    for (OutputDistances measured :
        List.of(
            OutputDistances.between(broken, fine, labels),
            OutputDistances.between(fine, broken, labels))) {
      assertTrue(Double.isNaN(measured.disagreement()));
      assertTrue(Double.isNaN(measured.meanLogitDistance()));
      assertTrue(Double.isNaN(measured.largestLogitDistance()));
      assertTrue(Double.isNaN(measured.meanKl()) && Double.isNaN(measured.meanReverseKl()));
      assertTrue(Double.isNaN(measured.meanJensenShannon()));
      assertTrue(Double.isNaN(measured.lossGap()) && Double.isNaN(measured.meanAbsoluteLossGap()));
    }
    assertEquals(0, OutputDistances.between(fine, fine, labels).disagreement());
  }
}
