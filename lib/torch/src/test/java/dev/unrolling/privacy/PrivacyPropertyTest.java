package dev.unrolling.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.privacy.PrivacyRiskScore.Spacing;
import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Ranges and directions of the modified entropy and of the score made of it. */
class PrivacyPropertyTest {

  /** Twice the logarithm of the floor, and rounding. */
  private static final double LARGEST = -2 * Math.log(ModifiedEntropy.FLOOR) + 1e-9;

  @Property(seed = "1", tries = 500)
  void entropyIsAtMostTwiceTheFloorAndLessTheMoreTheTrueClassIsBelieved(
      @ForAll @Size(min = 2, max = 8) @DoubleRange(min = -200, max = 200) double[] logits,
      @ForAll @IntRange(min = 0, max = 7) int drawn,
      @ForAll @DoubleRange(min = 0, max = 50) double more,
      @ForAll @DoubleRange(min = -50, max = 50) double shift) {
    int label = drawn % logits.length;
    double entropy = ModifiedEntropy.valueOfLogits(logits, label);
    assertTrue(entropy >= 0 && entropy <= LARGEST, "" + entropy);
    double[] surer = logits.clone();
    surer[label] += more;
    double less = ModifiedEntropy.valueOfLogits(surer, label);
    assertTrue(less <= entropy * (1 + 1e-12), entropy + ", then " + less);
    double[] shifted = Arrays.stream(logits).map(z -> z + shift).toArray();
    assertEquals(entropy, ModifiedEntropy.valueOfLogits(shifted, label), 1e-9 * (1 + entropy));
  }

  @Provide
  Arbitrary<double[]> values() {
    return Arbitraries.doubles().between(0, 100).array(double[].class).ofMinSize(1).ofMaxSize(30);
  }

  @Property(seed = "2", tries = 200)
  void aScoreIsAShareAndRisesWithTheMembersInItsBin(
      @ForAll("values") double[] members,
      @ForAll("values") double[] nonMembers,
      @ForAll @IntRange(min = 1, max = 12) int bins,
      @ForAll @DoubleRange(min = 0, max = 200) double value,
      @ForAll Spacing spacing) {
    PrivacyRiskScore score =
        PrivacyRiskScore.of(sample(members), sample(nonMembers), spacing, bins);
    double found = score.score(value, 0);
    assertTrue(found >= 0 && found <= 1, "" + found);
    // Who is called a member is not called a non-member.
    PrivacyRiskScore swapped =
        PrivacyRiskScore.of(sample(nonMembers), sample(members), spacing, bins);
    assertEquals(1 - found, swapped.score(value, 0), 1e-12);
    // Neither do the edges move by a member that is there already, nor does its score fall.
    double there = members[0];
    double[] more = Arrays.copyOf(members, members.length + 1);
    more[members.length] = there;
    PrivacyRiskScore another = PrivacyRiskScore.of(sample(more), sample(nonMembers), spacing, bins);
    assertTrue(another.score(there, 0) >= score.score(there, 0) - 1e-12);
    // The order of a sample says nothing.
    double[] reversed =
        IntStream.range(0, members.length)
            .mapToDouble(i -> members[members.length - 1 - i])
            .toArray();
    assertEquals(
        found,
        PrivacyRiskScore.of(sample(reversed), sample(nonMembers), spacing, bins).score(value, 0),
        1e-12);
    assertEquals(1, Arrays.stream(score.memberShares(0)).sum(), 1e-12);
  }

  private static EntropySample sample(double[] values) {
    return new EntropySample(values, new int[values.length]);
  }
}
