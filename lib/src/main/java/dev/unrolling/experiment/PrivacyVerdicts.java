package dev.unrolling.experiment;

/** What tables of {@link PrivacyExperiment} say about sections 2.6 and 2.8 and E6. */
public final class PrivacyVerdicts {

  /** Method of M, from which nothing was unlearned. */
  public static final String ORIGINAL = "nothing done";

  /** Method of M'. */
  public static final String RETRAINED = "retrained";

  /** Method of M'' by the paper's formula. */
  public static final String SINGLE_GRADIENT = "single gradient";

  /** Method of M'' with the factor corrected for momentum. */
  public static final String CORRECTED = "single gradient, corrected";

  /** Method of M'' by a gradient at each visit times its rate, as the authors' E6 has it. */
  public static final String EACH_VISIT = "a gradient a visit";

  private PrivacyVerdicts() {}
}
