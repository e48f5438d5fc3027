package dev.unrolling.experiments.benchmark.attacks;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.training.Evaluation;
import java.util.stream.IntStream;

/**
 * How soon a network knows again what it was to forget: the steps of plain SGD on the forget set,
 * with the batch size and the rate of the run (a tenth of a cycle's greatest, which would undo the
 * network), until its mean cross entropy there is at most that of M and {@value #TOLERANCE} nats
 * more. M itself takes 0; M' says how many one takes that never knew, and fewer than that are a
 * sign that the answers were covered up rather than forgotten.
 *
 * <p>After Golatkar, Achille and Soatto (CVPR 2020), who count epochs to M's loss, and the
 * anamnesis index of Chundawat, Tarun, Mandal and Kankanhalli (IEEE TIFS 2023), which counts
 * batches to within 5% of M's accuracy and divides by those of M'. Ours counts steps to a loss,
 * since an accuracy is mostly there at once.
 */
public final class Relearning {

  /** Above M's loss, in nats: the true class's probability is 5% less, in the geometric mean. */
  public static final double TOLERANCE = 0.05;

  /** Stands for itself and for all that is more: the last step is not looked at. */
  public static final int MOST_STEPS = 30;

  private static final int MOST_MEASURED = 1000;

  private final BatchOrder batches;
  private final double rate;
  private final Batch measured;
  private final double target;

  /**
   * @param original M, unchanged
   * @param forget what is learnt again, at least one; the loss is of {@value #MOST_MEASURED} of it,
   *     evenly spread, where there are more
   * @param batchSize at least 1; batches come in the forget set's order, again and again
   * @param rate positive
   */
  public Relearning(Network original, Batch forget, int batchSize, double rate) {
    this.batches = BatchOrder.fixed(forget.dataset(), forget.indices(), batchSize, 1);
    this.rate = rate;
    int count = Math.min(forget.size(), MOST_MEASURED);
    this.measured =
        Batch.of(
            forget.dataset(),
            IntStream.range(0, count)
                .map(i -> forget.indices()[(int) ((long) i * forget.size() / count)])
                .toArray());
    this.target = loss(original) + TOLERANCE;
  }

  /**
   * Steps that a network takes, 0 to {@link #MOST_STEPS}; NaN where it no longer answers.
   *
   * @param unlearned unchanged
   */
  public double steps(Network unlearned) {
    try (Network network = unlearned.copy()) {
      double loss = loss(network);
      if (Double.isNaN(loss)) {
        return Double.NaN;
      }
      int steps = 0;
      // A loss that is no number is not at the target.
      while (!(loss <= target) && ++steps < MOST_STEPS) {
        Batch batch = batches.batch((steps - 1) % batches.steps());
        network.step(batch, Objective.crossEntropy(), SgdStep.plain(rate));
        loss = loss(network);
      }
      return steps;
    }
  }

  private double loss(Network network) {
    return Evaluation.of(network, measured.dataset(), measured.indices()).meanLoss();
  }
}
