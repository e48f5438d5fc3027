package dev.unrolling.unlearning.baselines;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.FisherDiagonal;
import dev.unrolling.unlearning.baselines.parts.Retargeted;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Selective synaptic dampening ("SSD"; Foster, Schoepf and Brintrup, AAAI 2024): weights that
 * matter more for what is forgotten than for everything are shrunk, \( w_i \leftarrow \min(\lambda
 * D_i / F_i, 1) \, w_i \) where \( F_i \gt \alpha D_i \), F and D being mean squared gradients over
 * the forget set and over all examples. No training; without a weight above the threshold nothing
 * changes.
 *
 * <p>The default is their setting: \( \alpha \) = 10, \( \lambda \) = 1, gradients of batches of 64
 * as in their scripts (not of single examples).
 *
 * @param threshold \( \alpha \), at least 0; infinity changes nothing
 * @param dampening \( \lambda \), finite and at least 0
 * @param batchSize of a gradient that is squared, at least 1
 */
public record SelectiveSynapticDampening(double threshold, double dampening, int batchSize)
    implements UnlearningMethod {

  /** Checks the ranges. */
  public SelectiveSynapticDampening {
    if (!(threshold >= 0) || !(dampening >= 0) || Double.isInfinite(dampening) || batchSize < 1) {
      throw new IllegalArgumentException(
          "threshold and dampening must be at least 0, the latter finite, and the batch size at"
              + " least 1, not "
              + threshold
              + ", "
              + dampening
              + " and "
              + batchSize);
    }
  }

  /** The setting of Foster et al. */
  public SelectiveSynapticDampening() {
    this(10, 1, 64);
  }

  @Override
  public String name() {
    return "ssd";
  }

  @Override
  public String displayName() {
    return "SSD";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(size.retained() + 2 * size.forgotten());
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the request has no retain set, or one of another data set
   */
  @Override
  public Network unlearn(UnlearningRequest request) {
    Batch stays = request.requireRetained(name());
    Batch everything = new Retargeted(stays.dataset()).of(request.forget(), stays);
    Network trained = request.trained();
    double[] forgotten = FisherDiagonal.of(trained, request.forget(), batchSize).toDoubleVector();
    double[] all = FisherDiagonal.of(trained, everything, batchSize).toDoubleVector();
    Network unlearned = trained.copy();
    try (ParameterVector weights = trained.weights()) {
      double[] values = weights.toArray().toDoubleVector();
      double[] dampened =
          IntStream.range(0, values.length)
              .mapToDouble(
                  i ->
                      all[i] < forgotten[i] / threshold
                          ? values[i] * Math.min(1, dampening * all[i] / forgotten[i])
                          : values[i])
              .toArray();
      try (ParameterVector shrunk = unlearned.vector(Nd4j.createFromArray(dampened))) {
        unlearned.setWeights(shrunk);
      }
    }
    unlearned.restore(unlearned.saveState().withoutVelocity());
    return unlearned;
  }
}
