package dev.unrolling.engine.dl4j;

/**
 * What a user vouches for where the library cannot know: that the training step of one layer, or
 * vertex, is the plain gradient step, although it holds what the library does not know. It lifts
 * the refusal of what that layer holds (its class, activation, dropout, noise, constraints, ...),
 * not that of its updater, and is named in the {@link UnlearningReport}.
 *
 * @param layer name of the layer or vertex, as the refusal gives it
 * @param reason why it is so, e.g. "dropout was switched off after the pre-training"
 */
public record UserStatement(String layer, String reason) {

  /**
   * Checks that both are given.
   *
   * @throws IllegalArgumentException if the layer or the reason is missing or blank
   */
  public UserStatement {
    if (layer == null || layer.isBlank() || reason == null || reason.isBlank()) {
      throw new IllegalArgumentException(
          "a statement needs the name of a layer and a reason, not \""
              + layer
              + "\" and \""
              + reason
              + "\"");
    }
  }

  /** States that the update of a layer is the plain gradient step. */
  public static UserStatement plainGradientStep(String layer, String reason) {
    return new UserStatement(layer, reason);
  }

  @Override
  public String toString() {
    return "the user states that the update of layer \""
        + layer
        + "\" is the plain gradient step: "
        + reason;
  }
}
