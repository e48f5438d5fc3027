package dev.unrolling.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What single gradient unlearning must know of a training run. {@link ForgettingListener} writes it
 * during {@code fit}; one who kept the untrained model's zip can write it by hand.
 *
 * @param startParameters w_0: {@code params()} of the model before its training; copied
 * @param factor of the gradient: with {@code Sgd} the sum of the learning rates of the visits to
 *     what is to be forgotten, with {@code Nesterovs} as {@link #nesterovsFactor} says
 * @param batchSize number of examples in the batches that were visited, at least 1
 */
public record ForgettingRecord(INDArray startParameters, double factor, int batchSize) {

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
    if (!(factor > 0) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException(
          "the factor (the sum of the visits' rates) must be positive, not " + factor);
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size must be at least 1, not " + batchSize);
    }
    startParameters = startParameters.dup();
  }

  /**
   * The factor at a constant rate eta with DL4J's {@code Nesterovs}, whose step is \( v_{s+1} = \mu
   * v_s - \eta g_s, \; w_{s+1} = w_s - \mu v_s + (1 + \mu) v_{s+1} \). A gradient seen at step s
   * moves the weights by \( -\eta (1 + \mu) g \) at once and by \( -\eta \mu^{k+1} g \) k steps
   * later, so that by step t
   *
   * <p>\( factor = \eta \sum_s (1 - \mu^{t-s+1}) / (1 - \mu). \)
   *
   * <p>As with every momentum (paper section 2.2) it is exact to first order against a model that
   * was retrained with a zero gradient at the visits; against one that skipped these steps, a
   * first-order term of the other batches is left.
   *
   * @param rate eta
   * @param momentum mu in [0, 1)
   * @param steps t, the number of steps taken
   * @param visits the steps, from 0, at which the batch was seen; all before t
   */
  public static double nesterovsFactor(double rate, double momentum, int steps, int... visits) {
    double sum = 0;
    for (int visit : visits) {
      if (visit < 0 || visit >= steps) {
        throw new IllegalArgumentException(
            "a visit must be at a step from 0 to " + (steps - 1) + ", not " + visit);
      }
      sum += (1 - Math.pow(momentum, steps - visit + 1)) / (1 - momentum);
    }
    return rate * sum;
  }
}
