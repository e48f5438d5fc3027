package dev.unrolling.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What single gradient unlearning must know of a training run. {@link ForgettingListener} writes it
 * during {@code fit}; one who kept the untrained model's zip can write it by hand.
 *
 * @param startParameters w_0: {@code params()} of the model before its training; copied
 * @param sumOfRates sum of the learning rates of the visits to what is to be forgotten
 * @param batchSize number of examples in the batches that were visited, at least 1
 */
public record ForgettingRecord(INDArray startParameters, double sumOfRates, int batchSize) {

  /**
   * Copies and checks.
   *
   * @throws IllegalArgumentException if w_0 is missing, there was no visit, or no batch
   */
  public ForgettingRecord {
    if (startParameters == null || startParameters.isEmpty()) {
      throw new IllegalArgumentException(
          "single gradient unlearning needs w_0, the parameters from before training: attach a"
              + " ForgettingListener before fit, or read the zip of the untrained model");
    }
    if (!(sumOfRates > 0) || Double.isInfinite(sumOfRates)) {
      throw new IllegalArgumentException(
          "the rates of the visits must have a positive sum, not " + sumOfRates);
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size must be at least 1, not " + batchSize);
    }
    startParameters = startParameters.dup();
  }
}
