package dev.unrolling.engine.torch;

import dev.unrolling.engine.Loss;
import dev.unrolling.engine.Objective;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The data part of an objective as a differentiable scalar, and what weight decay adds to it. */
final class TorchObjective {

  private static final long SUM = 2;
  private static final long NO_IGNORED_LABEL = -100;

  private TorchObjective() {}

  /**
   * @param logits {@code (batch, classes)}
   * @param labels {@code (batch)}, int64; or targets, of the shape and type of the logits
   * @param averagedOver divisor of the sums over the batch
   */
  static Tensor loss(Objective objective, Tensor logits, Tensor labels, int averagedOver) {
    Tensor sum =
        switch (objective.criterion()) {
          case CROSS_ENTROPY -> crossEntropy(logits, labels);
          case SQUARED_ERROR -> squaredError(logits, labels);
        };
    double weight = objective.penaltyWeight((int) logits.size(1));
    if (weight > 0) {
      sum = sum.add(standardDeviations(logits).sum(), new Scalar(weight));
    }
    return sum.mul(new Scalar(1.0 / averagedOver));
  }

  /** A loss with the L2 term of all weights, rank 1. */
  static Tensor withDecay(Objective objective, Tensor loss, Tensor weights) {
    return objective.weightDecay() == 0
        ? loss
        : loss.add(weights.dot(weights), new Scalar(objective.weightDecay() / 2));
  }

  /** A gradient by some weights, with that of the L2 term. */
  static Tensor slopeWithDecay(Objective objective, Tensor gradient, Tensor weights) {
    return objective.weightDecay() == 0
        ? gradient
        : gradient.add(weights, new Scalar(objective.weightDecay()));
  }

  private static Tensor crossEntropy(Tensor logits, Tensor labels) {
    Tensor logarithms = torch.log_softmax(logits, 1);
    return areTargets(labels)
        ? logarithms.mul(labels).sum().neg()
        : torch.nll_loss(logarithms, labels, new TensorOptional(), SUM, NO_IGNORED_LABEL);
  }

  private static boolean areTargets(Tensor labels) {
    return labels.dim() == 2;
  }

  private static Tensor squaredError(Tensor logits, Tensor labels) {
    Tensor target = labels;
    if (!areTargets(labels)) {
      target = logits.size(1) == 1 ? labels.reshape(-1, 1) : torch.one_hot(labels, logits.size(1));
      target = target.to(logits.scalar_type());
    }
    Tensor difference = logits.sub(target);
    return difference.mul(difference).sum().mul(new Scalar(0.5));
  }

  /**
   * Standard deviation (with C - 1) of each row. The root of 0 has no derivative: such rows are cut
   * out of the graph, which makes their gradient 0.
   */
  private static Tensor standardDeviations(Tensor logits) {
    ScalarTypeOptional same = new ScalarTypeOptional();
    Tensor centred = logits.sub(logits.mean(new long[] {1}, true, same));
    Tensor variance =
        centred
            .mul(centred)
            .sum(new long[] {1}, false, same)
            .mul(new Scalar(1.0 / (logits.size(1) - 1)));
    Tensor positive = variance.gt(new Scalar(0.0));
    Tensor safe = torch.where(positive, variance, new Scalar(1.0));
    return torch.where(positive, torch.sqrt(safe), new Scalar(0.0));
  }

  /** A scalar tensor, read once; until then the device need not have finished it. */
  static final class Value implements Loss {

    private final Tensor tensor;
    private double value;
    private boolean read;

    /** Takes over a tensor that was kept by {@link TorchEngine#keep}. */
    Value(Tensor kept) {
      this.tensor = kept;
    }

    @Override
    public double value() {
      if (!read) {
        try (NativeScope scope = new NativeScope()) {
          value = Transfers.number(tensor);
        }
        read = true;
        tensor.close();
      }
      return value;
    }
  }
}
