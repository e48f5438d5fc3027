package dev.unrolling.curvature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.curvature.Lanczos.End;
import dev.unrolling.engine.Objective;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Curvature of the SD loss, against differences of its gradients. */
class PenalisedHessianTest {

  /** What differences with a step of 1e-5 leave, relative to the largest eigenvalue. */
  private static final double DIFFERENCES = 1e-7;

  @Test
  @Tag("slow")
  void everyMethodFindsTheSpectrumOfTheWholeObjective() {
    Objective objective = Objective.crossEntropy().withGamma(5).withWeightDecay(0.01);
    try (RealHessian hessian = new RealHessian(objective)) {
      double[] dense = hessian.eigenvaluesByDifferences();
      int p = dense.length;
      double room = DIFFERENCES * dense[0];
      double dominant = dense[0] > -dense[p - 1] ? dense[0] : dense[p - 1];
      try (DominantEigenvalue power =
          new PowerIteration().withTolerance(1e-6).withMaxProducts(5000).run(hessian.operator())) {
        assertTrue(power.converged());
        assertEquals(dominant, power.value(), room);
      }
      Lanczos lanczos = new Lanczos().withTolerance(1e-6).withMaxProducts(p);
      try (EigenPairs top = lanczos.run(hessian.operator(), End.LARGEST, 5);
          EigenPairs bottom = lanczos.run(hessian.operator(), End.SMALLEST, 3)) {
        for (int i = 0; i < 5; i++) {
          assertEquals(dense[i], top.values().get(i), room);
        }
        for (int i = 0; i < 3; i++) {
          assertEquals(dense[p - 1 - i], bottom.values().get(i), room);
        }
      }
      double trace = Arrays.stream(dense).sum();
      assertEquals(trace, hessian.matrix().trace(), p * room);
      TraceEstimate estimate = new HutchinsonTrace().run(hessian.operator());
      assertEquals(trace, estimate.mean(), 4 * estimate.standardError());
    }
    // Penalty and decay are in it: without them the spectrum is another.
    try (RealHessian plain = new RealHessian(Objective.crossEntropy());
        RealHessian penalised = new RealHessian(objective)) {
      assertNotEquals(plain.eigenvalues()[0], penalised.eigenvalues()[0], 0.01);
    }
  }
}
