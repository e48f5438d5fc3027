package dev.unrolling.engine.dl4j;

import static dev.unrolling.engine.dl4j.UserFixtures.RATE;
import static dev.unrolling.engine.dl4j.UserFixtures.assertRefused;
import static dev.unrolling.engine.dl4j.UserFixtures.batch;
import static dev.unrolling.engine.dl4j.UserFixtures.builder;
import static dev.unrolling.engine.dl4j.UserFixtures.chain;
import static dev.unrolling.engine.dl4j.UserFixtures.labels;
import static dev.unrolling.engine.dl4j.UserFixtures.output;
import static dev.unrolling.engine.dl4j.UserFixtures.plain;
import static dev.unrolling.engine.dl4j.UserFixtures.values;
import static dev.unrolling.engine.dl4j.UserFixtures.watched;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/** The batch to be forgotten is known by its bits. */
class ForgettingListenerTest {

  @Test
  void onlyTheSameBitsOfFeaturesAndLabelsAreTheBatch() {
    DataSet hers = new DataSet(batch(1).getFeatures().muli(1e-6), labels(1, 8));
    ForgettingListener listener = new ForgettingListener(hers);
    MultiLayerNetwork model = watched(listener);
    for (int epoch = 0; epoch < 3; epoch++) {
      for (int b = 1; b <= 4; b++) {
        model.fit(new DataSet(batch(b).getFeatures().muli(1e-6), labels(b, 8)));
      }
      model.fit(new DataSet(hers.getFeatures(), labels(2, 8)));
      model.fit(new DataSet(hers.getFeatures().add(1e-20), hers.getLabels()));
    }
    assertEquals(3, listener.visits());
  }

  @Test
  void stridesOrderAndTypeDoNotMatter() {
    ForgettingListener listener = new ForgettingListener(batch(1));
    MultiLayerNetwork model = watched(listener);
    INDArray features = batch(1).getFeatures();
    INDArray wide = Nd4j.hstack(values(7, 8, 2), features, values(8, 8, 1));
    INDArray view = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 7));
    model.fit(new DataSet(features.dup('f'), batch(1).getLabels()));
    model.fit(new DataSet(view, batch(1).getLabels().dup('f')));
    model.fit(new DataSet(features, batch(1).getLabels().castTo(DataType.INT32)));
    assertEquals(3, listener.visits());
  }

  @Test
  void twoAlikeInOneEpochAreRefusedUnlessAllAreMeant() {
    List<DataSet> epoch = List.of(batch(2), batch(1), batch(3), batch(1));
    MultiLayerNetwork model = watched(new ForgettingListener(batch(1)));
    assertRefused(
        IllegalStateException.class,
        "steps 1 and 3 of one epoch",
        () -> model.fit(new ExistingDataSetIterator(epoch)));
    ForgettingListener all = new ForgettingListener(batch(1)).everyMatch();
    MultiLayerNetwork again = watched(all);
    again.fit(new ExistingDataSetIterator(epoch), 2);
    assertEquals(4, all.visits());
    assertEquals(4 * RATE, all.record().factor(), 1e-15);
  }

  @Test
  void epochsOfAnIteratorAndSingleBatchesCountAlike() {
    List<DataSet> epoch = new ArrayList<>(List.of(batch(2), batch(1)));
    DataSet last = new DataSet(values(5, 3, 5), labels(5, 3));
    epoch.add(last);
    for (DataSet hers : List.of(batch(1), last)) {
      ForgettingListener listener = new ForgettingListener(hers);
      MultiLayerNetwork byIterator = watched(listener);
      byIterator.fit(new ExistingDataSetIterator(new ArrayList<DataSet>()));
      assertRefused(IllegalStateException.class, "before the first fit", listener::record);
      byIterator.fit(new ExistingDataSetIterator(epoch), 3);
      ForgettingListener single = new ForgettingListener(hers);
      MultiLayerNetwork byBatch = watched(single);
      for (int e = 0; e < 3; e++) {
        epoch.forEach(byBatch::fit);
      }
      assertEquals(3, listener.visits());
      assertEquals(3, single.visits());
      assertEquals(hers.numExamples(), listener.record().batchSize());
      assertEquals(byIterator.params(), byBatch.params());
    }
  }

  @Test
  void masksOfSequencesBelongToTheBatch() {
    MultiLayerNetwork model =
        chain(
            builder(new Sgd(RATE)),
            new LSTM.Builder().nIn(5).nOut(6).build(),
            new GlobalPoolingLayer(PoolingType.AVG),
            output().build());
    INDArray start = model.params().dup();
    INDArray mask = Nd4j.ones(DataType.DOUBLE, 8, 4);
    mask.putScalar(0, 3, 0);
    INDArray otherMask = Nd4j.ones(DataType.DOUBLE, 8, 4);
    INDArray examples = Nd4j.ones(DataType.DOUBLE, 8, 1).putScalar(2, 0, 0);
    INDArray features = values(1, 8, 5, 4);
    DataSet hers = new DataSet(features, labels(1, 8), mask, examples);
    for (boolean graph : new boolean[] {false, true}) {
      ForgettingListener listener = new ForgettingListener(hers);
      List<DataSet> seen =
          List.of(
              hers,
              new DataSet(features, labels(1, 8), otherMask, examples),
              new DataSet(features, labels(1, 8), mask, null),
              new DataSet(features, labels(1, 8)));
      if (graph) {
        ComputationGraph twin = model.toComputationGraph();
        twin.setParams(start);
        twin.addListeners(listener);
        seen.forEach(twin::fit);
      } else {
        MultiLayerNetwork twin = (MultiLayerNetwork) UserModels.copy(model);
        twin.addListeners(listener);
        twin.fit(hers);
        INDArray unlearned = UserModels.unlearn(twin, hers, listener.record()).params();
        assertEquals(0, unlearned.distance2(start), 1e-14);
        seen.subList(1, 4).forEach(twin::fit);
      }
      assertEquals(1, listener.visits());
    }
  }

  /** Two inputs, two outputs. */
  private static ComputationGraph pair() {
    ComputationGraph graph =
        new ComputationGraph(
            builder(new Sgd(RATE))
                .graphBuilder()
                .addInputs("a", "b")
                .addLayer("first", UserFixtures.dense().nIn(7).build(), "a", "b")
                .addLayer("one", output().build(), "first")
                .addLayer("two", output().build(), "first")
                .setOutputs("one", "two")
                .build());
    graph.init();
    return graph;
  }

  @Test
  void graphsOfSeveralInputsAndOutputsAreUnlearned() {
    INDArray[] in = {values(1, 8, 5), values(2, 8, 2)};
    INDArray[] out = {labels(1, 8), labels(2, 8)};
    MultiDataSet hers = new MultiDataSet(in, out);
    ComputationGraph graph = pair();
    INDArray start = graph.params().dup();
    ForgettingListener listener = new ForgettingListener(hers);
    graph.addListeners(listener);
    graph.fit(hers);
    INDArray unlearned = UserModels.unlearn(graph, hers, listener.record()).params();
    assertEquals(0, unlearned.distance2(start), 1e-14);
    assertEquals(1, graph.getListeners().size());
    INDArray[] otherIn = {values(1, 8, 5), values(3, 8, 2)};
    graph.fit(new MultiDataSet(otherIn, out));
    listener.record();
    graph.fit(new MultiDataSet(in, new INDArray[] {labels(1, 8), labels(3, 8)}));
    assertEquals(1, listener.visits());
    assertRefused(
        IllegalArgumentException.class,
        "2 inputs and 2 outputs",
        () -> UserModels.unlearn(graph, batch(1), ForgettingRecord.sgd(start, 8, RATE)));
    assertRefused(IllegalArgumentException.class, "2 and 2", () -> Dl4jNetwork.wrap(graph, 5));
  }

  @Test
  void examplesThatAreShuffledIntoOtherBatchesAreRefused() {
    DataSet all = DataSet.merge(List.of(batch(0), batch(1), batch(2), batch(3)));
    ForgettingListener listener = new ForgettingListener(batch(1));
    MultiLayerNetwork model = watched(listener);
    model.fit(new ExistingDataSetIterator(all.batchBy(8)));
    assertEquals(RATE, listener.record().factor());
    int steps = 0;
    for (int epoch = 1; epoch < 4; epoch++) {
      all.shuffle(epoch);
      List<DataSet> batches = all.batchBy(5);
      model.fit(new ExistingDataSetIterator(batches));
      steps += (int) batches.stream().filter(b -> holdsSomeOf(b, batch(1))).count();
    }
    assertEquals(1, listener.visits());
    for (String words :
        List.of(
            "outside of their batch: " + steps + ", with 24 of them in all",
            "the batch whole, as it was given: 1.",
            "shuffle the order of the batches",
            "recordOfWholeVisits()")) {
      assertRefused(IllegalStateException.class, words, listener::record);
    }
    assertEquals(RATE, listener.recordOfWholeVisits().factor());
  }

  private static boolean holdsSomeOf(DataSet batch, DataSet hers) {
    return IntStream.range(0, batch.numExamples())
        .mapToObj(i -> batch.getFeatures().getRow(i))
        .anyMatch(
            row ->
                IntStream.range(0, hers.numExamples())
                    .anyMatch(i -> row.distance2(hers.getFeatures().getRow(i)) == 0));
  }

  @Test
  void batchesInAnotherOrderEachEpochAreAccepted() {
    ForgettingListener listener = new ForgettingListener(batch(1));
    MultiLayerNetwork model = watched(listener);
    List<DataSet> batches = new ArrayList<>(List.of(batch(0), batch(1), batch(2), batch(3)));
    for (int epoch = 0; epoch < 3; epoch++) {
      Collections.shuffle(batches, new Random(epoch));
      model.fit(new ExistingDataSetIterator(batches));
    }
    ForgettingRecord record = listener.record();
    assertEquals(3 * RATE, record.factor(), 1e-15);
    assertEquals(record.run(), listener.recordOfWholeVisits().run());
    assertEquals(record.visits(), listener.recordOfWholeVisits().visits());
  }

  @Test
  void anEqualExampleElsewhereCanBeAccepted() {
    DataSet other = batch(2);
    other.getFeatures().putRow(3, batch(1).getFeatures().getRow(5));
    other.getLabels().putRow(3, batch(1).getLabels().getRow(5));
    DataSet otherLabel = batch(3);
    otherLabel.getFeatures().putRow(3, batch(1).getFeatures().getRow(5));
    otherLabel.getLabels().putRow(3, batch(1).getLabels().getRow(5).rsub(1).div(2));
    for (DataSet second : List.of(other, otherLabel)) {
      ForgettingListener listener = new ForgettingListener(batch(1));
      MultiLayerNetwork model = watched(listener);
      model.fit(new ExistingDataSetIterator(List.of(batch(1), second)));
      if (second == other) {
        assertRefused(IllegalStateException.class, "1, with 1 of them in all", listener::record);
      } else {
        listener.record();
      }
      UserModels.unlearn(model, batch(1), listener.recordOfWholeVisits());
    }
  }

  @Test
  void aRunThatNeverShowsTheBatchWholeSaysThatItsExamplesWereThere() {
    ForgettingListener listener = new ForgettingListener(batch(1));
    MultiLayerNetwork model = watched(listener);
    batch(1).batchBy(4).forEach(model::fit);
    assertRefused(IllegalStateException.class, "2, with 8 of them in all", listener::record);
    assertRefused(IllegalStateException.class, "no training step", listener::recordOfWholeVisits);
  }

  @Test
  void whatIsNoNumberIsRefused() {
    for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
      DataSet hers = batch(1);
      hers.getFeatures().putScalar(3, 2, bad);
      assertRefused(
          IllegalArgumentException.class, "no number", () -> new ForgettingListener(hers));
      MultiLayerNetwork model = plain(new Sgd(RATE));
      ForgettingRecord record = ForgettingRecord.sgd(model.params(), 8, RATE);
      model.fit(batch(1));
      assertRefused(
          IllegalArgumentException.class,
          "features",
          () -> UserModels.unlearn(model, hers, record));
    }
    assertRefused(
        IllegalArgumentException.class,
        "no labels",
        () -> new ForgettingListener(new DataSet(values(1, 8, 5), null)));
    MultiLayerNetwork model =
        watched(new ForgettingListener(new DataSet(values(1, 8, 4), labels(1, 8))));
    assertRefused(
        IllegalArgumentException.class, "does not take the batch", () -> model.fit(batch(1)));
  }
}
