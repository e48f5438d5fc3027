package dev.unrolling.engine.torch;

import dev.unrolling.engine.ParameterVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A rank-1 tensor as a vector in weight space. */
final class TorchVector implements ParameterVector {

  private final TorchEngine engine;
  private final Tensor tensor;
  private boolean closed;

  /** Takes over a tensor that was kept by {@link TorchEngine#keep}. */
  TorchVector(TorchEngine engine, Tensor kept) {
    this.engine = engine;
    this.tensor = kept;
  }

  Tensor tensor() {
    if (closed) {
      throw new IllegalStateException("the vector was closed");
    }
    engine.enter();
    return tensor;
  }

  @Override
  public long size() {
    return tensor().numel();
  }

  @Override
  public ParameterVector copy() {
    return new TorchVector(engine, TorchEngine.copy(tensor()));
  }

  @Override
  public ParameterVector addInPlace(double scale, ParameterVector other) {
    Tensor summand = compatible(other, engine, size());
    try (NativeScope scope = new NativeScope();
        NoGradGuard frozen = new NoGradGuard()) {
      tensor().add_(summand, new Scalar(scale));
    }
    return this;
  }

  @Override
  public ParameterVector scaleInPlace(double scale) {
    try (NativeScope scope = new NativeScope();
        NoGradGuard frozen = new NoGradGuard()) {
      tensor().mul_(new Scalar(scale));
    }
    return this;
  }

  @Override
  public ParameterVector multiplyInPlace(ParameterVector other) {
    Tensor factors = compatible(other, engine, size());
    try (NativeScope scope = new NativeScope();
        NoGradGuard frozen = new NoGradGuard()) {
      tensor().mul_(factors);
    }
    return this;
  }

  @Override
  public double dot(ParameterVector other) {
    Tensor factor = compatible(other, engine, size());
    try (NativeScope scope = new NativeScope();
        NoGradGuard frozen = new NoGradGuard()) {
      return Transfers.number(tensor().mul(factor).sum(new ScalarTypeOptional(ScalarType.Double)));
    }
  }

  @Override
  public double norm2() {
    try (NativeScope scope = new NativeScope();
        NoGradGuard frozen = new NoGradGuard()) {
      return Transfers.number(
          torch.linalg_vector_norm(
              tensor(),
              new Scalar(2.0),
              new long[0],
              false,
              new ScalarTypeOptional(ScalarType.Double)));
    }
  }

  @Override
  public INDArray toArray() {
    return engine.array(tensor(), size());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      tensor.close();
    }
  }

  /** The tensor of a vector that must be of this engine and of so many values. */
  static Tensor compatible(ParameterVector vector, TorchEngine engine, long size) {
    if (!(vector instanceof TorchVector other)) {
      throw new IllegalArgumentException(
          "a vector of engine torch was expected, not a " + vector.getClass().getSimpleName());
    }
    if (!other.engine.sharesTensorsWith(engine) || other.size() != size) {
      throw new IllegalArgumentException(
          "a vector of "
              + size
              + " values in "
              + engine.precision()
              + " on "
              + engine.device()
              + " was expected, not of "
              + other.size()
              + " in "
              + other.engine.precision()
              + " on "
              + other.engine.device());
    }
    return other.tensor();
  }
}
