package dev.unrolling.curvature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.engine.Objective;
import java.util.List;
import java.util.stream.LongStream;
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
  void refusesWhatCannotBe() {
    assertThrows(IllegalArgumentException.class, () -> new HutchinsonTrace().withSamples(1));
    assertThrows(
        ArithmeticException.class,
        () -> new HutchinsonTrace().run(space.operator(new double[][] {{Double.NaN}})));
    assertEquals(0, space.open());
  }
}
