package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.Objective;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** From logits to the loss's derivative by them; remembers the loss. For one pass. */
final class LogitDerivative implements UnaryOperator<INDArray> {

  private final Objective objective;
  private final double[][] targets;
  private final int averagedOver;
  private double loss;

  LogitDerivative(Objective objective, double[][] targets, int averagedOver) {
    this.objective = objective;
    this.targets = targets;
    this.averagedOver = averagedOver;
  }

  @Override
  public INDArray apply(INDArray logits) {
    LogitLoss result = LogitLoss.of(objective, logits.toDoubleMatrix(), targets, averagedOver);
    loss = result.value();
    return Nd4j.createFromArray(result.gradient()).castTo(logits.dataType());
  }

  /** The data part of the objective at the logits seen. */
  double loss() {
    return loss;
  }
}
