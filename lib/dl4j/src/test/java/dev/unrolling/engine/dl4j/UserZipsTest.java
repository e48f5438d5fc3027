package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.ImageDataset;
import dev.unrolling.data.RealData;
import dev.unrolling.data.Subsets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** A stranger's convolutional network on real pictures, from one pair of zips to another. */
class UserZipsTest {

  private static final double RATE = 0.0002;
  private static final int EPOCHS = 2;
  private static final int[] DRAWN = Subsets.stratified(RealData.cifar10Train(), 320, 0);
  private static final int[] OTHERS = Arrays.copyOfRange(DRAWN, 32, DRAWN.length);

  /** Plain DL4J: nothing of ours in it. */
  private static MultiLayerNetwork model() {
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(RATE))
                .weightInit(WeightInit.XAVIER)
                .list()
                .layer(
                    new ConvolutionLayer.Builder(5, 5)
                        .stride(2, 2)
                        .nOut(8)
                        .activation(Activation.RELU)
                        .build())
                .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
                .layer(
                    new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(32, 32, 3))
                .build());
    model.init();
    return model;
  }

  private static Batch forget() {
    return Batch.of(RealData.cifar10Train(), Arrays.copyOf(DRAWN, 32));
  }

  private static BatchOrder without() {
    return BatchOrder.fixed(RealData.cifar10Train(), OTHERS, 32, 1);
  }

  private static ExistingDataSetIterator batches(BatchOrder order) {
    return new ExistingDataSetIterator(UserData.epoch(order, 0));
  }

  @Test
  void zipsOfPlainDl4jAreUnlearnedIntoAZipOfPlainDl4j(@TempDir Path folder) throws IOException {
    Path before = folder.resolve("before.zip");
    Path after = folder.resolve("after.zip");
    Path unlearned = folder.resolve("unlearned.zip");
    DataSet hers = UserData.of(forget());
    MultiLayerNetwork model = model();
    ModelSerializer.writeModel(model, before.toFile(), true);
    ForgettingListener listener = new ForgettingListener(hers);
    model.addListeners(listener);
    model.fit(batches(without().withForgetBatch(forget(), BatchOrder.Position.MIDDLE)), EPOCHS);
    ModelSerializer.writeModel(model, after.toFile(), true);

    MultiLayerNetwork trained = (MultiLayerNetwork) UserModels.read(after);
    ForgettingRecord byHand =
        new ForgettingRecord(UserModels.read(before).params(), EPOCHS * RATE, 32);
    UserModels.write(UserModels.unlearn(trained, hers, byHand), unlearned);

    MultiLayerNetwork retrained = ModelSerializer.restoreMultiLayerNetwork(before.toFile());
    retrained.fit(batches(without()), EPOCHS);
    MultiLayerNetwork read = ModelSerializer.restoreMultiLayerNetwork(unlearned.toFile());
    double v = read.params().distance2(retrained.params());
    double nothingDone = trained.params().distance2(retrained.params());
    System.out.printf("v %.4g, forgetting distance %.4g%n", v, nothingDone);
    assertTrue(nothingDone > 0);
    assertTrue(v < 0.5 * nothingDone, "v " + v + ", forgetting distance " + nothingDone);
    // The listener recorded what was told by hand.
    assertEquals(EPOCHS, listener.visits());
    assertEquals(
        0,
        read.params().distance2(UserModels.unlearn(trained, hers, listener.record()).params()),
        1e-7);
    // What was written is a whole model: it predicts and goes on training.
    INDArray output = read.output(hers.getFeatures());
    assertArrayEquals(new long[] {32, 10}, output.shape());
    read.fit(hers);
  }

  @Test
  void batchesArriveAsTheyAre() {
    ImageDataset train = RealData.cifar10Train();
    DataSet hers = UserData.of(forget());
    assertArrayEquals(new long[] {32, 3, 32, 32}, hers.getFeatures().shape());
    double[] third = new double[train.exampleSize()];
    train.writeExample(DRAWN[3], third, 0);
    assertEquals(third[1 * 1024 + 2 * 32 + 5], hers.getFeatures().getDouble(3, 1, 2, 5), 1e-6);
    assertEquals(1, hers.getLabels().getDouble(3, train.label(DRAWN[3])));
    assertEquals(32, hers.getLabels().sumNumber().doubleValue());
    BatchOrder order = BatchOrder.shuffled(train, OTHERS, 100, 2, 0);
    List<DataSet> second = UserData.epoch(order, 1);
    assertEquals(List.of(100, 100, 88), second.stream().map(DataSet::numExamples).toList());
    assertEquals(UserData.of(order.batch(3)).getFeatures(), second.get(0).getFeatures());
    assertThrows(IndexOutOfBoundsException.class, () -> UserData.epoch(order, 2));
    assertThrows(IllegalArgumentException.class, () -> UserData.of(Batch.of(train, 1).emptied()));
  }
}
