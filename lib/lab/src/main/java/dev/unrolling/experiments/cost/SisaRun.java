package dev.unrolling.experiments.cost;

import dev.unrolling.data.Batch;
import dev.unrolling.training.Evaluation;
import dev.unrolling.unlearning.sisa.Aggregation;
import dev.unrolling.unlearning.sisa.Sisa;
import java.util.List;
import java.util.stream.IntStream;

/**
 * SISA as trained, and the requests it served, one after the other.
 *
 * @param training gradients of the first training, counted
 * @param before accuracies before the first request
 * @param accuracyAfter of the majority vote after the last request
 * @param weights p of a constituent
 * @param served one a request
 */
record SisaRun(
    long training,
    Accuracies before,
    double accuracyAfter,
    long weights,
    List<Sisa.Forgetting> served) {

  /**
   * Shares of examples that are given the right label.
   *
   * @param vote by the majority vote
   * @param mean by the mean of outputs
   * @param constituent by a constituent alone, mean over them
   */
  record Accuracies(double vote, double mean, double constituent) {

    /** Those of a SISA as it is now. */
    static Accuracies of(Sisa sisa, Batch test) {
      return new Accuracies(
          sisa.accuracy(test, Aggregation.MAJORITY_VOTE),
          sisa.accuracy(test, Aggregation.MEAN_OF_OUTPUTS),
          IntStream.range(0, sisa.partition().shards())
              .mapToDouble(
                  shard ->
                      Evaluation.of(sisa.constituent(shard), test.dataset(), test.indices())
                          .accuracy())
              .average()
              .orElseThrow());
    }
  }

  /** Copies the list. */
  SisaRun {
    served = List.copyOf(served);
  }

  /** Of a SISA that has served its last request. */
  static SisaRun of(Sisa sisa, Accuracies before, List<Sisa.Forgetting> served, Batch test) {
    return new SisaRun(
        sisa.trainingGradients(),
        before,
        sisa.accuracy(test, Aggregation.MAJORITY_VOTE),
        sisa.constituent(0).layout().size(),
        served);
  }
}
