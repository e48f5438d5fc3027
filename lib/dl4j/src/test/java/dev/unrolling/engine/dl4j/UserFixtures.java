package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.function.Executable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A stranger's small models in plain DL4J, and what they are fed. */
final class UserFixtures {

  /** Of a {@link #watched} model. */
  static final double RATE = 0.01;

  private UserFixtures() {}

  static NeuralNetConfiguration.Builder builder(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .dataType(DataType.DOUBLE)
        .updater(updater)
        .activation(Activation.TANH);
  }

  /** From 5 features to 6. */
  static DenseLayer.Builder dense() {
    return new DenseLayer.Builder().name("first").nIn(5).nOut(6);
  }

  /** From 6 features to 3 classes. */
  static OutputLayer.Builder output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .name("last")
        .nIn(6)
        .nOut(3)
        .activation(Activation.SOFTMAX);
  }

  static MultiLayerNetwork chain(NeuralNetConfiguration.Builder builder, Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = builder.list();
    List.of(layers).forEach(list::layer);
    MultiLayerNetwork model = new MultiLayerNetwork(list.build());
    model.init();
    return model;
  }

  static MultiLayerNetwork plain(IUpdater updater) {
    return chain(builder(updater), dense().build(), output().build());
  }

  /** A plain model at {@link #RATE} with a listener. */
  static MultiLayerNetwork watched(ForgettingListener listener) {
    MultiLayerNetwork model = plain(new Sgd(RATE));
    model.addListeners(listener);
    return model;
  }

  /** Values in [-1, 1), the same for a seed. */
  static INDArray values(long seed, long... shape) {
    int length = Math.toIntExact(LongStream.of(shape).reduce(1, Math::multiplyExact));
    return Nd4j.createFromArray(new Random(seed).doubles(length, -1, 1).toArray())
        .reshape('c', shape);
  }

  /** One-hot rows, of 3 classes. */
  static INDArray labels(long seed, int examples) {
    INDArray labels = Nd4j.zeros(DataType.DOUBLE, examples, 3);
    Random random = new Random(seed);
    IntStream.range(0, examples).forEach(i -> labels.putScalar(i, random.nextInt(3), 1));
    return labels;
  }

  /** A batch of 8. */
  static DataSet batch(long seed) {
    return new DataSet(values(seed, 8, 5), labels(seed, 8));
  }

  static void assertRefused(Class<? extends Exception> type, String word, Executable call) {
    String message = assertThrows(type, call).getMessage();
    assertTrue(message.contains(word), message);
  }
}
