package dev.unrolling.benchmark;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.curvature.DenseSpace;
import dev.unrolling.engine.Objective;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EigenvalueCostTest {

  @Test
  @Tag("slow")
  void lanczosNeedsFewerProductsOnATrainedResNet() {
    LongStream.rangeClosed(1, 2)
        .mapToObj(seed -> EigenvalueCost.ofResNet(4, 256, 2, 32, Objective.crossEntropy(), seed))
        .forEach(
            cost -> {
              assertTrue(cost.isAsClaimed(), cost::toString);
              assertTrue(cost.apart() < 5e-3, cost::toString);
            });
  }

  @Test
  void lanczosNeedsFewerProductsAtAnyGap() {
    DenseSpace space = new DenseSpace();
    for (double ratio : new double[] {0.1, 0.5, 0.71, 0.9, 0.99}) {
      double[] spectrum =
          IntStream.range(0, 100).mapToDouble(i -> i == 0 ? 1 : ratio * (1 - i / 101.0)).toArray();
      EigenvalueCost cost = EigenvalueCost.of(space.operator(DenseSpace.matrix(3, spectrum)), 0, 0);
      assertTrue(cost.isAsClaimed(), cost::toString);
    }
    assertFalse(new EigenvalueCost(0, 0, 1, 0.8, 10, 6, 0).isAsClaimed());
    assertFalse(new EigenvalueCost(0, 0, 1, 0.2, 5, 6, 0).isAsClaimed());
    assertTrue(new EigenvalueCost(0, 0, 1, 0.2, 5, 5, 0).isAsClaimed());
  }
}
