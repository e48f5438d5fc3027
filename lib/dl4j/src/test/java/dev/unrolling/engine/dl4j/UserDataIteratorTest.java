package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.ImageDataset;
import dev.unrolling.data.RealData;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Real pictures, as DL4J's own fit and evaluate take them. */
class UserDataIteratorTest {

  private static final ImageDataset TRAIN = RealData.cifar10Train();
  private static final Batch HERS = Batch.of(TRAIN, 0, 1, 2, 3);

  private static BatchOrder order(int epochs) {
    return BatchOrder.shuffled(TRAIN, IntStream.range(10, 30).toArray(), 8, epochs, 1)
        .withForgetBatch(HERS, BatchOrder.Position.MIDDLE);
  }

  private static MultiLayerNetwork model(boolean flat) {
    var list = new NeuralNetConfiguration.Builder().seed(1).updater(new Sgd(0.01)).list();
    var output =
        new OutputLayer.Builder(LossFunction.MCXENT).nOut(10).activation(Activation.SOFTMAX);
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            flat
                ? list.layer(new DenseLayer.Builder().nIn(3072).nOut(6).build())
                    .layer(output.nIn(6).build())
                    .build()
                : list.layer(new ConvolutionLayer.Builder(5, 5).stride(4, 4).nOut(3).build())
                    .layer(new BatchNormalization())
                    .layer(output.build())
                    .setInputType(InputType.convolutional(32, 32, 3))
                    .build());
    model.init();
    return model;
  }

  private static List<DataSet> pass(DataSetIterator iterator) {
    List<DataSet> all = new ArrayList<>();
    iterator.forEachRemaining(all::add);
    return all;
  }

  @Test
  void passesAreTheEpochsOfTheOrder() {
    BatchOrder order = order(2);
    UserDataIterator iterator = UserData.iterator(order);
    iterator.next();
    iterator.reset();
    for (int epoch : new int[] {0, 1, 0}) {
      List<DataSet> expected = UserData.epoch(order, epoch);
      List<DataSet> passed = pass(iterator);
      assertEquals(List.of(8, 4, 8, 4), passed.stream().map(DataSet::numExamples).toList());
      for (int b = 0; b < expected.size(); b++) {
        assertEquals(expected.get(b).getFeatures(), passed.get(b).getFeatures());
        assertEquals(expected.get(b).getLabels(), passed.get(b).getLabels());
      }
      assertThrows(NoSuchElementException.class, iterator::next);
      iterator.reset();
    }
    assertThrows(UnsupportedOperationException.class, () -> iterator.next(3));
    assertEquals(10, iterator.totalOutcomes());
    assertEquals(3072, iterator.inputColumns());
  }

  @Test
  void flatAndConvolutionalModelsTakeThem() {
    for (boolean flat : new boolean[] {true, false}) {
      UserDataIterator iterator = UserData.iterator(order(2));
      UserDataIterator shaped = flat ? iterator.flat() : iterator;
      DataSet hers = flat ? UserData.flat(HERS) : UserData.of(HERS);
      assertArrayEquals(
          flat ? new long[] {4, 3072} : new long[] {4, 3, 32, 32}, hers.getFeatures().shape());
      MultiLayerNetwork model = model(flat);
      ForgettingListener listener = new ForgettingListener(hers);
      model.addListeners(listener);
      model.fit(shaped, 2);
      assertEquals(2, listener.visits());
      assertEquals(8, model.getIterationCount());
      shaped.reset();
      var evaluation = model.evaluate(shaped);
      assertEquals(24, evaluation.getNumRowCounter());
    }
    Batch one = Batch.of(TRAIN, 7);
    assertEquals(UserData.of(one).getFeatures().ravel(), UserData.flat(one).getFeatures().ravel());
  }

  @Test
  void theDistanceOfTwoModelsCountsTheirWeightsAlone() {
    MultiLayerNetwork one = model(false);
    MultiLayerNetwork other = (MultiLayerNetwork) UserModels.copy(one);
    other.getLayer(1).getParam("mean").addi(5);
    assertTrue(one.params().distance2(other.params()) > 5);
    assertEquals(0, UserModels.distance(one, other));
    other.getLayer(0).getParam("b").addi(2);
    assertEquals(Math.sqrt(12), UserModels.distance(one, other), 1e-6);
    assertEquals(Math.sqrt(12), UserModels.distance(one.toComputationGraph(), other), 1e-6);
    try (Dl4jNetwork a = Dl4jNetwork.wrap(one, 3, 32, 32);
        Dl4jNetwork b = Dl4jNetwork.wrap(other, 3, 32, 32);
        var wa = a.weights();
        var wb = b.weights()) {
      assertEquals(wa.distance(wb), UserModels.distance(one, other), 1e-6);
    }
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> UserModels.distance(one, model(true)))
            .getMessage()
            .contains("the models differ"));
  }
}
