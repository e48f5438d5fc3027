package dev.unrolling.engine.dl4j;

/**
 * What the retrained model M' does where the trained one stepped on what is to be forgotten, as the
 * library's {@code Removal} has it. It decides whether the regularisation of a model's own (l1, l2,
 * weight decay) is undone with the gradient: in DL4J it acts at every step.
 */
public enum RetrainedStep {
  /**
   * M' takes no step: {@code fit} without the batch, the paper's retraining. Then the
   * regularisation of the visits is undone too, at w_0.
   */
  SKIPPED,
  /**
   * M' takes a step with a zero gradient of the data, e.g. with a labels mask of zeros: momentum
   * and regularisation act as in the trained model, and only the gradient of the data is undone.
   */
  ZERO_GRADIENT
}
