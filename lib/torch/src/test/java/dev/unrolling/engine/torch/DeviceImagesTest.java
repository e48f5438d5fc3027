package dev.unrolling.engine.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.ImageDataset;
import dev.unrolling.data.RealData;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Examples;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The way of images that a GPU takes, on the CPU: it must give the numbers of the other way. */
class DeviceImagesTest {

  private static final ImageDataset IMAGES = RealData.cifar10Test();

  /** An engine on the CPU that keeps images there as bytes. */
  private static TorchEngine keeping(Precision precision) {
    TorchNatives.load();
    return new TorchEngine("cpu", precision, 1, true, Optional.of(new DeviceImages()));
  }

  private static Engine plain(Precision precision) {
    return new TorchEngine("cpu", precision, 1, true, Optional.empty());
  }

  @ParameterizedTest
  @EnumSource(value = Precision.class, mode = EnumSource.Mode.EXCLUDE, names = "TF32")
  void valuesAreThoseOfTheDataSetBitForBit(Precision precision) {
    // Beyond what is sent together, not in order, and with a repetition.
    assertSameBits(precision, Batch.of(IMAGES, 9999, 0, 3, 3, 1000, 999));
  }

  @ParameterizedTest
  @EnumSource(value = Precision.class, mode = EnumSource.Mode.EXCLUDE, names = "TF32")
  void augmentedValuesAreThoseOfTheHostBitForBit(Precision precision) {
    int[] indices = IntStream.range(990, 1030).toArray();
    assertSameBits(precision, BatchOrder.fixed(IMAGES, indices, 40, 2).augmented(4, 3).batch(1));
  }

  private static void assertSameBits(Precision precision, Batch batch) {
    Architecture any = Architectures.resnet8(4, 10);
    TorchEngine engine = keeping(precision);
    double[] expected = Examples.values(batch, any);
    try (PointerScope scope = new PointerScope();
        Tensor host = engine.tensor(expected, expected.length)) {
      Tensor values = engine.residentImages().orElseThrow().values(engine, batch);
      assertArrayEquals(new long[] {batch.size(), 3072}, values.sizes().vec().get());
      INDArray wanted = engine.array(host, expected.length);
      assertEquals(wanted, engine.array(values, expected.length));
      assertTrue(torch.equal(host, values.flatten()));
    }
  }

  @Test
  void trainingCurvatureAndLogitsAreTheSameBits() {
    NetworkState kept = trained(keeping(Precision.FLOAT32));
    NetworkState plain = trained(plain(Precision.FLOAT32));
    assertEquals(plain.weights(), kept.weights());
    assertEquals(plain.runningStatistics(), kept.runningStatistics());
    assertEquals(plain.velocity(), kept.velocity());
    assertFalse(kept.velocity().isEmpty());
  }

  private static NetworkState trained(Engine engine) {
    BatchOrder order = BatchOrder.shuffled(IMAGES, IntStream.range(0, 64).toArray(), 16, 2, 0);
    Objective objective = Objective.crossEntropy().withGamma(1).withWeightDecay(1e-3);
    try (Network network = engine.network(Architectures.resnet8(4, 10), 0)) {
      for (int i = 0; i < order.steps(); i++) {
        network.step(order.batch(i), objective, new SgdStep(0.05, 0.9));
      }
      network.step(order.batch(0).emptied(), objective, new SgdStep(0.05, 0.9));
      // The weights after a step along the curvature carry its bits, and those of the logits.
      try (ParameterVector weights = network.weights();
          ParameterVector product =
              network.hessianVectorProduct(order.batch(1), objective, Mode.TRAINING, weights)) {
        double scale = network.logits(order.batch(2), Mode.EVALUATION).norm2Number().doubleValue();
        network.setWeights(weights.addInPlace(1e-3 * scale, product));
      }
      return network.saveState();
    }
  }

  @Test
  void gradientsByThePicturesAreTheSameBitsInBothLayouts() {
    Engine channelsFirst = new TorchEngine("cpu", Precision.FLOAT32, 1, false, Optional.empty());
    INDArray kept = byPictures(keeping(Precision.FLOAT32));
    INDArray plain = byPictures(plain(Precision.FLOAT32));
    INDArray first = byPictures(channelsFirst);
    assertArrayEquals(new long[] {3, 3, 32, 32}, kept.shape());
    assertEquals(plain, kept);
    assertEquals(0, first.distance2(kept), 1e-4 * first.norm2Number().doubleValue());
  }

  private static INDArray byPictures(Engine engine) {
    try (Network network = engine.network(Architectures.resnet8(4, 10), 0)) {
      Batch batch = Batch.of(IMAGES, 9999, 0, 3);
      return network.inputGradient(batch, Objective.crossEntropy(), Mode.TRAINING);
    }
  }

  @Test
  void aSetIsSentOnceAndServesBothPrecisions() {
    TorchEngine engine = keeping(Precision.FLOAT32);
    assertTrue(engine.residentImages() == engine.withPrecision(Precision.FLOAT64).residentImages());
    assertTrue(engine.residentImages() == ((TorchEngine) engine.withThreads(2)).residentImages());
  }

  @Test
  void float32IsNotRoundedToFewerDigits() {
    TorchNatives.load();
    assertFalse(torch.globalContext().allowTF32CuDNN());
    assertFalse(torch.globalContext().allowTF32CuBLAS());
  }

  @Test
  void theMissingLibraryIsNamed() {
    Throwable told =
        new UnsatisfiedLinkError(
            "/c/libjnitorch.so: libcupti.so.13: cannot open shared object file");
    Throwable wrapped = new NoClassDefFoundError("torch").initCause(told);
    for (Throwable failure : List.of(told, wrapped)) {
      String reason = TorchNatives.reason(failure);
      assertTrue(reason.startsWith("libcupti.so.13 is missing; environment/gpu"), reason);
    }
    assertEquals("other", TorchNatives.reason(new UnsatisfiedLinkError("other")));
  }
}
