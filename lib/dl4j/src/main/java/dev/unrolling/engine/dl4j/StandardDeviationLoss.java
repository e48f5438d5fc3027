package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.Objective;
import dev.unrolling.engine.logits.LogitDeviation;
import dev.unrolling.engine.logits.SoftMax;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The SD loss (claim 2.7) for a user's own DL4J model: cross entropy plus gamma times the standard
 * deviation (with C - 1) of an example's C logits, for an output layer with soft-max activation:
 *
 * <pre>{@code
 * new OutputLayer.Builder(new StandardDeviationLoss(5)).activation(Activation.SOFTMAX)
 * }</pre>
 *
 * <p>Labels are {@code (examples, classes)}, one-hot or probabilities; masks weigh whole examples.
 * Where the standard deviation is 0, its derivative is taken to be 0. It goes to JSON and back with
 * its layer's configuration.
 */
public final class StandardDeviationLoss implements ILossFunction {

  private static final long serialVersionUID = 1;

  private final double gamma;
  private final Objective.Normalisation normalisation;

  /** A loss with gamma in the authors' normalisation: divided by the number of classes. */
  public StandardDeviationLoss(double gamma) {
    this(gamma, Objective.Normalisation.PER_CLASS);
  }

  /**
   * A loss.
   *
   * @param gamma weight of the penalty, finite and at least 0
   * @param normalisation unit of gamma
   */
  public StandardDeviationLoss(
      @JsonProperty("gamma") double gamma,
      @JsonProperty("normalisation") Objective.Normalisation normalisation) {
    this.gamma = gamma;
    this.normalisation = normalisation;
    objective();
  }

  /** Weight of the penalty. */
  @JsonProperty("gamma")
  public double getGamma() {
    return gamma;
  }

  /** Unit of gamma. */
  @JsonProperty("normalisation")
  public Objective.Normalisation getNormalisation() {
    return normalisation;
  }

  /** The same loss in the terms of the seam. */
  Objective objective() {
    return Objective.crossEntropy().withGamma(gamma).withNormalisation(normalisation);
  }

  @Override
  public double computeScore(
      INDArray labels, INDArray preOutput, IActivation activation, INDArray mask, boolean average) {
    double sum = Arrays.stream(evaluate(labels, preOutput, activation, mask).losses()).sum();
    return average ? sum / preOutput.size(0) : sum;
  }

  @Override
  public INDArray computeScoreArray(
      INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
    double[] losses = evaluate(labels, preOutput, activation, mask).losses();
    return Nd4j.createFromArray(losses).castTo(preOutput.dataType()).reshape(losses.length, 1);
  }

  @Override
  public INDArray computeGradient(
      INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
    double[][] gradient = evaluate(labels, preOutput, activation, mask).gradient();
    return Nd4j.createFromArray(gradient).castTo(preOutput.dataType());
  }

  @Override
  public Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels, INDArray preOutput, IActivation activation, INDArray mask, boolean average) {
    return new Pair<>(
        computeScore(labels, preOutput, activation, mask, average),
        computeGradient(labels, preOutput, activation, mask));
  }

  /** Loss of each example and its derivative by the logits, both weighed by the mask. */
  private record Rows(double[] losses, double[][] gradient) {}

  private Rows evaluate(
      INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
    check(labels, preOutput, activation, mask);
    double[][] y = labels.toDoubleMatrix();
    double[][] z = preOutput.toDoubleMatrix();
    double weight = objective().penaltyWeight(z[0].length);
    double[] losses = new double[z.length];
    double[][] gradient = new double[z.length][z[0].length];
    for (int i = 0; i < z.length; i++) {
      losses[i] = crossEntropy(z[i], y[i], gradient[i]);
      losses[i] += weight * LogitDeviation.addDerivative(z[i], weight, gradient[i]);
      double share = mask == null ? 1 : mask.getDouble(i);
      losses[i] *= share;
      for (int c = 0; c < z[i].length; c++) {
        gradient[i][c] *= share;
      }
    }
    return new Rows(losses, gradient);
  }

  private static double crossEntropy(double[] z, double[] y, double[] gradient) {
    SoftMax softMax = new SoftMax(z);
    double labelSum = Arrays.stream(y).sum();
    double loss = 0;
    for (int c = 0; c < z.length; c++) {
      gradient[c] = labelSum * softMax.probability(c) - y[c];
      loss += y[c] * (softMax.logSum() - z[c]);
    }
    return loss;
  }

  private static void check(
      INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
    if (!(activation instanceof ActivationSoftmax)) {
      throw new IllegalArgumentException(
          "the SD loss needs an output layer with activation softmax, not " + activation);
    }
    if (preOutput.rank() != 2 || !labels.equalShapes(preOutput)) {
      throw new IllegalArgumentException(
          "labels and logits must both be (examples, classes), not "
              + Arrays.toString(labels.shape())
              + " and "
              + Arrays.toString(preOutput.shape()));
    }
    if (preOutput.size(1) < 2) {
      throw new IllegalArgumentException(
          "the SD loss needs at least 2 classes, not " + preOutput.size(1));
    }
    if (mask != null && mask.length() != preOutput.size(0)) {
      throw new IllegalArgumentException(
          "the SD loss takes a mask of one value an example, "
              + preOutput.size(0)
              + " in all, not of shape "
              + Arrays.toString(mask.shape()));
    }
  }

  @Override
  public String name() {
    return toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StandardDeviationLoss that
        && gamma == that.gamma
        && normalisation == that.normalisation;
  }

  @Override
  public int hashCode() {
    return Objects.hash(gamma, normalisation);
  }

  @Override
  public String toString() {
    return "StandardDeviationLoss(gamma=" + gamma + ", " + normalisation + ")";
  }
}
