package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Subsets;
import dev.unrolling.unlearning.UnlearningCost.Requests;
import dev.unrolling.unlearning.sisa.SisaCost;
import dev.unrolling.unlearning.sisa.SisaPartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnlearningCostTest {

  private static final double CLOSE = 1e-9;

  @Test
  void retrainingAndGradientsByHand() {
    // 10 examples, 3 a request, 5 epochs: 7, 4 and 1 left.
    Requests requests = new Requests(10, 3);
    UnlearningCost retraining = new UnlearningCost.Retraining(requests, 5);
    assertEquals(35, retraining.ofRequest(1));
    assertEquals(60, retraining.total(3));
    assertEquals(20, retraining.amortised(3));
    UnlearningCost gradient = new UnlearningCost.SingleGradient(requests);
    assertEquals(9, gradient.total(3));
    assertEquals(3, gradient.amortised(3));
    UnlearningCost amnesiac = new UnlearningCost.Amnesiac(requests, 20);
    assertEquals(0, amnesiac.total(3));
    assertEquals(21, amnesiac.storedVectors());
    assertEquals(2, new UnlearningCost.Amnesiac(requests, 1).storedVectors());
    assertEquals(2, retraining.storedVectors());
    assertEquals(2, gradient.storedVectors());
    for (UnlearningCost cost : List.of(retraining, gradient, amnesiac)) {
      assertEquals(requests, cost.requests());
      assertNamed("request must be 1 to 3", () -> cost.ofRequest(0));
      assertNamed("request must be 1 to 3", () -> cost.ofRequest(4));
    }
  }

  @Test
  void anErrorBudgetByHand() {
    // e = 2 and a budget of 5: two requests by a gradient each, the third by retraining.
    UnlearningCost.Retraining retraining = new UnlearningCost.Retraining(new Requests(100, 1), 4);
    var budgeted = new UnlearningCost.Budgeted(retraining, 5, 2, 0);
    assertEquals(2, budgeted.requestsWithinBudget());
    assertEquals(List.of(1.0, 1.0, 388.0, 1.0, 1.0, 376.0), costs(budgeted, 6));
    assertEquals(2, budgeted.retrainings(6));
    assertEquals(768 / 6.0, budgeted.amortised(6), CLOSE);
    // What measuring e takes comes with each training.
    var measured = new UnlearningCost.Budgeted(retraining, 5, 2, 50);
    assertEquals(List.of(51.0, 1.0, 438.0, 1.0), costs(measured, 4));
    // Half the error, more than twice as many requests; no budget, retraining.
    var half = new UnlearningCost.Budgeted(retraining, 5, 1, 0);
    assertEquals(5, half.requestsWithinBudget());
    var none = new UnlearningCost.Budgeted(retraining, 1, 2, 0);
    assertEquals(retraining.total(6), none.total(6));
    assertEquals(0, new UnlearningCost.Budgeted(retraining, 0, 2, 0).requestsWithinBudget());
    assertEquals(2, none.storedVectors());
    assertEquals(retraining.requests(), none.requests());
    // Ten times e is a budget for ten, whatever 10 e / e rounds to.
    for (double e : new double[] {0.1, 0.3, 1 / 3.0, 1e-7}) {
      assertEquals(
          10, new UnlearningCost.Budgeted(retraining, 10 * e, e, 0).requestsWithinBudget());
    }
  }

  private static List<Double> costs(UnlearningCost cost, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(cost::ofRequest).toList();
  }

  @Test
  void sisaByHand() {
    // 4 examples, 2 shards of one slice, 1 epoch: the first request trains the one other example of
    // its shard; the second hits an emptier shard once in 3 times, and costs 2/3.
    UnlearningCost cost = new SisaCost(new Requests(4, 1), List.of(2, 2), 1, 3);
    assertEquals(1, cost.ofRequest(1), CLOSE);
    assertEquals(2 / 3.0, cost.ofRequest(2), CLOSE);
    assertEquals(1 / 3.0, cost.ofRequest(3), CLOSE);
    // Two at once: both in one shard (1 of 3) cost 0, one in each cost 2.
    assertEquals(4 / 3.0, new SisaCost(new Requests(4, 2), List.of(2, 2), 1, 3).total(1), CLOSE);
    // 1 shard of 2 slices of 1: first slice (1 example left in all) or second (1 left there).
    assertEquals(1, new SisaCost(new Requests(2, 1), List.of(1, 2), 1, 3).total(1), CLOSE);
    // Without shards and slices it is retraining.
    Requests requests = new Requests(50, 7);
    assertEquals(
        new UnlearningCost.Retraining(requests, 3).total(6),
        new SisaCost(requests, List.of(50), 3, 2).total(6),
        1e-9);
  }

  @Test
  void sisaTendsToTheFactorsOfBourtouleAndOthers() {
    int n = 600_000;
    for (int shards : new int[] {1, 5, 20}) {
      for (int slices : new int[] {1, 3, 10}) {
        List<Integer> sizes = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
          IntStream.rangeClosed(1, slices).forEach(r -> sizes.add(n / shards / slices * r));
        }
        // With e' = 2 E / (R + 1) epochs a slice; here e = R + 1, so E = (R + 1)^2 / 2.
        double epochs = (slices + 1) * (slices + 1) / 2.0;
        double expected = epochs * n / shards * (2 / 3.0 + 1 / (3.0 * slices));
        SisaCost cost = new SisaCost(new Requests(n, 1), sizes, slices + 1, 1);
        assertEquals(expected, cost.ofRequest(1), 1e-4 * expected);
        // K requests, one after the other and in one batch, without slices.
        if (slices == 1) {
          int k = 30;
          double size = (double) n / shards;
          double sequence = (size - 1) * k - k * (k - 1) / (2.0 * shards);
          assertEquals(2 * sequence, cost.total(k), 1e-3 * sequence);
          double batch = n * (1 - Math.pow(1 - 1.0 / shards, k)) - k;
          assertEquals(
              2 * batch, new SisaCost(new Requests(n, k), sizes, 2, 1).total(1), 1e-3 * batch);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"60, 3, 4, 1, 20", "61, 4, 3, 1, 30", "60, 4, 1, 5, 6", "47, 2, 5, 3, 9"})
  void sisaAgreesWithSimulation(int examples, int shards, int slices, int points, int count) {
    int sequences = 4000;
    int[] all = IntStream.range(0, examples).toArray();
    SisaPartition partition = SisaPartition.of(all, shards, slices, 1);
    SisaCost cost = SisaCost.of(partition, 2, points);
    SummaryStatistics total = new SummaryStatistics();
    SummaryStatistics last = new SummaryStatistics();
    for (int sequence = 0; sequence < sequences; sequence++) {
      int[] drawn = Subsets.byKeys(all, 99, sequence);
      List<int[]> requests =
          IntStream.range(0, count)
              .mapToObj(i -> Arrays.copyOfRange(drawn, i * points, (i + 1) * points))
              .toList();
      long[] costs = SisaCost.counted(partition, 2, requests);
      total.addValue(Arrays.stream(costs).sum());
      last.addValue(costs[count - 1]);
    }
    assertWithin(cost.total(count), total);
    assertWithin(cost.ofRequest(count), last);
    // The interval is narrow enough to tell a wrong formula: requests that all cost the first's.
    assertTrue(Math.abs(count * cost.ofRequest(1) - total.getMean()) > 20 * error(total));
  }

  /** Within 4 standard errors: a right formula is outside once in 16,000 times. */
  private static void assertWithin(double expected, SummaryStatistics simulated) {
    assertEquals(expected, simulated.getMean(), 4 * error(simulated));
  }

  private static double error(SummaryStatistics simulated) {
    return simulated.getStandardDeviation() / Math.sqrt(simulated.getN());
  }

  @Test
  void badValuesAreNamed() {
    Requests requests = new Requests(10, 1);
    var retraining = new UnlearningCost.Retraining(requests, 1);
    assertNamed("points must be 1 to examples - 1, not 0 of 10", () -> new Requests(10, 0));
    assertNamed("not 10 of 10", () -> new Requests(10, 10));
    assertNamed("request must be 1 to 9", () -> retraining.ofRequest(10));
    assertNamed("request must be 1 to 9", () -> retraining.total(0));
    assertNamed("epochs must be", () -> new UnlearningCost.Retraining(requests, 0));
    assertNamed("steps must be", () -> new UnlearningCost.Amnesiac(requests, 0));
    assertNamed("epochsPerSlice must be", () -> new SisaCost(requests, List.of(5, 5), 0, 1));
    assertNamed("examplesUpTo must be", () -> new SisaCost(requests, List.of(11), 1, 1));
    for (double[] bad : new double[][] {{-1, 1}, {1, 0}, {1, Double.NaN}, {Double.NaN, 1}}) {
      assertNamed(
          "budget and measuring", () -> new UnlearningCost.Budgeted(retraining, bad[0], bad[1], 0));
    }
    assertNamed("budget and", () -> new UnlearningCost.Budgeted(retraining, 1, 1, -1));
    assertNamed("budget and", () -> new UnlearningCost.Budgeted(retraining, 1e300, 1e-300, 0));
    assertNamed("examplesUpTo must be", () -> new SisaCost(requests, List.of(-1), 1, 1));
  }

  private static void assertNamed(String part, Executable wrong) {
    String message = assertThrows(IllegalArgumentException.class, wrong).getMessage();
    assertTrue(message.contains(part), message);
  }
}
