package dev.unrolling.engine.dl4j;

import static dev.unrolling.engine.dl4j.UserFixtures.assertRefused;
import static dev.unrolling.engine.dl4j.UserFixtures.builder;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.RealData;
import dev.unrolling.engine.Objective;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** A model's own regularisation is undone as the retrained model has it. */
class UserRegularisationTest {

  private static final double RATE = 0.1;
  private static final DataSet HERS = UserFixtures.batch(1);
  private static final DataSet ZERO =
      new DataSet(HERS.getFeatures(), HERS.getLabels(), null, Nd4j.zeros(DataType.DOUBLE, 8, 1));

  static Stream<Arguments> regularisations() {
    return Stream.of(
        Arguments.of("l2", builder(new Sgd(RATE)).l2(0.1).l2Bias(0.2)),
        Arguments.of("l1", builder(new Sgd(RATE)).l1(0.1).l1Bias(0.2)),
        Arguments.of("weight decay", builder(new Sgd(RATE)).weightDecay(0.1).weightDecayBias(0.2)),
        Arguments.of("of no rate", builder(new Sgd(RATE)).weightDecay(0.1, false)),
        Arguments.of("l2, momentum", builder(new Nesterovs(RATE, 0.9)).l2(0.1)),
        Arguments.of("decay, momentum", builder(new Nesterovs(RATE, 0.9)).weightDecay(0.1)));
  }

  private static MultiLayerNetwork model(NeuralNetConfiguration.Builder builder) {
    return UserFixtures.chain(
        builder.clone(), UserFixtures.dense().build(), UserFixtures.output().build());
  }

  /** The first step: a model that skips it stays at w_0, one with zero gradient only decays. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("regularisations")
  void oneStepIsUndone(String name, NeuralNetConfiguration.Builder builder) {
    MultiLayerNetwork trained = model(builder);
    MultiLayerNetwork zero = model(builder);
    INDArray start = trained.params().dup();
    ForgettingListener listener = new ForgettingListener(HERS);
    trained.addListeners(listener);
    trained.fit(HERS);
    zero.fit(ZERO);
    ForgettingRecord record = listener.record();
    assertTrue(zero.params().distance2(start) > 1e-3);
    assertEquals(0, UserModels.unlearn(trained, HERS, record).params().distance2(start), 1e-14);
    MultiLayerNetwork compared =
        UserModels.unlearn(trained, HERS, record.withRetrained(RetrainedStep.ZERO_GRADIENT));
    assertEquals(0, compared.params().distance2(zero.params()), 1e-14);
    Correction.updaterState(compared)
        .ifPresent(
            velocity ->
                assertEquals(0, velocity.distance2(zero.getUpdater().getStateViewArray()), 1e-14));
  }

  @Test
  void whatAFactorDoesNotTellIsAskedFor() {
    for (NeuralNetConfiguration.Builder builder :
        new NeuralNetConfiguration.Builder[] {
          builder(new Sgd(RATE)).weightDecay(0.1, false),
          builder(new Nesterovs(RATE, 0.9)).weightDecay(0.1)
        }) {
      MultiLayerNetwork trained = model(builder);
      INDArray start = trained.params().dup();
      trained.fit(HERS);
      ForgettingRecord factorOnly = new ForgettingRecord(start, RATE, 8);
      assertRefused(
          IllegalArgumentException.class,
          "count the visits",
          () -> UserModels.unlearn(trained, HERS, factorOnly));
      UserModels.unlearn(trained, HERS, factorOnly.withRetrained(RetrainedStep.ZERO_GRADIENT));
    }
  }

  private static MultiLayerNetwork ofPictures(double decay) {
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            builder(new Sgd(RATE))
                .l2(decay)
                .l2Bias(decay)
                .list()
                .layer(new ConvolutionLayer.Builder(5, 5).stride(3, 3).nOut(4).build())
                .layer(UserFixtures.output().nIn(0).nOut(10).build())
                .setInputType(InputType.convolutional(32, 32, 3))
                .build());
    model.init();
    return model;
  }

  /** A run on real pictures through the seam, and by DL4J with the same l2 on all parameters. */
  @ParameterizedTest
  @EnumSource(RetrainedStep.class)
  void libraryAndDl4jAgree(RetrainedStep retrained) {
    double decay = 0.2;
    MultiLayerNetwork theirs = ofPictures(decay);
    MultiLayerNetwork ours = ofPictures(0);
    ours.setParams(theirs.params());
    BatchOrder order =
        BatchOrder.fixed(RealData.cifar10Train(), IntStream.range(100, 132).toArray(), 16, 1)
            .withForgetBatch(WrapTest.batch(0), BatchOrder.Position.FIRST);
    DataSet hers = UserData.of(order.forgetBatch());
    ForgettingListener listener = new ForgettingListener(hers);
    theirs.addListeners(listener);
    theirs.fit(UserData.iterator(order));
    INDArray expected =
        UserModels.unlearn(theirs, hers, listener.record().withRetrained(retrained)).params();

    Objective objective = Dl4jNetwork.objective(ours).withWeightDecay(decay);
    SgdTrainer trainer = new SgdTrainer(objective, Schedule.constant(RATE));
    Removal removal =
        retrained == RetrainedStep.SKIPPED ? Removal.skippedStep() : Removal.zeroGradient();
    try (Dl4jNetwork network = Dl4jNetwork.wrap(ours, 3, 32, 32);
        ForgettingRecorder recorder = new ForgettingRecorder(network, order, trainer, removal)) {
      trainer.train(network, order, recorder);
      network.setWeights(new SingleGradientUnlearning().unlearnedWeights(recorder));
      network.writeTo(ours);
    }
    assertTrue(theirs.params().distance2(expected) > 0.1);
    assertEquals(0, ours.params().distance2(expected), 1e-5);
  }
}
