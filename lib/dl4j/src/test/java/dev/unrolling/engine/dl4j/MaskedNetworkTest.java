package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.MaskedNetwork;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.ParameterLayout;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.TrajectoryUnlearning;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.theory.Expansion;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A masked network is a network: of each engine, and for what is written against the seam. */
class MaskedNetworkTest {

  private static final Objective FULL = Objective.crossEntropy().withGamma(3).withWeightDecay(0.01);
  private static final SgdStep MOMENTUM = new SgdStep(0.05, 0.9);
  private static final Architecture SMOOTH = Architectures.tanhCnnWithBatchNorm(4, 10);

  private static MaskedNetwork masked(String engine, Architecture architecture, double sparsity) {
    Network whole = Engines.open(engine, "cpu", Precision.FLOAT64).network(architecture, 1);
    try (ParameterVector weights = whole.weights()) {
      return new MaskedNetwork(
          whole, MaskedNetwork.byMagnitude(whole.layout(), weights.toArray(), sparsity));
    }
  }

  private static Batch batch(int from) {
    return Batch.of(Fixtures.images(), IntStream.range(from, from + 8).toArray());
  }

  private static long outsideNotZero(INDArray mask, INDArray values) {
    double[] left = mask.toDoubleVector();
    double[] found = values.toDoubleVector();
    return IntStream.range(0, left.length).filter(i -> left[i] == 0 && found[i] != 0).count();
  }

  private static double[] random(long size, long seed) {
    Random random = new Random(seed);
    return random.doubles(size, -1, 1).toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j"})
  void whatIsMaskedStaysZeroThroughSteps(String engine) {
    try (MaskedNetwork network = masked(engine, SMOOTH, 0.7)) {
      INDArray mask = network.mask();
      ParameterLayout layout = network.layout();
      long weights =
          layout.entries().stream()
              .filter(entry -> entry.kind() == ParameterLayout.Kind.WEIGHT)
              .mapToLong(ParameterLayout.Entry::size)
              .sum();
      assertEquals(Math.round(0.7 * weights), layout.size() - mask.sumNumber().longValue());
      NetworkState before = network.saveState();
      try (Network copy = network.copy()) {
        for (int i = 0; i < 3; i++) {
          network.step(batch(8 * i), FULL, MOMENTUM);
          copy.step(batch(8 * i), FULL, MOMENTUM);
        }
        assertTrue(Fixtures.sameBits(network.saveState(), copy.saveState()));
      }
      NetworkState after = network.saveState();
      assertEquals(0, outsideNotZero(mask, after.weights()));
      assertEquals(0, outsideNotZero(mask, after.velocity()));
      assertTrue(after.weights().distance2(before.weights()) > 1e-3);
      network.restore(before);
      assertTrue(Fixtures.sameBits(before, network.saveState()));
      // What would bring other values in is projected.
      INDArray ones = Nd4j.ones(after.weights().dataType(), after.weights().length());
      network.restore(new NetworkState(ones, after.runningStatistics(), ones));
      assertEquals(0, outsideNotZero(mask, network.saveState().weights()));
      assertEquals(0, outsideNotZero(mask, network.saveState().velocity()));
      try (ParameterVector inside = network.vector(ones)) {
        assertEquals(Math.sqrt(mask.sumNumber().doubleValue()), inside.norm2(), 1e-12);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j"})
  void theHessianIsThatOfTheWeightsThatAreLeft(String engine) {
    try (MaskedNetwork network = masked(engine, SMOOTH, 0.5);
        Network whole = network.engine().network(SMOOTH, network.saveState().weights());
        LinearOperator hessian = network.hessian(batch(0), FULL, Mode.TRAINING);
        ParameterVector u = hessian.vector(random(hessian.size(), 1));
        ParameterVector v = hessian.vector(random(hessian.size(), 2));
        ParameterVector hu = hessian.apply(u);
        ParameterVector hv = hessian.apply(v);
        ParameterVector expected = whole.hessianVectorProduct(batch(0), FULL, Mode.TRAINING, u)) {
      assertEquals(u.dot(hv), v.dot(hu), 1e-6 * Math.abs(u.dot(hv)));
      assertEquals(0, outsideNotZero(network.mask(), u.toArray()));
      assertEquals(0, outsideNotZero(network.mask(), hu.toArray()));
      assertTrue(expected.distance(hu) > 1e-3 * hu.norm2());
      try (ParameterVector mask = network.vector(network.mask())) {
        expected.multiplyInPlace(mask);
      }
      assertEquals(0, expected.distance(hu), 1e-12 * hu.norm2());
      try (LossGradient ours = network.gradient(batch(0), FULL, Mode.TRAINING)) {
        assertEquals(0, outsideNotZero(network.mask(), ours.gradient().toArray()));
      }
    }
  }

  @Test
  void bothEnginesAgree() {
    try (MaskedNetwork torch = masked("torch", SMOOTH, 0.9);
        MaskedNetwork dl4j = masked("dl4j", SMOOTH, 0.9)) {
      assertEquals(torch.mask(), dl4j.mask());
      for (int i = 0; i < 5; i++) {
        torch.step(batch(8 * i), FULL, MOMENTUM);
        dl4j.step(batch(8 * i), FULL, MOMENTUM);
      }
      NetworkState one = torch.saveState();
      NetworkState other = dl4j.saveState();
      assertEquals(0, one.weights().distance2(other.weights()), 1e-10);
      assertEquals(0, one.velocity().distance2(other.velocity()), 1e-10);
      assertEquals(
          0,
          torch.logits(batch(0), Mode.EVALUATION).distance2(dl4j.logits(batch(0), Mode.EVALUATION)),
          1e-9);
    }
  }

  /** Claims 2.1 and 2.10 on the subspace, at a rate at which little would show by chance. */
  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j", "linear"})
  void theTheoryHoldsOnAMaskedQuadratic(String engine) {
    Objective quadratic = Objective.squaredError().withWeightDecay(0.1);
    BatchOrder order = Fixtures.order(Fixtures.features(), 8, 4, 3);
    SgdTrainer trainer = new SgdTrainer(quadratic, Schedule.constant(0.2));
    Removal removal = Removal.skippedStep();
    try (Network original = masked(engine, Fixtures.linear(), 0.6);
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, removal);
        Expansion expansion =
            new UnrolledSgd(quadratic, Schedule.constant(0.2))
                .expand(original, order, order.steps())) {
      trainer.trainInLockStep(original, retrained, order, removal, recorder);
      double tolerance = engine.equals("dl4j") ? 1e-6 : 1e-12;
      try (ParameterVector weights = original.weights();
          ParameterVector wanted = retrained.weights();
          ParameterVector unlearned = new TrajectoryUnlearning().unlearnedWeights(recorder)) {
        double movement = expansion.movement(weights);
        assertEquals(0, expansion.secondOrderRemainder(weights) / movement, tolerance);
        assertTrue(expansion.firstOrderRemainder(weights) / movement > 1e-3);
        double distance = weights.distance(wanted);
        assertTrue(distance > 1e-3);
        assertEquals(0, unlearned.distance(wanted) / distance, tolerance);
      }
    }
  }

  @Test
  void nothingPrunedIsTheNetworkItself() {
    Engine engine = Engines.open("torch", "cpu", Precision.FLOAT64);
    try (MaskedNetwork masked = masked("torch", SMOOTH, 0);
        Network plain = engine.network(SMOOTH, 1)) {
      masked.step(batch(0), FULL, MOMENTUM);
      plain.step(batch(0), FULL, MOMENTUM);
      assertTrue(Fixtures.sameBits(plain.saveState(), masked.saveState()));
    }
  }

  @Test
  void theSmallestWeightsGoFirst() {
    ParameterLayout layout = Architectures.linear(3, 2).parameters();
    INDArray weights = Nd4j.createFromArray(0.5, -0.1, 0.1, 2, -3, 0.01, 0, 0);
    // Six weights and two biases; of 0.1 and -0.1 the first goes.
    INDArray mask = MaskedNetwork.byMagnitude(layout, weights, 1 / 3.0);
    assertEquals(
        "[1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0]", Arrays.toString(mask.toDoubleVector()));
    assertThrows(
        IllegalArgumentException.class, () -> MaskedNetwork.byMagnitude(layout, weights, 1));
    try (Network network = Fixtures.lineAtZero(Fixtures.float64())) {
      for (double[] wrong : new double[][] {{1}, {1, 0.5}, {1, Double.NaN}}) {
        INDArray other = Nd4j.createFromArray(wrong);
        assertThrows(IllegalArgumentException.class, () -> new MaskedNetwork(network, other));
      }
    }
  }
}
