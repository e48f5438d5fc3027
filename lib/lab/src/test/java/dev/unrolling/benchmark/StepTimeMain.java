package dev.unrolling.benchmark;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import tech.tablesaw.api.DoubleColumn;

/**
 * Measures {@link StepTime} for both engines, and for DL4J without the repair of its oneDNN
 * helpers, in alternation: round after round, a fresh JVM each. A machine that slows down or is
 * busy for a while then slows all three.
 */
public final class StepTimeMain {

  /** Largest ratio of the engines' times that is asked for. */
  private static final double LARGEST_RATIO = 2.2;

  /** What is measured. */
  private enum Candidate {
    TORCH("torch", "false"),
    DL4J("dl4j", "false"),
    /** As DL4J 1.0.0-M2.1 is shipped. */
    DL4J_AS_SHIPPED("dl4j", "true");

    private final String engine;
    private final String helpersDisabled;

    Candidate(String engine, String helpersDisabled) {
      this.engine = engine;
      this.helpersDisabled = helpersDisabled;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private StepTimeMain() {}

  /**
   * Runs the rounds and prints times and ratios.
   *
   * @param arguments {@code --quick} for one short round
   * @throws RunnerException if a JVM fails
   */
  public static void main(String[] arguments) throws RunnerException {
    boolean quick = List.of(arguments).contains("--quick");
    Map<Candidate, List<Double>> seconds = new EnumMap<>(Candidate.class);
    for (int round = 1; round <= (quick ? 1 : 3); round++) {
      for (Candidate candidate : Candidate.values()) {
        System.out.println("Round " + round + ": " + candidate);
        seconds
            .computeIfAbsent(candidate, c -> new ArrayList<>())
            .addAll(measure(candidate, quick ? 2 : 5));
      }
    }
    print(seconds);
  }

  private static List<Double> measure(Candidate candidate, int steps) throws RunnerException {
    List<Double> seconds = new ArrayList<>();
    for (RunResult run :
        new Runner(
                new OptionsBuilder()
                    .include(StepTime.class.getName())
                    .param("engine", candidate.engine)
                    .jvmArgsAppend(
                        "-Dorg.eclipse.deeplearning4j.helpers.disable=" + candidate.helpersDisabled)
                    .forks(1)
                    .warmupIterations(2)
                    .measurementIterations(
                        candidate == Candidate.DL4J_AS_SHIPPED ? Math.min(2, steps) : steps)
                    .shouldFailOnError(true)
                    .build())
            .run()) {
      for (BenchmarkResult result : run.getBenchmarkResults()) {
        for (IterationResult iteration : result.getIterationResults()) {
          seconds.add(iteration.getPrimaryResult().getScore());
        }
      }
    }
    return seconds;
  }

  private static void print(Map<Candidate, List<Double>> seconds) {
    System.out.printf("%nResNet-18, batch 32, float32: seconds a step%n");
    double torch = median(seconds.get(Candidate.TORCH));
    seconds.forEach(
        (candidate, times) ->
            System.out.printf(
                Locale.ROOT,
                "%-16s median %6.3f, from %.3f to %.3f (%d steps), %5.2f times torch%n",
                candidate,
                median(times),
                times.stream().min(Double::compare).orElseThrow(),
                times.stream().max(Double::compare).orElseThrow(),
                times.size(),
                median(times) / torch));
    double ratio = median(seconds.get(Candidate.DL4J)) / torch;
    System.out.printf(
        Locale.ROOT,
        "dl4j takes %.2f times torch (wanted: at most %.1f); the repair of its oneDNN helpers makes"
            + " it %.1f times as fast%n",
        ratio,
        LARGEST_RATIO,
        median(seconds.get(Candidate.DL4J_AS_SHIPPED)) / median(seconds.get(Candidate.DL4J)));
  }

  private static double median(List<Double> values) {
    return DoubleColumn.create("seconds", values).median();
  }
}
