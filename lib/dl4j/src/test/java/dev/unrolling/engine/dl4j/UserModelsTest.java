package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class UserModelsTest {

  private static final double RATE = 1e-3;

  private static MultiLayerNetwork model(IUpdater updater, Layer first, boolean norm) {
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .dataType(DataType.DOUBLE)
            .updater(updater)
            .list()
            .layer(first);
    if (norm) {
      layers.layer(new BatchNormalization.Builder().nIn(6).nOut(6).build());
    }
    MultiLayerConfiguration configuration =
        layers
            .layer(
                new OutputLayer.Builder(new StandardDeviationLoss(2))
                    .nIn(6)
                    .nOut(3)
                    .activation(Activation.SOFTMAX)
                    .build())
            .build();
    MultiLayerNetwork model = new MultiLayerNetwork(configuration);
    model.init();
    return model;
  }

  private static DenseLayer.Builder dense() {
    return new DenseLayer.Builder().nIn(5).nOut(6).activation(Activation.TANH);
  }

  private static MultiLayerNetwork plain(boolean norm) {
    return model(new Sgd(RATE), dense().build(), norm);
  }

  private static List<DataSet> batches() {
    List<DataSet> batches = new ArrayList<>();
    Random random = new Random(3);
    for (int b = 0; b < 4; b++) {
      double[][] x = new double[8][];
      INDArray y = Nd4j.zeros(DataType.DOUBLE, 8, 3);
      for (int i = 0; i < 8; i++) {
        x[i] = random.doubles(5, -1, 1).toArray();
        y.putScalar(i, random.nextInt(3), 1);
      }
      batches.add(new DataSet(Nd4j.createFromArray(x), y));
    }
    return batches;
  }

  private static double distance(INDArray a, INDArray b) {
    return a.distance2(b);
  }

  @Test
  void aRecordIsToldInFewWords() {
    String told = ForgettingRecord.sgd(Nd4j.ones(1, 2000), 32, 0.1, 0.1).toString();
    assertEquals(
        "ForgettingRecord[2000 parameters before training, factor 0.2, a batch of 32, 2 visits,"
            + " M' at a visit: SKIPPED]",
        told);
  }

  @Test
  void unlearnedModelIsNearTheRetrainedOne() {
    List<DataSet> batches = batches();
    MultiLayerNetwork trained = plain(false);
    MultiLayerNetwork retrained = trained.clone();
    ForgettingListener listener = new ForgettingListener(batches.get(1));
    trained.addListeners(listener);
    for (int epoch = 0; epoch < 3; epoch++) {
      batches.forEach(trained::fit);
      for (int b = 0; b < 4; b++) {
        if (b != 1) {
          retrained.fit(batches.get(b));
        }
      }
    }
    assertEquals(3, listener.visits());
    assertEquals(3 * RATE, listener.record().factor(), 1e-15);
    INDArray before = trained.params().dup();
    MultiLayerNetwork unlearned = UserModels.unlearn(trained, batches.get(1), listener.record());
    assertEquals(before, trained.params());
    // First order is undone: what is left is of second order in the rate.
    double left = distance(unlearned.params(), retrained.params());
    assertTrue(left < 0.02 * distance(trained.params(), retrained.params()), "left " + left);
  }

  @Test
  void oneStepIsUndoneExactlyButForRunningStatistics() {
    DataSet batch = batches().get(0);
    MultiLayerNetwork trained = plain(true);
    ForgettingListener listener = new ForgettingListener(batch);
    trained.addListeners(listener);
    MultiLayerNetwork start = trained.clone();
    trained.fit(batch);
    MultiLayerNetwork unlearned = UserModels.unlearn(trained, batch, listener.record());
    start
        .paramTable()
        .forEach(
            (name, value) -> {
              boolean statistic = name.endsWith("mean") || name.endsWith("stdev");
              INDArray expected = statistic ? trained.paramTable().get(name) : value;
              assertEquals(0, distance(expected, unlearned.paramTable().get(name)), 1e-15, name);
            });
  }

  @Test
  void graphsAndZipsGiveTheSame(@TempDir Path folder) throws IOException {
    DataSet batch = batches().get(0);
    MultiLayerNetwork start = plain(true);
    MultiLayerNetwork trained = start.clone();
    batches().forEach(trained::fit);
    ForgettingRecord record = new ForgettingRecord(start.params(), RATE, 8);
    INDArray expected = UserModels.unlearn(trained, batch, record).params();
    ComputationGraph graph = UserModels.unlearn(trained.toComputationGraph(), batch, record);
    assertEquals(0, distance(expected, graph.params()), 1e-15);

    ComputationGraph watched = start.toComputationGraph();
    ForgettingListener listener = new ForgettingListener(batch);
    watched.addListeners(listener);
    batches().forEach(watched::fit);
    assertEquals(
        0,
        distance(expected, UserModels.unlearn(watched, batch, listener.record()).params()),
        1e-15);

    Path before = folder.resolve("before.zip");
    Path after = folder.resolve("after.zip");
    ModelSerializer.writeModel(start, before.toFile(), true);
    ModelSerializer.writeModel(trained, after.toFile(), true);
    MultiLayerNetwork read = (MultiLayerNetwork) UserModels.read(after);
    MultiLayerNetwork unlearned =
        UserModels.unlearn(
            read, batch, new ForgettingRecord(UserModels.read(before).params(), RATE, 8));
    Path written = folder.resolve("unlearned.zip");
    UserModels.write(unlearned, written);
    assertEquals(expected, ModelSerializer.restoreMultiLayerNetwork(written.toFile()).params());
    UserModels.write(graph, written);
    assertEquals(
        graph.params(), ModelSerializer.restoreComputationGraph(written.toFile()).params());
    assertEquals(graph.params(), UserModels.read(written).params());
    try (var files = Files.list(folder)) {
      assertEquals(3, files.count());
    }
    Files.writeString(written, "no zip");
    assertThrows(IOException.class, () -> UserModels.read(written));
  }

  @Test
  void aScheduleOfRatesIsSummedOverTheVisits() {
    Sgd scheduled =
        new Sgd(new MapSchedule.Builder(ScheduleType.ITERATION).add(0, 1e-2).add(2, 1e-3).build());
    MultiLayerNetwork model = model(scheduled, dense().build(), false);
    List<DataSet> batches = batches();
    ForgettingListener listener = new ForgettingListener(batches.get(1));
    model.addListeners(listener);
    batches.forEach(model::fit);
    batches.forEach(model::fit);
    assertEquals(1e-2 + 1e-3, listener.record().factor(), 1e-15);
  }

  @Test
  void withoutStartItSaysSo() {
    MultiLayerNetwork model = plain(false);
    DataSet batch = batches().get(0);
    assertRefused("w_0", () -> new ForgettingRecord(null, 1, 8));
    assertRefused("factor", () -> new ForgettingRecord(model.params(), 0, 8));
    assertRefused(
        "w_0",
        () -> UserModels.unlearn(model, batch, new ForgettingRecord(model.params(), RATE, 8)));
    assertRefused(
        "3 parameters",
        () ->
            UserModels.unlearn(
                model, batch, new ForgettingRecord(Nd4j.ones(DataType.DOUBLE, 1, 3), RATE, 8)));
    model.fit(batch);
    model.addListeners(new ForgettingListener(batch));
    assertTrue(
        assertThrows(IllegalStateException.class, () -> model.fit(batch))
            .getMessage()
            .contains("w_0"));
    assertThrows(IllegalStateException.class, () -> new ForgettingListener(batch).record());
  }

  @Test
  void whatTheFormulaDoesNotCoverIsRefusedByName() {
    Sgd sgd = new Sgd(RATE);
    assertRefused("Adam", () -> ModelChecks.check(model(new Adam(), dense().build(), false)));
    assertRefused(
        "dropout", () -> ModelChecks.check(model(sgd, dense().dropOut(0.5).build(), false)));
    assertRefused(
        "one learning rate",
        () -> ModelChecks.check(model(sgd, dense().updater(new Sgd(0.5)).build(), false)));
  }

  private static void assertRefused(String word, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(word), message);
  }
}
