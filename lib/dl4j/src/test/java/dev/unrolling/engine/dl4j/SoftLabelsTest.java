package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.data.SoftLabels;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architectures;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** A target in place of a label, on each engine. */
class SoftLabelsTest {

  private static final Dataset POINTS =
      FeatureDataset.of(
          "points", new double[] {1, 2}, new int[] {1, 0}, List.of("zero", "one", "two"));

  /** Two points of one feature and three classes, with targets. */
  private record Taught(double[]... targets) implements SoftLabels {
    @Override
    public double[] target(int index) {
      return targets[index].clone();
    }

    @Override
    public String name() {
      return "taught";
    }

    @Override
    public int size() {
      return POINTS.size();
    }

    @Override
    public int classes() {
      return POINTS.classes();
    }

    @Override
    public List<String> classNames() {
      return POINTS.classNames();
    }

    @Override
    public int[] exampleShape() {
      return POINTS.exampleShape();
    }

    @Override
    public int label(int index) {
      return POINTS.label(index);
    }

    @Override
    public void writeExample(int index, double[] target, int offset) {
      POINTS.writeExample(index, target, offset);
    }
  }

  private static Network at(String engine, double... weights) {
    return Engines.open(engine, "cpu", Precision.FLOAT64)
        .network(Architectures.linear(1, 3), Nd4j.createFromArray(weights));
  }

  private static void assertLoss(
      Network network, Batch batch, Objective objective, double loss, double... gradient) {
    String where = network.engine().name() + ", " + objective;
    try (LossGradient found = network.gradient(batch, objective, Mode.TRAINING)) {
      assertEquals(loss, found.loss().value(), 1e-14, where);
      assertArrayEquals(gradient, found.gradient().toArray().toDoubleVector(), 1e-14, where);
    }
  }

  @Test
  void eachEngineComputesThemByHand() {
    Dataset taught = new Taught(new double[] {0.5, 0.25, 0.25}, new double[] {0, 0, 1});
    Batch both = Batch.of(taught, 0, 1);
    double third = 1.0 / 3;
    for (String engine : List.of("torch", "dl4j", "linear")) {
      try (Network network = at(engine, 0, 0, 0, 0, 0, 0)) {
        // Slopes p - t, of the first (-1/6, 1/12, 1/12), of the second (1/3, 1/3, -2/3); a mean.
        double[] biases = {1. / 12, 5. / 24, -7. / 24};
        double[] weights = {
          (-1. / 6 + 2 * third) / 2, (1. / 12 + 2 * third) / 2, (1. / 12 - 4 * third) / 2
        };
        assertLoss(
            network,
            both,
            Objective.crossEntropy(),
            Math.log(3),
            weights[0],
            weights[1],
            weights[2],
            biases[0],
            biases[1],
            biases[2]);
        // Half the squared distance of 0 to the targets: .375 / 2 and 1 / 2.
        assertLoss(
            network,
            both,
            Objective.squaredError(),
            (0.375 + 1) / 4,
            -0.25,
            -0.125,
            -0.125 - 1,
            -0.25,
            -0.125,
            -0.625);
      }
    }
  }

  @Test
  void unitVectorsAreLabels() {
    Dataset taught = new Taught(new double[] {0, 1, 0}, new double[] {1, 0, 0});
    for (String engine : List.of("torch", "dl4j", "linear")) {
      try (Network network = at(engine, 0.3, -0.2, 0.7, 0.1, 0, -0.4);
          Network other = network.copy()) {
        Objective objective = Objective.crossEntropy().withGamma(2).withWeightDecay(0.1);
        network.step(Batch.of(POINTS, 0, 1), objective, new SgdStep(0.1, 0.9));
        other.step(Batch.of(taught, 0, 1), objective, new SgdStep(0.1, 0.9));
        assertArrayEquals(
            network.saveState().weights().toDoubleVector(),
            other.saveState().weights().toDoubleVector(),
            1e-15,
            engine);
      }
    }
  }

  @Test
  void whatIsNoTargetIsRefused() {
    for (double[] wrong :
        new double[][] {{1, 0}, {0.5, 0.2, 0.2}, {1.5, -0.5, 0}, {1, 0, Double.NaN}}) {
      Batch batch = Batch.of(new Taught(wrong, wrong), 1);
      for (String engine : List.of("torch", "dl4j", "linear")) {
        try (Network network = at(engine, 0, 0, 0, 0, 0, 0)) {
          String message =
              assertThrows(
                      IllegalArgumentException.class,
                      () -> network.gradient(batch, Objective.crossEntropy(), Mode.TRAINING))
                  .getMessage();
          assertTrue(message.contains("the soft label of example 1 of taught"), message);
        }
      }
    }
  }
}
