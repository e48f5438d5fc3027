package dev.unrolling.engine;

import dev.unrolling.data.Batch;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.ParameterLayout;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network with its weights on an engine. Vectors that a method returns are new and belong to the
 * caller, who closes them. A batch whose examples do not fit the architecture fails with an {@link
 * IllegalArgumentException} that names both shapes, one of a single example fails in training mode
 * where batch norm would see one value a channel, and anything but {@link #close()} fails with an
 * {@link IllegalStateException} after it. Not for use by several threads at once.
 */
public interface Network extends AutoCloseable {

  /** What the network is made of. */
  Architecture architecture();

  /** Where each trainable weight lies in a {@link ParameterVector}. */
  default ParameterLayout layout() {
    return architecture().parameters();
  }

  /** The engine that computes. */
  Engine engine();

  /** A copy of the trainable weights w. */
  ParameterVector weights();

  /** Replaces the trainable weights by a copy of these; running statistics stay. */
  void setWeights(ParameterVector weights);

  /**
   * Puts values into weight space.
   *
   * @param values rank 1, of length {@code layout().size()}, any floating type
   */
  ParameterVector vector(INDArray values);

  /** Weights, running statistics and momentum, copied to host memory. */
  NetworkState saveState();

  /** Returns to a saved state, bit for bit. */
  void restore(NetworkState state);

  /** A second network with the same weights, running statistics and momentum. */
  Network copy();

  /**
   * One update of SGD on a batch, in training mode: moves weights, running statistics and momentum.
   * A batch without examples takes a step with zero data gradient.
   *
   * @return the objective before the update, not yet waited for
   */
  Loss step(Batch batch, Objective objective, SgdStep step);

  /** Loss and gradient of a batch at the present weights. Changes nothing. */
  LossGradient gradient(Batch batch, Objective objective, Mode mode);

  /**
   * The gradient of the objective on a batch by the values of its examples, at the present weights:
   * of the sum of the examples' losses divided by {@link Batch#averagedOver}, as in {@link
   * #gradient}, so of their mean unless the batch says otherwise. It is by the values as the
   * network sees them, normalised as the data set gives them. Weight decay has no part in it. In
   * {@link Mode#TRAINING} an example also moves the others' losses where there is batch norm.
   * Changes nothing.
   *
   * @return {@code (examples, ...)} in the network's input shape, of the engine's precision; a copy
   *     in host memory
   */
  INDArray inputGradient(Batch batch, Objective objective, Mode mode);

  /**
   * The Hessian of the objective on a batch at the present weights, for repeated products; it holds
   * what the first derivative left behind, so close it. It stays that of these weights only while
   * they are not moved.
   */
  LinearOperator hessian(Batch batch, Objective objective, Mode mode);

  /** The product of the Hessian on a batch with one vector. Changes nothing. */
  default ParameterVector hessianVectorProduct(
      Batch batch, Objective objective, Mode mode, ParameterVector vector) {
    try (LinearOperator hessian = hessian(batch, objective, mode)) {
      return hessian.apply(vector);
    }
  }

  /**
   * The logits of a batch.
   *
   * @return {@code (examples, classes)}, of the engine's precision
   */
  INDArray logits(Batch batch, Mode mode);

  /** Frees the memory of weights and statistics. Closing twice is harmless. */
  @Override
  void close();
}
