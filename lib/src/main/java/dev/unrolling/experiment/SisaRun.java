package dev.unrolling.experiment;

import dev.unrolling.data.Batch;
import dev.unrolling.training.Evaluation;
import dev.unrolling.unlearning.Aggregation;
import dev.unrolling.unlearning.Sisa;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * SISA as trained, and the requests it served, one after the other.
 *
 * @param training gradients of the first training, counted
 * @param voteAccuracy of the majority vote before the first request
 * @param meanAccuracy of the mean of outputs
 * @param constituentAccuracy of a constituent alone, mean over them
 * @param accuracyAfter of the majority vote after the last request
 * @param weights p of a constituent
 * @param served one a request
 */
record SisaRun(
    long training,
    double voteAccuracy,
    double meanAccuracy,
    double constituentAccuracy,
    double accuracyAfter,
    long weights,
    List<Sisa.Forgetting> served) {

  /** Serves requests and looks at the accuracy before and after. */
  static SisaRun of(Sisa sisa, List<int[]> requests, Batch test, Consumer<String> progress) {
    double vote = sisa.accuracy(test, Aggregation.MAJORITY_VOTE);
    double mean = sisa.accuracy(test, Aggregation.MEAN_OF_OUTPUTS);
    double constituents =
        IntStream.range(0, sisa.partition().shards())
            .mapToDouble(
                shard ->
                    Evaluation.of(sisa.constituent(shard), test.dataset(), test.indices())
                        .accuracy())
            .average()
            .orElseThrow();
    List<Sisa.Forgetting> served = new ArrayList<>();
    for (int[] request : requests) {
      progress.accept("SISA serves request " + (served.size() + 1) + " of " + requests.size());
      served.add(sisa.forget(request));
    }
    return new SisaRun(
        sisa.trainingGradients(),
        vote,
        mean,
        constituents,
        sisa.accuracy(test, Aggregation.MAJORITY_VOTE),
        sisa.constituent(0).layout().size(),
        List.copyOf(served));
  }
}
