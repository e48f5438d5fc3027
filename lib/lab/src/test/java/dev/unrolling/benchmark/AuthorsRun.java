package dev.unrolling.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Cifar10;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.StrictJson;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.theory.SigmaMeasurement;
import dev.unrolling.weights.StateDict;
import dev.unrolling.weights.WeightNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Our E1 in the authors' convention, from their initial weights, beside what their script measured:
 * {@code environment/authors}, which leaves both in a folder.
 */
public final class AuthorsRun implements StepListener {

  private final JsonNode theirs;
  private final Batch forget;
  private final ParameterVector start;
  private ParameterVector gradient;
  private double furthest;

  private AuthorsRun(JsonNode theirs, Batch forget, ParameterVector start) {
    this.theirs = theirs;
    this.forget = forget;
    this.start = start;
  }

  /**
   * Runs ours and prints a line a step.
   *
   * @param arguments the folder with {@code start.npz} and {@code theirs.json}
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[arguments.length - 1]);
    JsonNode theirs = StrictJson.mapper().readTree(folder.resolve("theirs.json").toFile());
    Dataset images = Cifar10.train(DataCache.fromEnvironment());
    int size = theirs.path("batchSize").asInt();
    int[] others = IntStream.range(size, theirs.path("images").asInt()).toArray();
    Batch forget = Batch.of(images, IntStream.range(0, size).toArray());
    BatchOrder order =
        BatchOrder.fixed(images, others, size, 1)
            .withForgetBatch(forget, BatchOrder.Position.FIRST);
    Engine engine =
        Engines.open("torch", "cpu", Precision.valueOf(theirs.path("precision").asText()));
    SgdTrainer trainer =
        new SgdTrainer(
            Objective.crossEntropy().withGamma(theirs.path("gamma").asDouble()),
            Schedule.constant(theirs.path("rate").asDouble()));
    System.out.println("Theirs: PyTorch " + theirs.path("pyTorch").asText());
    System.out.println("Ours: " + engine.version() + ", " + engine.precision());
    System.out.printf("%4s  %-44s  %-44s%n", "step", "v: theirs, ours", "norm(dw): theirs, ours");
    try (Network original = engine.network(Architectures.named("resnet18", images.classes()), 0)) {
      StateDict.load(original, folder.resolve("start.npz"), WeightNames.pyTorch());
      try (Network retrained = original.copy()) {
        AuthorsRun run = new AuthorsRun(theirs, forget, original.weights());
        long begun = System.nanoTime();
        trainer.trainInLockStep(original, retrained, order, Removal.skippedStep(), run);
        double seconds = 1e-9 * (System.nanoTime() - begun);
        System.out.printf(Locale.ROOT, "v is at most %.1e of itself apart%n", run.furthest);
        double theirSeconds = theirs.path("seconds").asDouble();
        System.out.printf(
            Locale.ROOT,
            "Seconds: theirs %.1f, ours %.1f: theirs takes %.2f times as long%n",
            theirSeconds,
            seconds,
            theirSeconds / seconds);
      }
    }
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    Network original = step.network();
    if (step.forgetVisit()) {
      gradient = original.gradient(forget, step.objective(), Mode.TRAINING).gradient();
    }
    int every = theirs.path("every").asInt(1);
    if (step.index() % every != 0) {
      return;
    }
    int measurement = step.index() / every;
    double v;
    double moved;
    try (ParameterVector trained = original.weights();
        ParameterVector target = step.retrainedNetwork().weights()) {
      moved = trained.distance(start);
      trained.addInPlace(theirs.path("rate").asDouble(), gradient);
      v = trained.distance(target);
    }
    double theirV = theirs.path("v").path(measurement).asDouble();
    double theirMove = theirs.path("normDw").path(measurement).asDouble();
    furthest = Math.max(furthest, Math.abs(v / theirV - 1));
    JsonNode theirSigma = theirs.path("sigma").path(measurement);
    String sigma =
        theirSigma.isNumber()
            ? String.format(
                Locale.ROOT,
                "  sigma: theirs %.6f squared, ours %.6f",
                theirSigma.asDouble() * theirSigma.asDouble(),
                SigmaMeasurement.standard()
                    .measure(original, step.batch(), step.objective())
                    .value())
            : "";
    System.out.printf(
        Locale.ROOT,
        "%4d  %-22.16g%-22.16g  %-22.16g%-22.16g%s%n",
        step.index(),
        theirV,
        v,
        theirMove,
        moved,
        sigma);
  }
}
