package dev.unrolling.engine.linear;

import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architecture;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Linear models in closed form, on the thread that calls. */
record LinearEngine() implements Engine {

  static final String NAME = "linear";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String device() {
    return "cpu";
  }

  @Override
  public Precision precision() {
    return Precision.FLOAT64;
  }

  @Override
  public String version() {
    return "closed form, in Java";
  }

  @Override
  public int threads() {
    return 1;
  }

  /** {@inheritDoc} This engine computes on one, whatever is asked for. */
  @Override
  public Engine withThreads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("an engine needs at least 1 thread, not " + threads);
    }
    return this;
  }

  @Override
  public Engine withPrecision(Precision precision) {
    if (precision != Precision.FLOAT64) {
      throw new IllegalArgumentException(
          "the engine linear computes in float64, not in " + precision);
    }
    return this;
  }

  @Override
  public Network network(Architecture architecture, INDArray weights) {
    return new LinearNetwork(this, architecture, DoubleVector.values(weights));
  }
}
