package dev.unrolling.cli;

import dev.unrolling.forgetting.inputs.RunSettings;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** How a model was trained, as far as its files do not tell. */
final class TrainingOptions {

  @Option(
      names = "--epochs",
      paramLabel = "COUNT",
      description = "Epochs of the training (default: what the zips count).")
  private Integer epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "COUNT",
      description = "Examples of the other batches (default: as many as --batch has).")
  private Integer batchSize;

  @Option(
      names = "--after",
      paramLabel = "COUNT",
      defaultValue = "0",
      description =
          "Other batches of an epoch before the one to be forgotten (default: ${DEFAULT-VALUE}).")
  private int after;

  @Option(
      names = "--order",
      paramLabel = "HOW",
      defaultValue = "FIXED",
      description =
          "Order of the other examples: fixed (as in --retained or the data, in each epoch),"
              + " shuffled or keys (drawn by --seed, as this library's BatchOrder does) (default:"
              + " fixed). Without momentum only --retrain and --method amnesiac, retraining and"
              + " trajectory need it exactly.")
  private RunSettings.Order order;

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      defaultValue = "0",
      description =
          "Of an order that is drawn, and of a method that draws (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--rate",
      paramLabel = "NUMBER",
      description = "Learning rate, constant (default: what the zips say).")
  private Double rate;

  @Option(
      names = "--momentum",
      paramLabel = "NUMBER",
      defaultValue = "0",
      description = "Of weights alone (default: ${DEFAULT-VALUE}).")
  private double momentum;

  RunSettings settings() {
    return new RunSettings(
        epochs == null ? OptionalInt.empty() : OptionalInt.of(epochs),
        batchSize == null ? OptionalInt.empty() : OptionalInt.of(batchSize),
        after,
        order,
        seed,
        rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate),
        momentum);
  }

  long seed() {
    return seed;
  }
}
