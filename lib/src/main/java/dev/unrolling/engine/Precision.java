package dev.unrolling.engine;

import org.nd4j.linalg.api.buffer.DataType;

/** Floating point format of weights and computation. */
public enum Precision {
  /** 32 bits: training. */
  FLOAT32(DataType.FLOAT),
  /** 64 bits: checks of formulas. */
  FLOAT64(DataType.DOUBLE);

  private final DataType dataType;

  Precision(DataType dataType) {
    this.dataType = dataType;
  }

  /** The ND4J type of arrays in this precision. */
  public DataType dataType() {
    return dataType;
  }
}
