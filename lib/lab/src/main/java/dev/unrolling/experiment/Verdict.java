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
    UNDECIDED,
    /** The claim says nothing about what was looked at; the evidence says why. */
    DOES_NOT_APPLY;

    /** The name in lower-case words. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * {@link Outcome#HOLDS} or {@link Outcome#FAILS} by a condition.
   *
   * @param evidence the text, or if values follow a format of {@link String#format} for them
   */
  public static Verdict of(
      String claim, String statement, boolean holds, String evidence, Object... values) {
    return of(claim, statement, holds ? Outcome.HOLDS : Outcome.FAILS, evidence, values);
  }

  /** The same of any outcome. */
  public static Verdict of(
      String claim, String statement, Outcome outcome, String evidence, Object... values) {
    String told = values.length == 0 ? evidence : String.format(Locale.ROOT, evidence, values);
    return new Verdict(claim, statement, outcome, told);
  }

  /**
   * This verdict, or {@link Outcome#UNDECIDED} where there is too little to tell by.
   *
   * @param enough whether there is enough
   * @param needed what is needed, for the evidence
   */
  public Verdict ifEnough(boolean enough, String needed) {
    return enough
        ? this
        : new Verdict(claim, statement, Outcome.UNDECIDED, evidence + "; " + needed);
  }

  /** {@link Outcome#DOES_NOT_APPLY}, and why. */
  public static Verdict doesNotApply(String claim, String statement, String why) {
    return new Verdict(claim, statement, Outcome.DOES_NOT_APPLY, why);
  }

  /**
   * The same verdict, told to be on one of several data sets or models: the claim becomes {@code
   * "2.2 (IMDB)"}. A claim without such a word is on CIFAR-10.
   *
   * @param subject without parentheses, e.g. {@code "IMDB"} or {@code "ResNet-8"}
   */
  public Verdict on(String subject) {
    return new Verdict(claim + " (" + subject + ")", statement, outcome, evidence);
  }

  /** E.g. {@code "holds: slope 2.98 in [2.9, 3.1]"}. */
  @Override
  public String toString() {
    return outcome + ": " + evidence;
  }
}
