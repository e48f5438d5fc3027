package dev.unrolling.curvature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.CountedNetwork;
import dev.unrolling.training.Fixtures;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DatasetHessianTest {

  private static final Objective PENALISED =
      Objective.crossEntropy().withGamma(5).withWeightDecay(0.03);

  @Test
  void isTheHessianOfOneBatchWhateverTheChunk() {
    assertIsTheHessian(Fixtures.linear(), Fixtures.features());
  }

  @Test
  @Tag("slow")
  void isTheHessianOfConvolutionsAndRunningStatisticsToo() {
    assertIsTheHessian(Architectures.tanhCnn(2, 10), Fixtures.images());
    assertIsTheHessian(Architectures.resnet8(2, 10), Fixtures.images());
  }

  private static void assertIsTheHessian(Architecture architecture, Dataset dataset) {
    int[] indices = RealHessian.range(5, 28);
    for (Objective objective : new Objective[] {Objective.crossEntropy(), PENALISED}) {
      try (Network network = Fixtures.float64().network(architecture, 4)) {
        // Running statistics that are not those of the start.
        network.step(
            Batch.of(dataset, RealHessian.range(40, 56)),
            Objective.crossEntropy(),
            SgdStep.plain(0.05));
        Batch whole = Batch.of(dataset, indices);
        try (LinearOperator one = network.hessian(whole, objective, Mode.EVALUATION);
            ParameterVector v = StartVectors.uniform(one, new SplittableRandom(1));
            ParameterVector expected = one.apply(v)) {
          for (int chunk : new int[] {1, 7, 23, 500}) {
            LinearOperator streamed =
                new DatasetHessian(network, dataset, indices, objective, chunk);
            assertEquals(one.size(), streamed.size());
            try (ParameterVector product = streamed.apply(v)) {
              assertEquals(0, product.distance(expected) / expected.norm2(), 1e-12);
            }
          }
        }
      }
    }
  }

  @Test
  void agreesWithDifferencesOfGradientsOverAWholeDataSet() {
    Dataset features = Fixtures.features();
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 4);
        ParameterVector w = network.weights()) {
      LinearOperator hessian = new DatasetHessian(network, features, PENALISED);
      double eps = 1e-5;
      try (ParameterVector v = StartVectors.uniform(hessian, new SplittableRandom(2));
          ParameterVector product = hessian.apply(v);
          ParameterVector plus = gradientAt(network, w, eps, v);
          ParameterVector minus = gradientAt(network, w, -eps, v)) {
        plus.addInPlace(-1, minus).scaleInPlace(1 / (2 * eps));
        assertEquals(0, plus.distance(product) / product.norm2(), 1e-7);
      }
    }
  }

  private static ParameterVector gradientAt(
      Network network, ParameterVector w, double scale, ParameterVector v) {
    try (ParameterVector moved = w.copy().addInPlace(scale, v)) {
      network.setWeights(moved);
      Batch all = Batch.of(Fixtures.features(), RealHessian.range(0, Fixtures.features().size()));
      LossGradient result = network.gradient(all, PENALISED, Mode.EVALUATION);
      network.setWeights(w);
      return result.gradient();
    }
  }

  @Test
  @Tag("slow")
  void servesLanczosAndTheTrace() {
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 4)) {
      LinearOperator hessian =
          new DatasetHessian(
              network, Fixtures.features(), RealHessian.range(0, 128), PENALISED, 50);
      AssembledMatrix matrix = new AssembledMatrix(hessian);
      try (EigenPairs top = new Lanczos().run(hessian, Lanczos.End.LARGEST, 3)) {
        double[] dense = matrix.eigenvalues();
        assertTrue(top.converged());
        for (int i = 0; i < 3; i++) {
          assertEquals(dense[i], top.values().get(i), 1e-3 * dense[0]);
        }
      }
      TraceEstimate estimate = new HutchinsonTrace().run(hessian);
      assertEquals(matrix.trace(), estimate.mean(), 4 * estimate.standardError());
    }
  }

  @Test
  void refusesWhatCannotBeAndStopsWhenInterrupted() {
    Dataset features = Fixtures.features();
    try (CountedNetwork network =
            new CountedNetwork(Fixtures.float64().network(Fixtures.linear(), 4));
        ParameterVector v = network.weights()) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new DatasetHessian(network, features, new int[0], PENALISED, 5));
      assertThrows(
          IllegalArgumentException.class,
          () -> new DatasetHessian(network, features, new int[] {1}, PENALISED, 0));
      LinearOperator hessian = new DatasetHessian(network, features, PENALISED);
      hessian.apply(v).close();
      assertEquals(2, network.open());
      Thread.currentThread().interrupt();
      String message =
          assertThrows(CancellationException.class, () -> hessian.apply(v)).getMessage();
      assertEquals("the product was interrupted after 0 of 128 examples", message);
      assertEquals(2, network.open());
    }
  }
}
