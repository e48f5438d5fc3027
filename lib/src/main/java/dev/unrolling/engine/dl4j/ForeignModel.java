package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.Mode;
import dev.unrolling.model.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.nd4j.linalg.api.buffer.DataType;

final class ForeignModel {
  private ForeignModel() {}

  static ComputationGraphConfiguration configuration(Layer.Foreign f, DataType type, Mode mode) {
    throw new IllegalStateException();
  }
}
