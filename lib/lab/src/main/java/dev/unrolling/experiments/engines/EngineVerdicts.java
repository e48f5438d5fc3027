package dev.unrolling.experiments.engines;

import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tech.tablesaw.api.Table;

/** What the tables of {@link EngineComparison} say: do two independent engines vouch for E1? */
public final class EngineVerdicts {

  /**
   * Largest relative difference, of v, the movement or the weights, that is rounding in float64.
   */
  public static final double FLOAT64_DIFFERENCE = 1e-6;

  /**
   * Largest relative difference of sigma and e in float64: DL4J has no second derivatives, and
   * takes differences of gradients.
   */
  public static final double FLOAT64_SIGMA_DIFFERENCE = 1e-4;

  /** Largest relative difference of a loss between two devices in float32, within 20 steps. */
  public static final double DEVICE_LOSS_DIFFERENCE = 1e-3;

  /** Largest relative difference of a gradient between two devices in float32. */
  public static final double FLOAT32_GRADIENT_DIFFERENCE = 1e-4;

  /** Largest relative difference of a gradient between two devices in float64. */
  public static final double FLOAT64_GRADIENT_DIFFERENCE = 1e-9;

  private EngineVerdicts() {}

  /**
   * Whether E1 in float64 on a smooth network is the same on both engines. Holds if at every
   * measurement v, the forgetting distance and the movement differ by at most {@value
   * #FLOAT64_DIFFERENCE}, sigma and e by at most {@value #FLOAT64_SIGMA_DIFFERENCE} of their size.
   * The first step is left out: v is nothing but rounding there.
   *
   * @param claim to name the verdict
   * @param comparison of {@link EngineComparison#fineTuning}
   */
  public static Verdict fineTuningAgrees(String claim, Table comparison) {
    Table later = comparison.where(comparison.intColumn("step").isGreaterThan(1));
    String statement = "Two independent engines give the same E1";
    if (later.isEmpty()) {
      return new Verdict(
          claim,
          statement,
          Verdict.Outcome.UNDECIDED,
          "no measurement after the first step; at least 1 is needed");
    }
    boolean holds =
        within(later, FLOAT64_DIFFERENCE, "v_single_gradient", "forgetting_distance", "norm_dw")
            && within(later, FLOAT64_SIGMA_DIFFERENCE, "sigma", "e");
    String differences =
        List.of("v_single_gradient", "forgetting_distance", "norm_dw", "sigma", "e").stream()
            .map(name -> String.format(Locale.ROOT, "%s %.1e", name, largest(later, name)))
            .collect(Collectors.joining(", "));
    return Verdict.of(
        claim,
        statement,
        holds,
        "largest relative differences over %d measurements: %s (needed: at most %.0e for the"
            + " first three, %.0e for sigma and e)",
        later.rowCount(),
        differences,
        FLOAT64_DIFFERENCE,
        FLOAT64_SIGMA_DIFFERENCE);
  }

  /**
   * Whether training in float64 leads to the same weights on both engines: holds if at every step
   * their distance is at most {@value #FLOAT64_DIFFERENCE} of the movement. Training amplifies
   * differences; those of float32 can be large after a few dozen steps, and say nothing.
   *
   * @param claim to name the verdict
   * @param training table of {@link EngineTraining}
   */
  public static Verdict trainingAgrees(String claim, Table training) {
    double largest = largest(training, "weights");
    return Verdict.of(
        claim,
        "Two independent engines train to the same weights",
        largest <= FLOAT64_DIFFERENCE,
        "over %d steps the weights of the two engines differ by up to %.1e of the movement"
            + " (needed: at most %.0e), the losses by up to %.1e of their size",
        training.rowCount(),
        largest,
        FLOAT64_DIFFERENCE,
        largest(training, "loss"));
  }

  /**
   * Whether a device trains like another in float32: holds if at every step the losses differ by at
   * most {@value #DEVICE_LOSS_DIFFERENCE} of their size. Meant for some 20 steps.
   *
   * @param training of {@link EngineComparison#training}
   */
  public static Verdict deviceLossesAgree(List<EngineComparison.Step> training) {
    double largest =
        training.stream()
            .mapToDouble(EngineComparison.Step::lossDifference)
            .max()
            .orElse(Double.NaN);
    return Verdict.of(
        "device",
        "The device's losses are those of the reference",
        largest <= DEVICE_LOSS_DIFFERENCE,
        "over %d steps the losses differ by up to %.1e of their size (needed: at most %.0e)",
        training.size(),
        largest,
        DEVICE_LOSS_DIFFERENCE);
  }

  /**
   * Whether a device's gradient is another's: holds if it differs by at most {@value
   * #FLOAT32_GRADIENT_DIFFERENCE} of its norm in float32, {@value #FLOAT64_GRADIENT_DIFFERENCE} in
   * float64.
   *
   * @param precision of both
   * @param difference of {@link EngineComparison#gradientDifference}
   */
  public static Verdict deviceGradientAgrees(Precision precision, double difference) {
    double bound =
        precision == Precision.FLOAT64 ? FLOAT64_GRADIENT_DIFFERENCE : FLOAT32_GRADIENT_DIFFERENCE;
    return Verdict.of(
        "device",
        "The device's gradient is that of the reference",
        difference <= bound,
        "in %s the gradient differs by %.1e of its norm (needed: at most %.0e)",
        precision,
        difference,
        bound);
  }

  // A difference that is not a number is within nothing.
  private static boolean within(Table table, double bound, String... names) {
    return Arrays.stream(names).allMatch(name -> largest(table, name) <= bound);
  }

  private static double largest(Table table, String name) {
    return Arrays.stream(table.numberColumn(name + "_difference").asDoubleArray())
        .max()
        .orElse(Double.NaN);
  }
}
