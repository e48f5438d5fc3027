package dev.unrolling.experiment;

import java.util.Locale;

/**
 * What a result table says about a claim.
 *
 * @param claim where the claim is stated, e.g. {@code "2.1b"} or {@code "E1"}
 * @param statement the claim in a sentence
 * @param outcome whether the numbers bear it out
 * @param evidence the numbers and the thresholds they were held against, e.g. {@code "slope 2.98 in
 *     [2.9, 3.1]"}
 */
public record Verdict(String claim, String statement, Outcome outcome, String evidence) {

  /** What can be said. */
  public enum Outcome {
    /** The numbers are inside the thresholds. */
    HOLDS,
    /** They are outside. */
    FAILS,
    /** They are too few or too scattered to tell. */
    UNDECIDED;

    /** The name in lower case. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** {@link Outcome#HOLDS} or {@link Outcome#FAILS} by a condition. */
  public static Verdict of(String claim, String statement, boolean holds, String evidence) {
    return new Verdict(claim, statement, holds ? Outcome.HOLDS : Outcome.FAILS, evidence);
  }

  /** E.g. {@code "holds: slope 2.98 in [2.9, 3.1]"}. */
  @Override
  public String toString() {
    return outcome + ": " + evidence;
  }
}
