package dev.unrolling.engine;

import dev.unrolling.model.Architecture;
import dev.unrolling.model.InitialWeights;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A library that computes, on one device and in one precision. */
public interface Engine {

  /** The name by which {@link Engines} knows it, e.g. {@code "torch"}. */
  String name();

  /** The device, e.g. {@code "cpu"} or {@code "cuda:0"}. */
  String device();

  /** Format of weights and computation. */
  Precision precision();

  /** Library and version, for provenance. */
  String version();

  /** Number of CPU threads that one operation may use; it can change the last bits of a result. */
  int threads();

  /**
   * The same engine with another number of CPU threads for one operation. Small networks are faster
   * on one; several runs then share the cores.
   *
   * @param threads at least 1
   */
  Engine withThreads(int threads);

  /**
   * The same library on the same device in another precision.
   *
   * @throws IllegalArgumentException if the device does not have it, saying which it has
   */
  Engine withPrecision(Precision precision);

  /**
   * A network with given weights, fresh running statistics (mean 0, variance 1) and no momentum.
   *
   * @param architecture what it is made of
   * @param weights rank 1, of length {@code architecture.parameters().size()}; copied
   */
  Network network(Architecture architecture, INDArray weights);

  /** A network with weights drawn by {@link InitialWeights}. */
  default Network network(Architecture architecture, long seed) {
    return network(architecture, InitialWeights.draw(architecture, seed));
  }
}
