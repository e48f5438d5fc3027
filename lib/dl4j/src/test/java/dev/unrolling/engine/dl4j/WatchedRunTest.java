package dev.unrolling.engine.dl4j;

import static dev.unrolling.engine.dl4j.UserFixtures.RATE;
import static dev.unrolling.engine.dl4j.UserFixtures.assertRefused;
import static dev.unrolling.engine.dl4j.UserFixtures.batch;
import static dev.unrolling.engine.dl4j.UserFixtures.plain;
import static dev.unrolling.engine.dl4j.UserFixtures.watched;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** A run is followed from its start, without a gap, and its record is put to nothing else. */
class WatchedRunTest {

  @Test
  void aGapOrAnotherModelIsRefused() {
    ForgettingListener listener = new ForgettingListener(batch(1));
    MultiLayerNetwork model = watched(listener);
    model.fit(batch(2));
    MultiLayerNetwork other = watched(listener);
    assertRefused(IllegalStateException.class, "another", () -> other.fit(batch(1)));
    model.setListeners();
    model.fit(batch(1));
    model.addListeners(listener);
    assertRefused(IllegalStateException.class, "at every step", () -> model.fit(batch(3)));
    // DL4J's clone of a graph shares its listeners, UserModels.copy does not.
    ComputationGraph graph = plain(new Sgd(RATE)).toComputationGraph();
    ComputationGraph copy = (ComputationGraph) UserModels.copy(graph);
    ForgettingListener own = new ForgettingListener(batch(1));
    graph.addListeners(own);
    copy.fit(batch(1));
    graph.fit(batch(1));
    assertEquals(1, own.visits());
  }

  @Test
  void fineTuningStartsFromThePresentWeights() {
    MultiLayerNetwork model = plain(new Sgd(RATE));
    model.fit(batch(2));
    INDArray start = model.params().dup();
    model.addListeners(new ForgettingListener(batch(1)));
    assertRefused(IllegalStateException.class, "fromPresentWeights()", () -> model.fit(batch(1)));
    ForgettingListener listener = new ForgettingListener(batch(1)).fromPresentWeights();
    model.setListeners(listener);
    model.fit(batch(1));
    assertEquals(
        0, UserModels.unlearn(model, batch(1), listener.record()).params().distance2(start), 1e-15);
  }

  @Test
  void aRecordIsPutToItsOwnBatchAndWeightsOnly() {
    ForgettingListener listener = new ForgettingListener(batch(1));
    MultiLayerNetwork model = watched(listener);
    model.fit(batch(1));
    ForgettingRecord early = listener.record();
    MultiLayerNetwork best = (MultiLayerNetwork) UserModels.copy(model);
    model.fit(batch(2));
    ForgettingRecord late = listener.record();
    assertRefused(
        IllegalArgumentException.class,
        "another batch",
        () -> UserModels.unlearn(model, batch(2), late));
    assertRefused(
        IllegalArgumentException.class,
        "other weights",
        () -> UserModels.unlearn(best, batch(1), late));
    assertTrue(UserModels.unlearn(best, batch(1), early).params().distance2(best.params()) > 0);
    assertRefused(
        IllegalArgumentException.class,
        "8 are to be forgotten",
        () ->
            UserModels.unlearn(
                model, batch(1), ForgettingRecord.sgd(early.startParameters(), 4, RATE)));
  }

  /** DL4J's trainer keeps the model of the best epoch, which the record of the last one is not. */
  @Test
  void aRecordIsTakenAtTheEpochThatEarlyStoppingKeeps() {
    List<DataSet> epoch = List.of(batch(2), batch(1));
    ForgettingListener listener = new ForgettingListener(batch(1));
    MultiLayerNetwork model = watched(listener);
    Map<Integer, ForgettingRecord> records = new HashMap<>();
    double[] scores = {3, 1, 2, 4};
    var configuration =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(4))
            .scoreCalculator(
                new DataSetLossCalculator(new ExistingDataSetIterator(epoch), true) {
                  @Override
                  public double calculateScore(Model seen) {
                    int passed = records.size();
                    records.put(passed, listener.record());
                    return scores[passed];
                  }
                })
            .build();
    var result =
        new EarlyStoppingTrainer(configuration, model, new ExistingDataSetIterator(epoch)).fit();
    assertEquals(1, result.getBestModelEpoch());
    MultiLayerNetwork best = result.getBestModel();
    assertRefused(
        IllegalArgumentException.class,
        "early stopping",
        () -> UserModels.unlearn(best, batch(1), listener.record()));
    ForgettingRecord kept = records.get(1);
    assertEquals(2, kept.visits().orElseThrow().count());
    UserModels.unlearn(best, batch(1), kept);
  }
}
