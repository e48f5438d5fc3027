package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.engine.Objective.Normalisation;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

class StandardDeviationLossTest {

  private static final IActivation SOFTMAX = new ActivationSoftmax();

  private static INDArray logits(int examples, int classes) {
    Random random = new Random(4);
    double[][] z = new double[examples][];
    for (int i = 0; i < examples; i++) {
      z[i] = random.doubles(classes, -2, 2).toArray();
    }
    return Nd4j.createFromArray(z);
  }

  private static INDArray labels(int examples, int classes) {
    INDArray labels = Nd4j.zeros(DataType.DOUBLE, examples, classes);
    for (int i = 0; i < examples; i++) {
      labels.putScalar(i, i % classes, 1);
    }
    return labels;
  }

  @ParameterizedTest
  @CsvSource({"4,10,false", "1,10,false", "5,2,false", "4,3,true"})
  void gradientAgreesWithCentralDifferences(int examples, int classes, boolean masked) {
    ILossFunction loss = new StandardDeviationLoss(3, Normalisation.MEAN);
    INDArray z = logits(examples, classes);
    INDArray y = labels(examples, classes);
    INDArray mask = masked ? Nd4j.createFromArray(new double[][] {{1}, {0}, {1}, {0}}) : null;
    INDArray gradient = loss.computeGradient(y, z, SOFTMAX, mask);
    for (int i = 0; i < examples; i++) {
      for (int c = 0; c < classes; c++) {
        double at = z.getDouble(i, c);
        z.putScalar(i, c, at + 1e-5);
        double above = loss.computeScore(y, z, SOFTMAX, mask, false);
        z.putScalar(i, c, at - 1e-5);
        double below = loss.computeScore(y, z, SOFTMAX, mask, false);
        z.putScalar(i, c, at);
        assertEquals((above - below) / 2e-5, gradient.getDouble(i, c), 1e-8);
      }
    }
  }

  @Test
  void withoutPenaltyItIsCrossEntropy() {
    INDArray z = logits(4, 10);
    INDArray y = labels(4, 10);
    ILossFunction plain = new LossMCXENT();
    ILossFunction ours = new StandardDeviationLoss(0);
    assertEquals(
        plain.computeScore(y, z, SOFTMAX, null, true),
        ours.computeScore(y, z, SOFTMAX, null, true),
        1e-12);
    assertEquals(
        0,
        plain
            .computeGradient(y, z, SOFTMAX, null)
            .distance2(ours.computeGradient(y, z, SOFTMAX, null)),
        1e-12);
  }

  @Test
  void penaltyByHand() {
    INDArray z = Nd4j.createFromArray(new double[][] {{1, 3}});
    INDArray y = labels(1, 2);
    // Standard deviation of 1 and 3 with C - 1 is the root of 2; divided by two classes.
    double entropy = Math.log(1 + Math.exp(2));
    assertEquals(
        entropy + 6 * Math.sqrt(2) / 2,
        new StandardDeviationLoss(6).computeScore(y, z, SOFTMAX, null, true),
        1e-12);
    assertEquals(
        entropy + 6 * Math.sqrt(2),
        new StandardDeviationLoss(6, Normalisation.MEAN)
            .computeScoreArray(y, z, SOFTMAX, null)
            .getDouble(0),
        1e-12);
  }

  @Test
  void equalLogitsHaveTheGradientOfCrossEntropy() {
    INDArray z = Nd4j.ones(DataType.DOUBLE, 2, 4);
    INDArray y = labels(2, 4);
    INDArray gradient = new StandardDeviationLoss(9).computeGradient(y, z, SOFTMAX, null);
    assertEquals(
        0, gradient.distance2(new LossMCXENT().computeGradient(y, z, SOFTMAX, null)), 1e-12);
  }

  @Test
  void refusesWhatItCannotDo() {
    ILossFunction loss = new StandardDeviationLoss(1);
    assertRefused(
        "2 classes", () -> loss.computeScore(logits(3, 1), logits(3, 1), SOFTMAX, null, true));
    assertRefused(
        "softmax",
        () -> loss.computeScore(labels(3, 2), logits(3, 2), new ActivationTanH(), null, true));
    assertRefused(
        "mask", () -> loss.computeGradient(labels(3, 2), logits(3, 2), SOFTMAX, labels(3, 2)));
    assertRefused("[3, 2]", () -> loss.computeGradient(labels(3, 2), logits(3, 4), SOFTMAX, null));
    assertRefused("gamma", () -> new StandardDeviationLoss(-1));
  }

  private static void assertRefused(String word, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(word), message);
  }

  private static MultiLayerConfiguration configuration() {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .dataType(DataType.DOUBLE)
        .updater(new Sgd(0.1))
        .list()
        .layer(new DenseLayer.Builder().nIn(5).nOut(4).activation(Activation.TANH).build())
        .layer(
            new OutputLayer.Builder(new StandardDeviationLoss(5, Normalisation.MEAN))
                .nIn(4)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build())
        .build();
  }

  @Test
  void bothAtOnceAreEachAlone() {
    ILossFunction loss = new StandardDeviationLoss(3);
    INDArray z = logits(4, 10);
    INDArray y = labels(4, 10);
    for (boolean average : new boolean[] {false, true}) {
      Pair<Double, INDArray> both = loss.computeGradientAndScore(y, z, SOFTMAX, null, average);
      assertEquals(loss.computeScore(y, z, SOFTMAX, null, average), both.getFirst());
      assertEquals(loss.computeGradient(y, z, SOFTMAX, null), both.getSecond());
    }
  }

  @Test
  void isKnownByGammaAndItsUnit() {
    ILossFunction loss = new StandardDeviationLoss(5, Normalisation.MEAN);
    assertEquals(loss, new StandardDeviationLoss(5, Normalisation.MEAN));
    assertEquals(loss.hashCode(), new StandardDeviationLoss(5, Normalisation.MEAN).hashCode());
    for (ILossFunction other :
        new ILossFunction[] {
          new StandardDeviationLoss(4, Normalisation.MEAN),
          new StandardDeviationLoss(5),
          new LossMCXENT()
        }) {
      assertNotEquals(loss, other);
      assertNotEquals(loss.hashCode(), other.hashCode());
    }
    assertEquals("StandardDeviationLoss(gamma=5.0, MEAN)", loss.name());
  }

  @Test
  void goesToJsonAndBack() {
    MultiLayerConfiguration written = configuration();
    assertEquals(written, MultiLayerConfiguration.fromJson(written.toJson()));
    OutputLayer read =
        (OutputLayer) MultiLayerConfiguration.fromJson(written.toJson()).getConf(1).getLayer();
    assertEquals(new StandardDeviationLoss(5, Normalisation.MEAN), read.getLossFn());
  }

  @Test
  void trainsOnFromAZip(@TempDir Path folder) throws IOException {
    MultiLayerNetwork model = new MultiLayerNetwork(configuration());
    model.init();
    DataSet data = new DataSet(logits(8, 5), labels(8, 3));
    double before = model.score(data);
    model.fit(data);
    assertTrue(model.score(data) < before);
    File zip = folder.resolve("model.zip").toFile();
    ModelSerializer.writeModel(model, zip, true);
    MultiLayerNetwork read = ModelSerializer.restoreMultiLayerNetwork(zip);
    model.fit(data);
    read.fit(data);
    assertEquals(model.params(), read.params());
    assertEquals(model.score(data), read.score(data));
  }
}
