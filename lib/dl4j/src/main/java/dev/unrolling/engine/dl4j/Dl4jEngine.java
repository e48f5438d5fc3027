package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architecture;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** DeepLearning4J on ND4J's backend in one precision. */
record Dl4jEngine(String device, Precision precision) implements Engine {

  static final String NAME = "dl4j";

  Dl4jEngine {
    if (precision != precision.measured()) {
      throw new IllegalArgumentException(
          "engine dl4j computes in float32 or float64, not in "
              + precision
              + "; engine torch has it");
    }
  }

  static {
    OneDnn.enable();
  }

  private static final String POM =
      "/META-INF/maven/org.deeplearning4j/deeplearning4j-nn/pom.properties";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    return "DeepLearning4J " + libraryVersion() + ", " + OneDnn.describe();
  }

  private static String libraryVersion() {
    Properties properties = new Properties();
    try (InputStream pom = ComputationGraph.class.getResourceAsStream(POM)) {
      if (pom != null) {
        properties.load(pom);
      }
    } catch (IOException unreadable) {
      // The version is for provenance: a damaged jar fails elsewhere.
    }
    return properties.getProperty("version", "of unknown version");
  }

  @Override
  public int threads() {
    return Nd4j.getEnvironment().maxThreads();
  }

  /** ND4J has one number of threads: this changes it for the whole process. */
  @Override
  public Engine withThreads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("an engine needs at least 1 thread, not " + threads);
    }
    Nd4j.getEnvironment().setMaxThreads(threads);
    return this;
  }

  @Override
  public Engine withPrecision(Precision other) {
    return new Dl4jEngine(device, other);
  }

  @Override
  public Network network(Architecture architecture, INDArray weights) {
    return new Dl4jNetwork(this, architecture, weights);
  }

  /** A rank-1 copy in this precision. */
  INDArray copy(INDArray values) {
    INDArray row = values.dup('c').reshape(values.length());
    return row.castTo(precision.dataType());
  }

  /** A copy of host values in this precision. */
  INDArray array(double[] values, long... shape) {
    INDArray wide = Nd4j.createFromArray(values);
    if (precision.dataType() == wide.dataType()) {
      return wide.reshape('c', shape);
    }
    try (wide) {
      return wide.castTo(precision.dataType()).reshape('c', shape);
    }
  }
}
