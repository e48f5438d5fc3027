package dev.unrolling.engine;

import dev.unrolling.data.Batch;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.ParameterLayout;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network some of whose weights are held at 0 (claim 2.12): one of any engine, with what comes in
 * and goes out projected on the mask. A step is one of SGD on the weights that are left; gradients,
 * Hessians and vectors are 0 outside the mask, so that all that is written against {@link Network}
 * holds on the subspace. Weight space keeps its p values.
 *
 * <p>A network that {@link Engine#network} makes of {@link #engine()} has no mask.
 */
public final class MaskedNetwork implements Network {

  private final Network network;
  private final INDArray mask;
  private final ParameterVector factors;

  /**
   * A network with a mask; sets the weights and the momentum outside it to 0.
   *
   * @param network owned from now on, and closed with this
   * @param mask rank 1, a value a weight: 1 where a weight is left, 0 where it is held at 0; copied
   * @throws IllegalArgumentException if the mask has another length or other values
   */
  public MaskedNetwork(Network network, INDArray mask) {
    double[] values = mask.toDoubleVector();
    if (values.length != network.layout().size()
        || Arrays.stream(values).anyMatch(value -> value != 0 && value != 1)) {
      throw new IllegalArgumentException(
          "a mask has "
              + network.layout().size()
              + " values, each 0 or 1, not "
              + values.length
              + " from "
              + Arrays.stream(values).min().orElse(Double.NaN)
              + " to "
              + Arrays.stream(values).max().orElse(Double.NaN));
    }
    this.network = network;
    this.mask = mask.dup();
    this.factors = network.vector(mask);
    project(true);
  }

  /**
   * The mask that leaves out a share of the weights of convolutions and dense layers, the smallest
   * in size over all layers together; of equal ones the first. Biases and batch norms stay.
   *
   * @param layout of the weights
   * @param weights rank 1
   * @param sparsity share left out, at least 0 and below 1
   */
  public static INDArray byMagnitude(ParameterLayout layout, INDArray weights, double sparsity) {
    if (!(sparsity >= 0 && sparsity < 1)) {
      throw new IllegalArgumentException(
          "sparsity must be at least 0 and below 1, not " + sparsity);
    }
    double[] values = weights.toDoubleVector();
    int[] prunable =
        layout.entries().stream()
            .filter(entry -> entry.kind() == ParameterLayout.Kind.WEIGHT)
            .flatMapToLong(entry -> LongStream.range(entry.offset(), entry.offset() + entry.size()))
            .mapToInt(Math::toIntExact)
            .toArray();
    double[] mask = new double[values.length];
    Arrays.fill(mask, 1);
    IntStream.of(prunable)
        .boxed()
        .sorted((i, j) -> Double.compare(Math.abs(values[i]), Math.abs(values[j])))
        .limit(Math.round(sparsity * prunable.length))
        .forEach(i -> mask[i] = 0);
    return Nd4j.createFromArray(mask);
  }

  /** The mask: rank 1, float64, 1 where a weight is left and 0 where it is held at 0. A copy. */
  public INDArray mask() {
    return mask.castTo(DataType.DOUBLE).dup();
  }

  @Override
  public Architecture architecture() {
    return network.architecture();
  }

  @Override
  public ParameterLayout layout() {
    return network.layout();
  }

  @Override
  public Engine engine() {
    return network.engine();
  }

  @Override
  public ParameterVector weights() {
    return network.weights();
  }

  /** Replaces the weights that are left; of the others these values are not read. */
  @Override
  public void setWeights(ParameterVector weights) {
    try (ParameterVector projected = weights.copy()) {
      network.setWeights(projected.multiplyInPlace(factors));
    }
  }

  /** Puts values into weight space, 0 outside the mask. */
  @Override
  public ParameterVector vector(INDArray values) {
    return network.vector(values).multiplyInPlace(factors);
  }

  @Override
  public NetworkState saveState() {
    return network.saveState();
  }

  /** Returns to a saved state; what it has outside the mask becomes 0. */
  @Override
  public void restore(NetworkState state) {
    network.restore(state);
    project(true);
  }

  @Override
  public Network copy() {
    return new MaskedNetwork(network.copy(), mask);
  }

  @Override
  public Loss step(Batch batch, Objective objective, SgdStep step) {
    Loss loss = network.step(batch, objective, step);
    project(step.momentum() > 0);
    return loss;
  }

  @Override
  public LossGradient gradient(Batch batch, Objective objective, Mode mode) {
    LossGradient found = network.gradient(batch, objective, mode);
    found.gradient().multiplyInPlace(factors);
    return found;
  }

  @Override
  public INDArray inputGradient(Batch batch, Objective objective, Mode mode) {
    return network.inputGradient(batch, objective, mode);
  }

  @Override
  public LinearOperator hessian(Batch batch, Objective objective, Mode mode) {
    return new Projected(network.hessian(batch, objective, mode));
  }

  @Override
  public INDArray logits(Batch batch, Mode mode) {
    return network.logits(batch, mode);
  }

  @Override
  public void close() {
    factors.close();
    network.close();
  }

  private void project(boolean momentum) {
    try (ParameterVector weights = network.weights()) {
      network.setWeights(weights.multiplyInPlace(factors));
    }
    if (momentum) {
      NetworkState state = network.saveState();
      if (!state.velocity().isEmpty()) {
        INDArray left = mask.castTo(state.velocity().dataType());
        network.restore(
            new NetworkState(
                state.weights(), state.runningStatistics(), state.velocity().mul(left)));
      }
    }
  }

  /** The rows and columns of a Hessian that belong to weights that are left. */
  private final class Projected implements LinearOperator {

    private final LinearOperator whole;

    Projected(LinearOperator whole) {
      this.whole = whole;
    }

    @Override
    public ParameterVector apply(ParameterVector vector) {
      try (ParameterVector inside = vector.copy()) {
        return whole.apply(inside.multiplyInPlace(factors)).multiplyInPlace(factors);
      }
    }

    @Override
    public ParameterVector vector(double[] values) {
      return whole.vector(values).multiplyInPlace(factors);
    }

    @Override
    public long size() {
      return whole.size();
    }

    @Override
    public void close() {
      whole.close();
    }
  }
}
