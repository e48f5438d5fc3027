package dev.unrolling.benchmark;

import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.model.Architecture;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Rounds of timing as another program asks for them, each in a line of words. */
public final class StepRounds implements AutoCloseable {

  private static final Pattern TIMED =
      Pattern.compile(
          "("
              + Arrays.stream(StepTimer.Work.values())
                  .map(work -> work.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining("|"))
              + ")( \\d{1,4})?");

  private final Engine engine;
  private final Architecture architecture;
  private final Dataset examples;
  private final int batchSize;
  private final int steps;
  private final SideBySide timers;
  private final Set<String> known = new HashSet<>();
  private Optional<SigmaTimer> sigma = Optional.empty();

  /**
   * @param engine that computes
   * @param architecture of the networks
   * @param examples what they take
   * @param batchSize 1 to the number of examples; the first ones are taken
   * @param steps a round, or gradients or products; at least 1
   */
  public StepRounds(
      Engine engine, Architecture architecture, Dataset examples, int batchSize, int steps) {
    this.engine = engine;
    this.architecture = architecture;
    this.examples = examples;
    this.batchSize = batchSize;
    this.steps = steps;
    this.timers = new SideBySide(() -> new StepTimer(engine, architecture, examples, batchSize));
  }

  /** What computes. */
  public Engine engine() {
    return engine;
  }

  /** Takes the first round of a kind, which is slower than others; another one does nothing. */
  public void prepare(String asked) {
    String line = words(asked);
    if (known.add(line)) {
      round(line);
    }
  }

  /**
   * Takes a round, after one of its kind that is not counted.
   *
   * @param asked {@code step} (or nothing), {@code gradient} or {@code product}, and how many side
   *     by side, e.g. {@code step 2}; or {@code sigma} or {@code power}
   * @return seconds of one step, gradient or product; or the seconds of all and the number of
   *     products
   * @throws IllegalArgumentException if it is none of these, or a size is out of range
   */
  public String answer(String asked) {
    prepare(asked);
    return round(words(asked));
  }

  private static String words(String asked) {
    return asked.isBlank() ? "step" : asked.strip();
  }

  private String round(String line) {
    if (line.equals("sigma") || line.equals("power")) {
      if (sigma.isEmpty()) {
        sigma = Optional.of(new SigmaTimer(engine, architecture, examples, batchSize));
      }
      SigmaTimer timer = sigma.get();
      SigmaTimer.Timed timed = line.equals("sigma") ? timer.lanczos() : timer.power();
      return seconds(timed.seconds()) + " " + timed.sigma().products();
    }
    Matcher words = TIMED.matcher(line);
    if (!words.matches()) {
      throw new IllegalArgumentException(
          "a round is step, gradient or product, alone or with a number of them side by side as in"
              + " \"step 2\", or sigma or power, not \""
              + line
              + "\"");
    }
    int count = words.group(2) == null ? 1 : Integer.parseInt(words.group(2).strip());
    StepTimer.Work work = StepTimer.Work.valueOf(words.group(1).toUpperCase(Locale.ROOT));
    return seconds(timers.seconds(count, work, steps));
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.9f", value);
  }

  @Override
  public void close() {
    sigma.ifPresent(SigmaTimer::close);
    timers.close();
  }
}
