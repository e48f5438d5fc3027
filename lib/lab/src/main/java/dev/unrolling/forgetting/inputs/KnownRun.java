package dev.unrolling.forgetting.inputs;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import dev.unrolling.unlearning.recording.VisitCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The record of a run of which both ends and all settings are known, but that nobody watched. */
public final class KnownRun {

  private KnownRun() {}

  /**
   * Its record: the gradient at w_0 is computed, visits are counted by the order. What each visit
   * took from the weights nobody has seen, so it is 0: the record serves single gradient
   * unlearning, one Hessian, the trajectory and retraining, not amnesiac unlearning.
   *
   * @param network at w_0; holds the trained values afterwards
   * @param trained the model at w_t
   * @param order of the run
   * @param trainer of the run
   * @param removal how M' leaves out a visit
   * @return a record that the caller closes
   */
  public static ForgettingRecorder record(
      Network network, Snapshot trained, BatchOrder order, SgdTrainer trainer, Removal removal) {
    ForgettingRecorder record = new ForgettingRecorder(network, order, trainer, removal);
    int[] visits = order.forgetVisits();
    List<Double> rates =
        IntStream.range(0, order.steps())
            .mapToObj(step -> trainer.schedule().rate(order, step))
            .toList();
    VisitCounts.Sums gradient =
        new VisitCounts.Sums(
            GradientFactor.SUM_OF_RATES.value(rates, visits, trainer.momentum()),
            SingleGradientUnlearning.velocityShare(order.steps(), visits, trainer.momentum()),
            GradientFactor.MOMENTUM_CORRECTED.value(rates, visits, trainer.momentum()));
    VisitCounts counts =
        new VisitCounts(order.steps(), visits.length, gradient, new VisitCounts.Sums(0, 0, 0));
    try (ParameterVector zero = network.weights().scaleInPlace(0)) {
      List<INDArray> unseen =
          new ArrayList<>(Collections.nCopies(trainer.momentum() > 0 ? 2 : 1, zero.toArray()));
      record.resume(new ForgettingRecorder.Collected(counts, unseen));
    }
    try (Network values = trained.network()) {
      network.restore(values.saveState());
    }
    return record;
  }
}
