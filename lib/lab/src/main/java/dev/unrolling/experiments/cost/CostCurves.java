package dev.unrolling.experiments.cost;

import dev.unrolling.store.RecordTable;
import dev.unrolling.unlearning.UnlearningCost;
import dev.unrolling.unlearning.sisa.SisaCost;
import dev.unrolling.unlearning.sisa.SisaPartition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.Table;

/** Amortised costs over the number of requests, from what {@link ForgettingCost} measured. */
public final class CostCurves {

  /** Training again from scratch at each request. */
  public static final String RETRAINING = "retraining";

  /** SISA, in expectation. */
  public static final String SISA = "SISA";

  /** Single gradient unlearning whatever the error. */
  public static final String SINGLE_GRADIENT = "single gradient, no budget";

  /** Amnesiac unlearning: no gradient, but stored updates. */
  public static final String AMNESIAC = "amnesiac";

  /** Single gradient unlearning within the error budget, cross entropy alone. */
  public static final String BUDGETED = "error budget, gamma 0";

  /** Single gradient unlearning within the error budget, SD loss. */
  public static final String BUDGETED_SD = "error budget, SD loss";

  private static final double LARGER = 1.15;

  private record Size(int points, double sisa, double retraining, double ofRetraining) {}

  private record Point(
      int run,
      String policy,
      int request,
      double amortised,
      double ofRetraining,
      double accuracy,
      long storedVectors) {}

  private CostCurves() {}

  /**
   * The curves of each run, at numbers of requests from 1 to the horizon, 15% apart or 1.
   *
   * @param measured by {@link ForgettingCost}
   * @return a row a point: {@code run, policy, request}, {@code amortised} gradients a request over
   *     the first so many, as a share {@code of_retraining}, the test {@code accuracy} before
   *     anything is forgotten, and {@code stored_vectors} of p weights
   */
  public static Table of(Table measured) {
    List<Point> points = new ArrayList<>();
    for (int run : runs(measured)) {
      Row row = firstRow(measured, run);
      Map<String, UnlearningCost> policies = policies(row);
      UnlearningCost retraining = policies.get(RETRAINING);
      for (int request : places(row.getInt("horizon"))) {
        double whole = retraining.amortised(request);
        policies.forEach(
            (name, cost) -> {
              double amortised = cost.amortised(request);
              points.add(
                  new Point(
                      run,
                      name,
                      request,
                      amortised,
                      amortised / whole,
                      row.getDouble(accuracyColumn(name)),
                      cost.storedVectors()));
            });
      }
    }
    return RecordTable.of("E8 curves", Point.class, points);
  }

  /**
   * What the first request costs SISA in expectation, over the number of points that it forgets.
   *
   * @param settings whose points are left aside
   * @return a row a number of points, 1, 2, 4 and so on up to a quarter of the examples: {@code
   *     points}, gradients of {@code sisa} and {@code retraining}, and the share {@code
   *     of_retraining}
   */
  public static Table overPoints(CostSettings settings) {
    SisaPartition partition = partition(settings.examples(), settings.shards(), settings.slices());
    List<Size> sizes = new ArrayList<>();
    for (int points = 1; points <= settings.examples() / 4; points *= 2) {
      SisaCost cost = SisaCost.of(partition, settings.epochsPerSlice(), points);
      double sisa = cost.ofRequest(1);
      double retraining =
          new UnlearningCost.Retraining(cost.requests(), settings.epochs()).ofRequest(1);
      sizes.add(new Size(points, sisa, retraining, sisa / retraining));
    }
    return RecordTable.of("E8 points", Size.class, sizes);
  }

  /** Costs know sizes only, and any examples dealt out give the same sizes. */
  private static SisaPartition partition(int examples, int shards, int slices) {
    return SisaPartition.of(IntStream.range(0, examples).toArray(), shards, slices, 0);
  }

  /** The runs of a table, in order. */
  static List<Integer> runs(Table measured) {
    return measured.intColumn("run").unique().asList().stream().sorted().toList();
  }

  /** The first row of a run, for what is the same in all. */
  static Row firstRow(Table measured, int run) {
    return measured.where(measured.intColumn("run").isEqualTo(run)).row(0);
  }

  /**
   * The cost of each policy.
   *
   * @param row of the table that {@link ForgettingCost} gives
   */
  static Map<String, UnlearningCost> policies(Row row) {
    int examples = row.getInt("examples");
    int points = row.getInt("points");
    int epochs = row.getInt("epochs");
    int slices = row.getInt("slices");
    var requests = new UnlearningCost.Requests(examples, points);
    var retraining = new UnlearningCost.Retraining(requests, epochs);
    long steps = (long) epochs * (1 + (examples - 1) / row.getInt("batch_size"));
    SisaPartition partition = partition(examples, row.getInt("shards"), slices);
    double budget = row.getDouble("budget") * row.getDouble("plain_e");
    Map<String, UnlearningCost> policies = new LinkedHashMap<>();
    policies.put(RETRAINING, retraining);
    policies.put(SISA, SisaCost.of(partition, 2 * epochs / (slices + 1), points));
    policies.put(BUDGETED, budgeted(row, retraining, budget, "plain_"));
    policies.put(BUDGETED_SD, budgeted(row, retraining, budget, "sd_"));
    policies.put(SINGLE_GRADIENT, new UnlearningCost.SingleGradient(requests));
    policies.put(AMNESIAC, new UnlearningCost.Amnesiac(requests, steps));
    return policies;
  }

  /**
   * The gradients of measuring e in the amortised cost of the budget at gamma 0, over the horizon.
   */
  static double measuring(Row row) {
    int horizon = row.getInt("horizon");
    var budgeted = (UnlearningCost.Budgeted) policies(row).get(BUDGETED);
    return budgeted.measuring() * (1.0 + budgeted.retrainings(horizon)) / horizon;
  }

  /**
   * The smallest budget, a whole number of e at gamma 0, whose cost over the horizon beats SISA.
   */
  static int smallestBudget(Row row) {
    Map<String, UnlearningCost> policies = policies(row);
    var retraining = (UnlearningCost.Retraining) policies.get(RETRAINING);
    int horizon = row.getInt("horizon");
    double sisa = policies.get(SISA).total(horizon);
    int budget = 0;
    while (budget <= horizon && budgeted(row, retraining, budget).total(horizon) >= sisa) {
      budget++;
    }
    return budget;
  }

  private static UnlearningCost budgeted(
      Row row, UnlearningCost.Retraining retraining, int requests) {
    return new UnlearningCost.Budgeted(retraining, requests, 1, row.getLong("plain_measuring"));
  }

  private static UnlearningCost.Budgeted budgeted(
      Row row, UnlearningCost.Retraining retraining, double budget, String model) {
    return new UnlearningCost.Budgeted(
        retraining, budget, row.getDouble(model + "e"), row.getLong(model + "measuring"));
  }

  private static String accuracyColumn(String policy) {
    return switch (policy) {
      case SISA -> "vote_accuracy";
      case BUDGETED_SD -> "sd_accuracy";
      default -> "plain_accuracy";
    };
  }

  private static List<Integer> places(int horizon) {
    List<Integer> places = new ArrayList<>();
    for (int at = 1; at < horizon; at = Math.max(at + 1, (int) (at * LARGER))) {
      places.add(at);
    }
    places.add(horizon);
    return places;
  }
}
