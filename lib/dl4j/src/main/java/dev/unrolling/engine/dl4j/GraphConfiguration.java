package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.Mode;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Layer;
import dev.unrolling.model.ParameterLayout.Entry;
import dev.unrolling.model.Shapes;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer.PoolingType;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * An architecture in DL4J's terms. A vertex with weights is named like its entries in the layout,
 * without the role: {@code "residual1.body.conv2"}.
 */
final class GraphConfiguration {

  private static final String INPUT = "input";

  /** Whether layers are ours where they compute the same in less time. */
  private final boolean faster;

  private final Mode mode;
  private final GraphBuilder builder;
  private final Iterator<Entry> entries;
  private final Map<String, Integer> positions = new HashMap<>();
  private int unnamed;

  private GraphConfiguration(Architecture architecture, DataType type, Mode mode) {
    this.mode = mode;
    this.faster = type == DataType.FLOAT && OneDnn.inUse();
    this.builder =
        new NeuralNetConfiguration.Builder().dataType(type).graphBuilder().addInputs(INPUT);
    this.entries = architecture.parameters().entries().iterator();
  }

  /**
   * A translated architecture.
   *
   * @param configuration without a loss: its output are the logits
   * @param positions of each batch norm, by name: number of values that one channel has in one
   *     example
   */
  record Result(ComputationGraphConfiguration configuration, Map<String, Integer> positions) {}

  static Result of(Architecture architecture, DataType type, Mode mode) {
    if (architecture.layers().get(0) instanceof Layer.UserModel user) {
      return new Result(UserConfiguration.of(user, type, mode), Map.of());
    }
    GraphConfiguration translation = new GraphConfiguration(architecture, type, mode);
    List<Integer> shape = architecture.inputShape();
    Point output = translation.chain(architecture.layers(), new Point(INPUT, shape));
    ComputationGraphConfiguration configuration =
        translation.builder.setOutputs(output.vertex()).build();
    return new Result(configuration, Map.copyOf(translation.positions));
  }

  /** The output of a vertex and the shape of one example there. */
  private record Point(String vertex, List<Integer> shape) {
    Point after(Layer layer, String next) {
      return new Point(next, Shapes.after(layer, shape));
    }
  }

  private Point chain(List<Layer> layers, Point input) {
    Point at = input;
    for (Layer layer : layers) {
      at = add(layer, at);
    }
    return at;
  }

  private Point add(Layer layer, Point at) {
    if (layer instanceof Layer.Convolution c) {
      String name = named(c.bias() ? 2 : 1);
      builder.addLayer(name, convolution(c), at.vertex());
      return at.after(c, name);
    }
    if (layer instanceof Layer.BatchNorm b) {
      String name = named(2);
      builder.addLayer(name, norm(b, at), at.vertex());
      positions.put(name, at.shape().stream().skip(1).reduce(1, Math::multiplyExact));
      return new Point(name, at.shape());
    }
    if (layer instanceof Layer.Dense d) {
      String name = named(d.bias() ? 2 : 1);
      builder.addLayer(name, dense(d), at.vertex());
      return at.after(d, name);
    }
    if (layer instanceof Layer.Relu) {
      return activation("relu", faster ? new InPlaceRelu() : new ActivationReLU(), at);
    }
    if (layer instanceof Layer.Tanh) {
      return activation("tanh", new ActivationTanH(), at);
    }
    if (layer instanceof Layer.MaxPool m) {
      return at.after(m, pool(PoolingType.MAX, m.kernel(), at));
    }
    if (layer instanceof Layer.AveragePool a) {
      return at.after(a, pool(PoolingType.AVG, a.kernel(), at));
    }
    if (layer instanceof Layer.Flatten) {
      return flatten(at);
    }
    if (layer instanceof Layer.Residual r) {
      Point body = chain(r.body(), at);
      Point shortcut = chain(r.shortcut(), at);
      String name = unnamed("sum");
      builder.addVertex(
          name, new ElementWiseVertex(ElementWiseVertex.Op.Add), body.vertex(), shortcut.vertex());
      return new Point(name, body.shape());
    }
    throw new IllegalStateException("layer that DL4J cannot build: " + layer);
  }

  /** The layer's name, from the next entries of the layout, which are its own. */
  private String named(int count) {
    String name = "";
    for (int i = 0; i < count; i++) {
      name = vertex(entries.next());
    }
    return name;
  }

  /** The vertex that an entry of a layout belongs to. */
  static String vertex(Entry entry) {
    return entry.name().substring(0, entry.name().lastIndexOf('.'));
  }

  private String unnamed(String kind) {
    unnamed++;
    return kind + "-" + unnamed;
  }

  private ConvolutionLayer convolution(Layer.Convolution c) {
    ConvolutionLayer.Builder configuration =
        new ConvolutionLayer.Builder()
            .kernelSize(c.kernel(), c.kernel())
            .stride(c.stride(), c.stride())
            .padding(c.padding(), c.padding())
            .convolutionMode(ConvolutionMode.Truncate)
            .nIn(c.in())
            .nOut(c.out())
            .hasBias(c.bias())
            .activation(Activation.IDENTITY);
    return faster ? new OutputKeepingConvolution(configuration) : configuration.build();
  }

  private BatchNormalization norm(Layer.BatchNorm b, Point at) {
    BatchNormalization norm =
        new BatchNormalization.Builder()
            .nIn(b.channels())
            .nOut(b.channels())
            .eps(Layer.BatchNorm.EPSILON)
            .decay(1 - Layer.BatchNorm.MOMENTUM)
            .useLogStd(false)
            .activation(Activation.IDENTITY)
            .build();
    boolean ours = mode == Mode.EVALUATION || faster && at.shape().size() == 3;
    return ours ? new BatchNorm(norm, mode) : norm;
  }

  private static DenseLayer dense(Layer.Dense d) {
    return new DenseLayer.Builder()
        .nIn(d.in())
        .nOut(d.out())
        .hasBias(d.bias())
        .activation(Activation.IDENTITY)
        .build();
  }

  private Point activation(String kind, IActivation activation, Point at) {
    String name = unnamed(kind);
    builder.addLayer(name, new ActivationLayer(activation), at.vertex());
    return new Point(name, at.shape());
  }

  private String pool(PoolingType type, int kernel, Point at) {
    String name = unnamed("pool");
    SubsamplingLayer layer =
        new SubsamplingLayer.Builder(type)
            .kernelSize(kernel, kernel)
            .stride(kernel, kernel)
            .convolutionMode(ConvolutionMode.Truncate)
            .build();
    builder.addLayer(name, layer, at.vertex());
    return name;
  }

  private Point flatten(Point at) {
    if (at.shape().size() == 1) {
      return at;
    }
    String name = unnamed("flatten");
    List<Integer> shape = at.shape();
    builder.addVertex(
        name,
        new PreprocessorVertex(
            new CnnToFeedForwardPreProcessor(shape.get(1), shape.get(2), shape.get(0))),
        at.vertex());
    return at.after(new Layer.Flatten(), name);
  }
}
