package dev.unrolling.curvature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Objective;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HutchinsonTraceTest {

  private final DenseSpace space = new DenseSpace();

  @Test
  void oneSampleIsExactForADiagonalOperator() {
    double[][] diagonal = {{3, 0, 0}, {0, -5, 0}, {0, 0, 1}};
    TraceEstimate estimate = new HutchinsonTrace().withSamples(2).run(space.operator(diagonal));
    assertEquals(-1, estimate.mean(), 1e-15);
    assertEquals(0, estimate.standardError(), 1e-15);
    assertEquals(0, space.open());
  }

  @Test
  @Tag("slow")
  void itsIntervalHoldsTheTraceOfARealHessianAsOftenAsItSays() {
    try (RealHessian hessian = new RealHessian(Objective.crossEntropy().withGamma(1))) {
      double trace = hessian.matrix().trace();
      double[][] rows = hessian.matrix().rows();
      List<TraceEstimate> estimates =
          LongStream.range(0, 100)
              .mapToObj(seed -> new HutchinsonTrace().withSeed(seed).run(space.operator(rows)))
              .toList();
      long within = estimates.stream().filter(estimate -> estimate.contains(trace)).count();
      assertTrue(within >= 88, within + " of 100");
      // It could have failed: an interval that is far too wide would hold it always.
      double width = estimates.stream().mapToDouble(TraceEstimate::halfWidth95).average().orElse(0);
      double spread =
          Math.sqrt(
              estimates.stream()
                  .mapToDouble(e -> (e.mean() - trace) * (e.mean() - trace))
                  .average()
                  .orElse(0));
      assertEquals(2.05 * spread, width, 0.4 * width);
      // The engine's own operator gives the same.
      TraceEstimate own = new HutchinsonTrace().withSeed(0).run(hessian.operator());
      assertEquals(estimates.get(0).mean(), own.mean(), 1e-9 * Math.abs(trace));
    }
  }

  @Test
  void runsAndNarrows() {
    double[][] rows = DenseSpace.matrix(3, 9, 4, 2, 1, -1, -2, 0, 3);
    List<TraceEstimate> running =
        new HutchinsonTrace().withSamples(400).running(space.operator(rows));
    assertEquals(400, running.size());
    assertTrue(Double.isNaN(running.get(0).standardError()));
    assertFalse(running.get(0).contains(16));
    assertEquals(3, running.get(2).samples());
    double early = running.get(49).standardError();
    double late = running.get(399).standardError();
    assertEquals(Math.sqrt(8), early / late, 0.8);
    assertEquals(16, running.get(399).mean(), 4 * late);
  }

  @Test
  void estimatesAreTheMeanAndItsErrorOfSomeSamples() {
    // z^T H z = 2 z_0 z_1 is 2 or -2.
    LinearOperator swap = space.operator(new double[][] {{0, 1}, {1, 0}});
    List<TraceEstimate> running = new HutchinsonTrace().withSamples(12).running(swap);
    double sum = 0;
    double squares = 0;
    for (TraceEstimate estimate : running) {
      int n = estimate.samples();
      double sample = n * estimate.mean() - sum;
      assertEquals(2, Math.abs(sample), 1e-12);
      sum += sample;
      squares += sample * sample;
      if (n > 1) {
        double variance = (squares - sum * sum / n) / (n - 1);
        assertEquals(Math.sqrt(variance / n), estimate.standardError(), 1e-12);
      }
    }
    assertTrue(Math.abs(sum) < 24, "samples of one sign only");
    assertEquals(running.get(11), new HutchinsonTrace().withSamples(12).run(swap));
  }

  @Test
  void anotherSeedDrawsOtherSigns() {
    double[][] rows = DenseSpace.matrix(3, 9, 4, 2, 1, -1, -2, 0, 3);
    LinearOperator operator = space.operator(rows);
    assertNotEquals(
        new HutchinsonTrace().withSeed(1).run(operator).mean(),
        new HutchinsonTrace().withSeed(2).run(operator).mean());
    SplittableRandom generator = new SplittableRandom(5);
    double[] drawn =
        StartVectors.rademacher(operator, new SplittableRandom(5)).toArray().toDoubleVector();
    for (double value : drawn) {
      assertEquals(generator.nextBoolean() ? 1 : -1, value);
    }
  }

  @Test
  void intervalsByStudentsT() {
    // The 97.5% points of Student's t are 12.7062 at 1 and 4.30265 at 2 degrees of freedom.
    assertEquals(2 * 12.7062, new TraceEstimate(5, 2, 2).halfWidth95(), 1e-3);
    assertEquals(2 * 4.30265, new TraceEstimate(5, 2, 3).halfWidth95(), 1e-4);
    assertTrue(new TraceEstimate(5, 2, 3).contains(-3.6));
    assertFalse(new TraceEstimate(5, 2, 3).contains(-3.7));
    assertTrue(new TraceEstimate(5, 2, 3).contains(13.6));
    assertTrue(Double.isNaN(new TraceEstimate(5, 2, 1).halfWidth95()));
    // All samples equal: an interval of one point.
    assertTrue(new TraceEstimate(5, 0, 2).contains(5));
  }

  @Test
  void refusesWhatCannotBe() {
    assertThrows(IllegalArgumentException.class, () -> new HutchinsonTrace().withSamples(1));
    Thread.currentThread().interrupt();
    String message =
        assertThrows(
                CancellationException.class,
                () -> new HutchinsonTrace().run(space.operator(new double[][] {{1}})))
            .getMessage();
    assertTrue(message.contains("after 0 samples"), message);
    assertThrows(
        ArithmeticException.class,
        () -> new HutchinsonTrace().run(space.operator(new double[][] {{Double.NaN}})));
    assertEquals(0, space.open());
  }
}
