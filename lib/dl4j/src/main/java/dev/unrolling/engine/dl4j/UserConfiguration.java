package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.Mode;
import dev.unrolling.model.Layer;
import java.util.Arrays;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** The configuration of a user's own DL4J model as one that ends in logits. */
final class UserConfiguration {

  /** Activation functions that are smooth; soft-max is left out of the logits. */
  private static final Set<String> SMOOTH =
      Set.of("tanh", "sigmoid", "identity", "softplus", "softsign", "softmax", "swish", "gelu");

  private UserConfiguration() {}

  /** Whether a model's logits are smooth in its weights; false where that is not known. */
  static boolean smooth(ComputationGraph graph) {
    boolean smoothVertices =
        graph.getConfiguration().getVertices().values().stream()
            .allMatch(
                vertex ->
                    vertex instanceof LayerVertex
                        || vertex instanceof MergeVertex
                        || vertex instanceof PreprocessorVertex
                        || vertex instanceof ElementWiseVertex sum
                            && sum.getOp() == ElementWiseVertex.Op.Add);
    return smoothVertices && smooth(graph.getLayers());
  }

  private static boolean smooth(org.deeplearning4j.nn.api.Layer... layers) {
    return Arrays.stream(layers)
        .map(layer -> layer.conf().getLayer())
        .allMatch(
            layer ->
                layer instanceof BatchNormalization
                    || layer instanceof GlobalPoolingLayer global
                        && global.getPoolingType() == PoolingType.AVG
                    || layer instanceof SubsamplingLayer pool
                        && pool.getPoolingType() == PoolingType.AVG
                    || layer instanceof org.deeplearning4j.nn.conf.layers.BaseLayer base
                        && SMOOTH.contains(base.getActivationFn().toString())
                    || layer instanceof ActivationLayer activation
                        && SMOOTH.contains(activation.getActivationFn().toString()));
  }

  /**
   * A model's configuration in one mode, ending in logits.
   *
   * @param type of its computation
   */
  static ComputationGraphConfiguration of(Layer.UserModel user, DataType type, Mode mode) {
    ComputationGraphConfiguration configuration =
        ComputationGraphConfiguration.fromJson(user.configuration());
    configuration.setDataType(type);
    configuration.setValidateOutputLayerConfig(false);
    for (GraphVertex vertex : configuration.getVertices().values()) {
      if (vertex instanceof LayerVertex layers) {
        var conf = layers.getLayerConf();
        conf.setDataType(type);
        conf.setLayer(replaced(conf.getLayer(), mode));
        conf.getLayer().setDataType(type);
      }
    }
    String output = configuration.getNetworkOutputs().get(0);
    ((LayerVertex) configuration.getVertices().get(output)).setOutputVertex(true);
    return configuration;
  }

  private static org.deeplearning4j.nn.conf.layers.Layer replaced(
      org.deeplearning4j.nn.conf.layers.Layer layer, Mode mode) {
    if (layer instanceof OutputLayer output) {
      return new DenseLayer.Builder()
          .name(output.getLayerName())
          .nIn(output.getNIn())
          .nOut(output.getNOut())
          .hasBias(output.hasBias())
          .activation(Activation.IDENTITY)
          .build();
    }
    if (layer instanceof LossLayer) {
      return new ActivationLayer.Builder()
          .name(layer.getLayerName())
          .activation(Activation.IDENTITY)
          .build();
    }
    if (layer instanceof BatchNormalization norm) {
      norm.setUseLogStd(false);
      return mode == Mode.EVALUATION ? new BatchNorm(norm, mode) : norm;
    }
    return layer;
  }
}
