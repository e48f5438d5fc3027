package dev.unrolling.engine.dl4j;

import static dev.unrolling.engine.dl4j.UserFixtures.assertRefused;
import static dev.unrolling.engine.dl4j.UserFixtures.batch;
import static dev.unrolling.engine.dl4j.UserFixtures.plain;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Models of transfer learning, whose first layers stay as they are. */
class FrozenLayersTest {

  private static final DataSet HERS = batch(1);

  private static MultiLayerNetwork transferred() {
    MultiLayerNetwork pretrained = plain(new Sgd(0.1));
    pretrained.fit(batch(2));
    return new TransferLearning.Builder(pretrained)
        .fineTuneConfiguration(new FineTuneConfiguration.Builder().updater(new Sgd(0.1)).build())
        .setFeatureExtractor(0)
        .build();
  }

  @Test
  void theTrainedLayersAreUnlearnedAndTheFrozenStay() {
    MultiLayerNetwork model = transferred();
    INDArray start = model.params().dup();
    ForgettingListener listener = new ForgettingListener(HERS).fromPresentWeights();
    model.addListeners(listener);
    model.fit(HERS);
    INDArray unlearned = UserModels.unlearn(model, HERS, listener.record()).params();
    assertEquals(0, unlearned.distance2(start), 1e-14);
    assertEquals(
        List.of("first"), UserModels.report(model, HERS, listener.record()).frozenLayers());
    assertRefused(IllegalArgumentException.class, "is frozen", () -> Dl4jNetwork.wrap(model, 5));

    ComputationGraph pretrained = plain(new Sgd(0.1)).toComputationGraph();
    String first = pretrained.getConfiguration().getTopologicalOrderStr().get(1);
    graphsAreUnlearnedToo(
        new TransferLearning.GraphBuilder(pretrained)
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder().updater(new Sgd(0.1)).build())
            .setFeatureExtractor(first)
            .build());
    graphsAreUnlearnedToo(transferred().toComputationGraph());
  }

  private static void graphsAreUnlearnedToo(ComputationGraph graph) {
    INDArray start = graph.params().dup();
    ForgettingListener watching = new ForgettingListener(HERS).fromPresentWeights();
    graph.addListeners(watching);
    graph.fit(HERS);
    assertTrue(graph.params().distance2(start) > 1e-3);
    assertEquals(
        0, UserModels.unlearn(graph, HERS, watching.record()).params().distance2(start), 1e-14);
  }

  @Test
  void aLayerThatWasFrozenLaterIsRefused() {
    MultiLayerNetwork model = transferred();
    INDArray start = model.params().dup();
    model.paramTable().get("0_W").addi(1e-3);
    model.fit(HERS);
    assertRefused(
        IllegalArgumentException.class,
        "moved since w_0",
        () -> UserModels.unlearn(model, HERS, ForgettingRecord.sgd(start, 8, 0.1)));
  }
}
