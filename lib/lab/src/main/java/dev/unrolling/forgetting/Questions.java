package dev.unrolling.forgetting;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.forgetting.ForgettingReport.Answer;
import dev.unrolling.forgetting.inputs.Snapshot;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the models of a request are asked.
 *
 * @param forgotten what is to be forgotten
 * @param sample of what stays
 * @param test all that was not trained on; empty if there is none
 */
record Questions(Batch forgotten, Batch sample, Optional<Batch> test) {

  /** Of what stays, examples that answers are measured on. */
  private static final int SAMPLE = 1000;

  static Questions of(Batch forgotten, int[] retained, Optional<Dataset> test) {
    int[] drawn = Subsets.byKeys(retained, 0);
    return new Questions(
        forgotten,
        Batch.of(forgotten.dataset(), Arrays.copyOf(drawn, Math.min(SAMPLE, drawn.length))),
        test.map(Batch::all));
  }

  /** What a model answers, under its name in the report. */
  Answer answer(String name, Snapshot model) {
    return new Answer(
        name,
        model.loss(forgotten),
        model.accuracy(forgotten),
        model.loss(sample),
        model.accuracy(sample),
        test.map(model::accuracy).orElse(null));
  }
}
