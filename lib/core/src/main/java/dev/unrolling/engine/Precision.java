package dev.unrolling.engine;

import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Floating point format of weights and computation. In the last two, which are faster, only the
 * steps of training are coarser: gradients, Hessians and logits that are asked for are those of
 * {@link #FLOAT32}, and so are the measures made of them. A run's precision is part of its key.
 */
public enum Precision {
  /** 32 bits: the format of training. */
  FLOAT32(DataType.FLOAT),
  /** 64 bits: checks of formulas. */
  FLOAT64(DataType.DOUBLE),
  /**
   * 32 bits, but a training step rounds the factors of its products to 10 bits after the point and
   * sums in 32: TF32, which NVIDIA's GPUs have from Ampere on.
   */
  TF32(DataType.FLOAT),
  /**
   * Weights of 32 bits, but a training step computes its convolutions and products, and what lies
   * between them, in 16 bits with 7 after the point: bfloat16. A weight's gradient is rounded to
   * that once; loss and update have 32 bits.
   */
  BFLOAT16(DataType.FLOAT);

  private final DataType dataType;

  Precision(DataType dataType) {
    this.dataType = dataType;
  }

  /** The ND4J type of weights and other arrays in this precision. */
  public DataType dataType() {
    return dataType;
  }

  /** The name in settings and messages, e.g. {@code "float32"}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The precision of weights, and of all but training steps: {@link #FLOAT32} or 64. */
  public Precision measured() {
    return dataType == DataType.DOUBLE ? FLOAT64 : FLOAT32;
  }
}
