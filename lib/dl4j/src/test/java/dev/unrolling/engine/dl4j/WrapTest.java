package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.ImageDataset;
import dev.unrolling.data.RealData;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A user's DL4J model does through the seam what it does by itself. */
class WrapTest {

  private static final double RATE = 0.05;
  private static final ImageDataset TRAIN = RealData.cifar10Train();
  private static final int[] SHAPE = TRAIN.exampleShape();

  static NeuralNetConfiguration.Builder builder(DataType type, IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .dataType(type)
        .updater(updater)
        .activation(Activation.TANH);
  }

  /** Layers that no architecture of ours has: other kernels, functions and modes of padding. */
  static MultiLayerNetwork chain(DataType type, boolean logarithm) {
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            builder(type, new Sgd(RATE))
                .list()
                .layer(
                    new ConvolutionLayer.Builder(5, 3)
                        .stride(3, 2)
                        .nOut(4)
                        .convolutionMode(ConvolutionMode.Same)
                        .activation(Activation.LEAKYRELU)
                        .build())
                .layer(
                    new BatchNormalization.Builder()
                        .useLogStd(logarithm)
                        .decay(0.8)
                        .eps(1e-3)
                        .build())
                .layer(new SubsamplingLayer.Builder().kernelSize(3, 3).stride(2, 2).build())
                .layer(new DenseLayer.Builder().nOut(6).activation(Activation.SIGMOID).build())
                .layer(new BatchNormalization.Builder().lockGammaBeta(true).build())
                .layer(
                    new OutputLayer.Builder(new StandardDeviationLoss(2))
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(32, 32, 3))
                .build());
    model.init();
    return model;
  }

  /** A residual network. */
  static ComputationGraph graph(DataType type) {
    ComputationGraph model =
        new ComputationGraph(
            builder(type, new Sgd(RATE))
                .graphBuilder()
                .addInputs("pictures")
                .addLayer(
                    "first",
                    new ConvolutionLayer.Builder(4, 4).stride(4, 4).nOut(6).build(),
                    "pictures")
                .addLayer(
                    "body",
                    new ConvolutionLayer.Builder(3, 3)
                        .padding(1, 1)
                        .nOut(6)
                        .hasBias(false)
                        .activation(Activation.IDENTITY)
                        .build(),
                    "first")
                .addLayer("norm", new BatchNormalization(), "body")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "first", "norm")
                .addLayer("swish", new ActivationLayer(Activation.SWISH), "sum")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "swish")
                .addLayer(
                    "out",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "pool")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(32, 32, 3))
                .build());
    model.init();
    return model;
  }

  static Stream<Model> models() {
    return Stream.of(
        chain(DataType.DOUBLE, true), chain(DataType.DOUBLE, false), graph(DataType.DOUBLE));
  }

  static Batch batch(int number) {
    return Batch.of(TRAIN, IntStream.range(16 * number, 16 * number + 16).toArray());
  }

  private static DataSet data(Batch batch, DataType type) {
    DataSet data = UserData.of(batch);
    double[] values = new double[batch.size() * TRAIN.exampleSize()];
    for (int i = 0; i < batch.size(); i++) {
      TRAIN.writeExample(batch.indices()[i], values, i * TRAIN.exampleSize());
    }
    return new DataSet(
        Nd4j.createFromArray(values).reshape(data.getFeatures().shape()).castTo(type),
        data.getLabels().castTo(type));
  }

  private static void fit(Model model, DataSet data) {
    if (model instanceof MultiLayerNetwork network) {
      network.fit(data);
    } else {
      ((ComputationGraph) model).fit(data);
    }
  }

  private static INDArray output(Model model, INDArray features, boolean training) {
    return model instanceof MultiLayerNetwork network
        ? network.output(features, training)
        : ((ComputationGraph) model).output(training, features)[0];
  }

  private static double distance(INDArray a, INDArray b) {
    return a.castTo(DataType.DOUBLE).distance2(b.castTo(DataType.DOUBLE));
  }

  @ParameterizedTest
  @MethodSource("models")
  void tenStepsAreThoseOfDl4jsOwnFit(Model model) {
    INDArray before = model.params().dup();
    try (Dl4jNetwork network = Dl4jNetwork.wrap(model, SHAPE)) {
      assertEquals(0, distance(before, model.params()));
      Objective objective = Dl4jNetwork.objective(model);
      for (int i = 0; i < 10; i++) {
        double loss = network.step(batch(i), objective, SgdStep.plain(RATE)).value();
        fit(model, data(batch(i), DataType.DOUBLE));
        assertEquals(model.score(), loss, 1e-9);
      }
      // Statistics too, in DL4J's own form.
      INDArray trained = model.params().dup();
      assertTrue(distance(trained, before) > 0.1);
      model.setParams(before);
      network.writeTo(model);
      assertEquals(0, distance(trained, model.params()), 1e-9);

      INDArray features = data(batch(20), DataType.DOUBLE).getFeatures();
      for (Mode mode : Mode.values()) {
        INDArray expected = output(model, features, mode == Mode.TRAINING);
        INDArray logits = network.logits(batch(20), mode);
        assertEquals(
            0, distance(expected, org.nd4j.linalg.ops.transforms.Transforms.softmax(logits)), 1e-9);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void gradientsAreThoseOfDl4jInTrainingAndOfDifferencesInEvaluation(Model model) {
    fit(model, data(batch(1), DataType.DOUBLE));
    Objective objective = Dl4jNetwork.objective(model);
    try (Dl4jNetwork network = Dl4jNetwork.wrap(model, SHAPE)) {
      Model moved =
          model instanceof MultiLayerNetwork n ? n.clone() : ((ComputationGraph) model).clone();
      fit(moved, data(batch(2), DataType.DOUBLE));
      try (LossGradient gradient = network.gradient(batch(2), objective, Mode.TRAINING);
          ParameterVector expected = network.weights();
          Dl4jNetwork after = Dl4jNetwork.wrap(moved, SHAPE);
          ParameterVector w = after.weights()) {
        expected.addInPlace(-RATE, gradient.gradient());
        assertEquals(0, expected.distance(w), 1e-9 * RATE);
      }
      try (LossGradient gradient = network.gradient(batch(2), objective, Mode.EVALUATION);
          ParameterVector home = network.weights();
          ParameterVector direction =
              network.gradient(batch(3), objective, Mode.TRAINING).gradient()) {
        double step = 1e-6;
        double slope =
            (lossAt(network, home, direction, step, objective)
                    - lossAt(network, home, direction, -step, objective))
                / (2 * step);
        assertEquals(slope, gradient.gradient().dot(direction), 1e-7);
      }
    }
  }

  private static double lossAt(
      Dl4jNetwork network,
      ParameterVector home,
      ParameterVector direction,
      double step,
      Objective objective) {
    try (ParameterVector moved = home.copy().addInPlace(step, direction)) {
      network.setWeights(moved);
      try (LossGradient result = network.gradient(batch(2), objective, Mode.EVALUATION)) {
        return result.loss().value();
      } finally {
        network.setWeights(home);
      }
    }
  }

  @Test
  void unlearningThroughTheSeamIsThatOfUserModels(@TempDir Path folder) throws IOException {
    MultiLayerNetwork model = chain(DataType.FLOAT, true);
    Path before = folder.resolve("before.zip");
    ModelSerializer.writeModel(model, before.toFile(), true);
    int[] others = IntStream.range(100, 228).toArray();
    BatchOrder order =
        BatchOrder.fixed(TRAIN, others, 16, 2).withForgetBatch(batch(0), BatchOrder.Position.FIRST);
    ForgettingListener listener = new ForgettingListener(UserData.of(batch(0)));
    model.addListeners(listener);
    for (int epoch = 0; epoch < 2; epoch++) {
      UserData.epoch(order, epoch).forEach(model::fit);
    }
    MultiLayerNetwork expected =
        UserModels.unlearn(model, UserData.of(batch(0)), listener.record());

    SgdTrainer trainer = new SgdTrainer(Dl4jNetwork.objective(model), Schedule.constant(RATE));
    try (Dl4jNetwork network = Dl4jNetwork.wrap(before, SHAPE);
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, Removal.skippedStep())) {
      trainer.train(network, order, recorder);
      network.setWeights(new SingleGradientUnlearning().unlearnedWeights(recorder));
      MultiLayerNetwork unlearned = (MultiLayerNetwork) UserModels.read(before);
      network.writeTo(unlearned);
      Path zip = folder.resolve("unlearned.zip");
      UserModels.write(unlearned, zip);
      MultiLayerNetwork read = ModelSerializer.restoreMultiLayerNetwork(zip.toFile());
      assertEquals(0, distance(expected.params(), read.params()), 1e-3);
      assertTrue(distance(model.params(), read.params()) > 0.1);
    }
  }

  @Test
  void curvatureCopiesAndStatesAreThoseOfTheWrappedModel() {
    ComputationGraph model = graph(DataType.FLOAT);
    try (Dl4jNetwork network = Dl4jNetwork.wrap(model, SHAPE)) {
      Objective objective = Dl4jNetwork.objective(model);
      network.step(batch(0), objective, new SgdStep(RATE, 0.9));
      try (Dl4jNetwork twin = (Dl4jNetwork) network.copy()) {
        assertEquals(network.architecture(), twin.architecture());
        network.step(batch(1), objective, new SgdStep(RATE, 0.9));
        twin.step(batch(1), objective, new SgdStep(RATE, 0.9));
        assertArrayEquals(
            network.saveState().weights().toFloatVector(),
            twin.saveState().weights().toFloatVector());
        assertEquals(network.saveState().runningStatistics(), twin.saveState().runningStatistics());
        // Smooth, so that its curvature comes from differences on a float64 copy.
        try (ParameterVector v = network.gradient(batch(2), objective, Mode.TRAINING).gradient();
            ParameterVector hv =
                network.hessianVectorProduct(batch(2), objective, Mode.EVALUATION, v)) {
          assertTrue(hv.norm2() > 0);
        }
      }
      assertTrue(
          ((dev.unrolling.model.Layer.UserModel) network.architecture().layers().get(0)).smooth());
      String torch =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      Engines.open("torch", "cpu", Precision.FLOAT32)
                          .network(network.architecture(), network.saveState().weights())
                          .logits(batch(0), Mode.TRAINING))
              .getMessage();
      assertTrue(torch.contains("dl4j"), torch);
    }
  }
}
