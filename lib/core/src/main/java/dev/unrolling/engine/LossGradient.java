package dev.unrolling.engine;

/**
 * Loss of a batch and its gradient with respect to the weights.
 *
 * @param loss the objective's value
 * @param gradient a new vector, closed with this
 */
public record LossGradient(Loss loss, ParameterVector gradient) implements AutoCloseable {

  @Override
  public void close() {
    gradient.close();
  }
}
