package dev.unrolling.sweep;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Cifar10;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiments.engines.EngineComparison;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Starts JVMs that run what a user runs, README's example and the training of notebook 12, on other
 * numbers of threads and with other batch sizes, and counts those that die.
 */
final class JvmStarts {

  private static final int[] THREADS = {1, 2, 3, 4, 6, 12};
  private static final int LARGEST_BATCH = 33;
  private static final int REPORT_EVERY = 33;

  private JvmStarts() {}

  /** Starts up to the number of the first argument, from that of the second, in README's folder. */
  public static void main(String[] range) throws IOException {
    int starts = Integer.parseInt(range[0]);
    int first = range.length > 1 ? Integer.parseInt(range[1]) : 0;
    String readme = Files.readString(Path.of("README.md"));
    Path folder = Files.createTempDirectory("starts");
    List<String> deaths = new ArrayList<>();
    for (int start = first; start < starts; start++) {
      int batch = 1 + start % LARGEST_BATCH;
      int threads = THREADS[start / LARGEST_BATCH % THREADS.length];
      boolean example = start / (LARGEST_BATCH * THREADS.length) % 2 == 0;
      Child.End end =
          Child.run(
              NativeSweep.environment(threads, ""),
              List.of(),
              example
                  ? new String[] {source(folder, readme, batch).toString()}
                  : new String[] {TwoEngines.class.getName(), String.valueOf(batch)});
      String what = (example ? "README's example" : "notebook 12's training");
      if (!end.death().isEmpty()) {
        deaths.add(what + ", threads " + threads + ", batch " + batch + ": " + end.death());
        System.out.println("died: " + deaths.get(deaths.size() - 1));
      }
      if ((start + 1) % REPORT_EVERY == 0 || start + 1 == starts) {
        System.out.println(
            (start + 1 - first)
                + " starts (now "
                + what
                + ", threads "
                + threads
                + "), "
                + deaths.size()
                + " died");
      }
    }
    Files.deleteIfExists(folder.resolve("Forget.java"));
    Files.delete(folder);
    System.exit(deaths.isEmpty() ? 0 : 1);
  }

  /** README's example with batches of another size. */
  private static Path source(Path folder, String readme, int batch) throws IOException {
    Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
    if (!block.find()) {
      throw new IllegalStateException("README.md has no Java example");
    }
    String code =
        block
            .group(1)
            .replaceAll("\\b32\\b", String.valueOf(batch))
            .replaceAll("\\b320\\b", String.valueOf(10 * batch));
    return Files.writeString(folder.resolve("Forget.java"), code);
  }

  /** The training of notebook 12, of 5 steps. */
  static final class TwoEngines {

    private TwoEngines() {}

    /** Takes the batch size. */
    public static void main(String[] size) {
      int batch = Integer.parseInt(size[0]);
      Dataset train = Cifar10.train(DataCache.fromEnvironment());
      BatchOrder order =
          BatchOrder.shuffled(train, Subsets.stratified(train, 5 * batch, 0), batch, 1, 0);
      SgdTrainer trainer =
          new SgdTrainer(
                  Objective.crossEntropy().withGamma(5).withWeightDecay(5e-4),
                  Schedule.constant(0.01))
              .withMomentum(0.9);
      Engine torch = Engines.open("torch", "cpu", Precision.FLOAT32);
      Engine dl4j = Engines.open("dl4j", "cpu", Precision.FLOAT32);
      for (Precision precision : List.of(Precision.FLOAT32, Precision.FLOAT64)) {
        EngineComparison.training(
            torch.withPrecision(precision),
            dl4j.withPrecision(precision),
            Architectures.resnet8(8, 10),
            0,
            order,
            trainer);
      }
    }
  }
}
