package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Objective;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** The gradient by the pictures of a user's model is the slope of its loss. */
class WrappedInputGradientTest {

  private static final int[] LABELS = {3, 1, 4, 1};

  static Stream<Model> models() {
    return Stream.concat(WrapTest.models(), Stream.of(flat()));
  }

  /** Fed vectors, which DL4J's own preprocessor makes pictures of. */
  private static Model flat() {
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            WrapTest.builder(DataType.DOUBLE, new Sgd(0.1))
                .list()
                .layer(new ConvolutionLayer.Builder(4, 4).stride(4, 4).nOut(3).build())
                .layer(new OutputLayer.Builder().nOut(10).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.convolutionalFlat(32, 32, 3))
                .build());
    model.init();
    return model;
  }

  private static double[] pictures() {
    Batch batch = WrapTest.batch(0);
    double[] values = new double[4 * 3072];
    IntStream.range(0, 4).forEach(i -> batch.dataset().writeExample(i, values, i * 3072));
    return values;
  }

  private static Batch batch(int[] shape, double... values) {
    Dataset data =
        FeatureDataset.of("moved", shape, values, LABELS, WrapTest.batch(0).dataset().classNames());
    return Batch.of(data, 0, 1, 2, 3);
  }

  @ParameterizedTest
  @MethodSource("models")
  void itIsTheSlopeOfTheLoss(Model model) {
    int[] shape =
        model instanceof MultiLayerNetwork network
                && network.getLayer(0).conf().getLayer() instanceof ConvolutionLayer first
                && first.getNOut() == 3
            ? new int[] {3072}
            : new int[] {3, 32, 32};
    Objective objective = Dl4jNetwork.objective(model);
    double[] values = pictures();
    try (Dl4jNetwork network = Dl4jNetwork.wrap(model, shape)) {
      for (Mode mode : Mode.values()) {
        INDArray gradient = network.inputGradient(batch(shape, values), objective, mode);
        assertEquals(shape.length + 1, gradient.rank());
        double[] found = gradient.reshape('c', new long[] {values.length}).toDoubleVector();
        double scale = gradient.norm2Number().doubleValue() / Math.sqrt(found.length);
        assertTrue(scale > 0);
        for (int place = 5; place < values.length; place += 617) {
          double[] ahead = values.clone();
          double[] behind = values.clone();
          ahead[place] += 1e-6;
          behind[place] -= 1e-6;
          double slope =
              (loss(network, batch(shape, ahead), objective, mode)
                      - loss(network, batch(shape, behind), objective, mode))
                  / 2e-6;
          assertEquals(slope, found[place], 1e-4 * scale, mode + ", " + place);
        }
      }
    }
  }

  private static double loss(Dl4jNetwork network, Batch batch, Objective objective, Mode mode) {
    try (LossGradient found = network.gradient(batch, objective, mode)) {
      return found.loss().value();
    }
  }
}
