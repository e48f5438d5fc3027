package dev.unrolling.experiments.engines;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.experiment.Runner;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.model.Architecture;
import dev.unrolling.training.SgdTrainer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/** The same computation on two engines, number by number. */
public final class EngineComparison {

  private static final List<String> SETTINGS =
      List.of("run", "model", "rate", "gamma", "seed", "step", "epoch");

  private static final List<String> MEASURED =
      List.of("v_single_gradient", "forgetting_distance", "e", "sigma", "norm_dw");

  /**
   * Two networks after a step of SGD.
   *
   * @param step from 1
   * @param normDw movement on the first engine
   * @param weightsDifference distance of the engines' weights, divided by the movement
   * @param loss on the first engine
   * @param lossDifference divided by the larger loss
   */
  public record Step(
      int step, double normDw, double weightsDifference, double loss, double lossDifference) {}

  private EngineComparison() {}

  /**
   * Sets E1 of one engine beside E1 of another.
   *
   * @param first what {@link Runner#run} of {@link FineTuning} gave on one engine
   * @param second what it gave on the other, from the same settings
   * @return a row a measurement: {@code run, model, rate, gamma, seed, step, epoch}, then for each
   *     of {@code v_single_gradient, forgetting_distance, e, sigma, norm_dw} the value of the first
   *     engine, and under {@code ..._difference} the absolute difference, divided by the larger
   *     value (0 if both are 0)
   * @throws IllegalArgumentException if the rows are not those of the same settings and steps
   */
  public static Table fineTuning(Table first, Table second) {
    Table result = Table.create("engines");
    for (String name : SETTINGS) {
      if (!texts(first.column(name)).equals(texts(second.column(name)))) {
        throw new IllegalArgumentException(
            "the tables differ in column \""
                + name
                + "\"; give two of the same settings in the same order");
      }
      result.addColumns(first.column(name).copy());
    }
    for (String name : MEASURED) {
      double[] a = first.numberColumn(name).asDoubleArray();
      double[] b = second.numberColumn(name).asDoubleArray();
      double[] differences =
          IntStream.range(0, a.length).mapToDouble(i -> difference(a[i], b[i])).toArray();
      result.addColumns(
          DoubleColumn.create(name, a), DoubleColumn.create(name + "_difference", differences));
    }
    return result;
  }

  /**
   * Trains a network on two engines, step by step in alternation, from the same initial weights.
   *
   * @param first an engine
   * @param second another
   * @param architecture of both networks
   * @param seed of the initial weights
   * @param order of the batches; all its steps are taken
   * @param trainer whose objectives, rates and momentum are taken
   * @return one for each step
   */
  public static List<Step> training(
      Engine first,
      Engine second,
      Architecture architecture,
      long seed,
      BatchOrder order,
      SgdTrainer trainer) {
    List<Step> steps = new ArrayList<>();
    try (Network one = first.network(architecture, seed);
        Network other = second.network(architecture, seed)) {
      INDArray start = weights(one);
      for (int i = 0; i < order.steps(); i++) {
        SgdStep update = trainer.update(order, i);
        Objective objective = trainer.objective(order, i);
        double loss = one.step(order.batch(i), objective, update).value();
        double otherLoss = other.step(order.batch(i), objective, update).value();
        INDArray weights = weights(one);
        double normDw = weights.distance2(start);
        steps.add(
            new Step(
                i + 1,
                normDw,
                weights.distance2(weights(other)) / normDw,
                loss,
                difference(loss, otherLoss)));
      }
    }
    return steps;
  }

  /**
   * The gradient of one batch on two engines, at the same initial weights.
   *
   * @return the distance of the two gradients, divided by the norm of the first
   */
  public static double gradientDifference(
      Engine first,
      Engine second,
      Architecture architecture,
      long seed,
      Batch batch,
      Objective objective,
      Mode mode) {
    try (Network one = first.network(architecture, seed);
        Network other = second.network(architecture, seed);
        LossGradient a = one.gradient(batch, objective, mode);
        LossGradient b = other.gradient(batch, objective, mode)) {
      INDArray gradient = values(a.gradient());
      return gradient.distance2(values(b.gradient())) / gradient.norm2Number().doubleValue();
    }
  }

  private static INDArray weights(Network network) {
    try (ParameterVector weights = network.weights()) {
      return values(weights);
    }
  }

  private static INDArray values(ParameterVector vector) {
    return vector.toArray().castTo(DataType.DOUBLE);
  }

  private static double difference(double a, double b) {
    double larger = Math.max(Math.abs(a), Math.abs(b));
    return larger == 0 ? 0 : Math.abs(a - b) / larger;
  }

  private static List<String> texts(Column<?> column) {
    return IntStream.range(0, column.size()).mapToObj(column::getString).toList();
  }
}
