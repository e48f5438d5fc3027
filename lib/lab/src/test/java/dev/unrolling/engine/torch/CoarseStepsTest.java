package dev.unrolling.engine.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.RealData;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.experiment.Runner;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of coarser formats, the layout of images, and what a device does at best. */
class CoarseStepsTest {

  private static final Engine FLOAT32 = Engines.open("torch", "cpu", Precision.FLOAT32);
  private static final Engine BFLOAT16 = FLOAT32.withPrecision(Precision.BFLOAT16);
  private static final Architecture RESNET8 = Architectures.resnet8(4, 10);
  private static final Objective OBJECTIVE =
      Objective.crossEntropy().withGamma(3).withWeightDecay(0.01);

  private static Batch batch(int size) {
    return Batch.of(RealData.cifar10Train(), IntStream.range(0, size).toArray());
  }

  private static double[] weightsAfterStep(Engine engine, Architecture architecture) {
    try (Network network = engine.network(architecture, 1)) {
      network.step(batch(32), OBJECTIVE, new SgdStep(0.1, 0.9)).value();
      try (ParameterVector weights = network.weights()) {
        return weights.toArray().toDoubleVector();
      }
    }
  }

  private static double norm(double[] a, double[] b) {
    return Math.sqrt(IntStream.range(0, a.length).mapToDouble(i -> Math.pow(a[i] - b[i], 2)).sum());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"resnet8-4", "resnet8-half-4", "vgg8-4", "tanh-bn-cnn-4", "pooled-linear"})
  void aStepInBfloat16IsNearTheStepInFloat32(String model) {
    Architecture architecture = Architectures.named(model, 10);
    double[] start;
    try (Network network = FLOAT32.network(architecture, 1);
        ParameterVector weights = network.weights()) {
      start = weights.toArray().toDoubleVector();
    }
    double[] exact = weightsAfterStep(FLOAT32, architecture);
    double difference = norm(weightsAfterStep(BFLOAT16, architecture), exact) / norm(start, exact);
    // 7 bits after the point: 2^-8 a rounding, several in a row, and units that change their side.
    assertTrue(difference > 1e-4 && difference < 0.25, model + ": " + difference);
  }

  @Test
  void whatIsMeasuredIsFloat32ToTheBit() {
    try (Network exact = FLOAT32.network(RESNET8, 2);
        Network coarse = BFLOAT16.network(RESNET8, 2)) {
      for (Mode mode : Mode.values()) {
        assertEquals(exact.logits(batch(16), mode), coarse.logits(batch(16), mode));
        try (ParameterVector a = exact.gradient(batch(16), OBJECTIVE, mode).gradient();
            ParameterVector b = coarse.gradient(batch(16), OBJECTIVE, mode).gradient();
            ParameterVector ha = exact.hessianVectorProduct(batch(16), OBJECTIVE, mode, a);
            ParameterVector hb = coarse.hessianVectorProduct(batch(16), OBJECTIVE, mode, b)) {
          assertArrayEquals(a.toArray().toDoubleVector(), b.toArray().toDoubleVector());
          assertArrayEquals(ha.toArray().toDoubleVector(), hb.toArray().toDoubleVector());
          assertEquals(0, a.distance(b), "vectors of both can be mixed");
        }
      }
    }
  }

  private static double lossLostInTraining(Engine engine) {
    try (Network network = engine.network(RESNET8, 3)) {
      double first = network.step(batch(64), OBJECTIVE, SgdStep.plain(0.05)).value();
      double last = first;
      for (int i = 0; i < 15; i++) {
        last = network.step(batch(64), OBJECTIVE, SgdStep.plain(0.05)).value();
      }
      return first - last;
    }
  }

  @Test
  void trainingInBfloat16LowersTheLossAsFloat32Does() {
    double exact = lossLostInTraining(FLOAT32);
    assertTrue(exact > 0.1, "float32 lost " + exact);
    assertEquals(exact, lossLostInTraining(BFLOAT16), 0.15 * exact);
  }

  @Test
  void aFormatThatADeviceLacksIsRefused() {
    String cpu =
        assertThrows(IllegalArgumentException.class, () -> FLOAT32.withPrecision(Precision.TF32))
            .getMessage();
    assertEquals(
        "tf32 is a format of NVIDIA's GPUs, which cpu does not have; float32, float64 and bfloat16"
            + " are there",
        cpu);
    for (Precision precision : new Precision[] {Precision.TF32, Precision.BFLOAT16}) {
      String dl4j =
          assertThrows(IllegalArgumentException.class, () -> Engines.open("dl4j", "cpu", precision))
              .getMessage();
      assertTrue(dl4j.startsWith("engine dl4j computes in float32 or float64, not in "), dl4j);
    }
  }

  @Test
  void runsInTf32TakeTurns() {
    Engine gpu = new TorchEngine("cuda:0", Precision.TF32, 2, true, Optional.empty());
    assertTrue(gpu.version().endsWith(", channels-last, cuDNN's fastest algorithms"));
    assertTrue(gpu.withPrecision(Precision.FLOAT32).version().contains(", channels-first, "));
    Runner runner = new Runner(gpu, DataSets.of(RealData.cache(), line -> {}), line -> {});
    runner.withRunsAtOnce(1);
    assertThrows(IllegalArgumentException.class, () -> runner.withRunsAtOnce(2));
    Runner twoAtOnce =
        new Runner(
                gpu.withPrecision(Precision.FLOAT32),
                DataSets.only(RealData.cifar10Train(), RealData.cifar10Test()),
                line -> {})
            .withRunsAtOnce(2);
    FineTuningSettings pretrained =
        SettingsJson.set(FineTuningSettings.of(Scale.SMOKE), "pretrainingPrecision=tf32");
    String told =
        assertThrows(
                IllegalArgumentException.class,
                () -> twoAtOnce.run(new FineTuning(), List.of(pretrained)))
            .getMessage();
    assertTrue(told.startsWith("runs in tf32 take turns: "), told);
  }

  @Test
  void bothLayoutsComputeTheSame() {
    Engine last = new TorchEngine("cpu", Precision.FLOAT64, 1, true, Optional.empty());
    Engine first = new TorchEngine("cpu", Precision.FLOAT64, 1, false, Optional.empty());
    double[] a = weightsAfterStep(last, RESNET8);
    double[] b = weightsAfterStep(first, RESNET8);
    assertEquals(0, norm(a, b), 1e-12);
    assertTrue(first.version().endsWith(", channels-first"), first.version());
    assertFalse(last.version().contains("channels"), last.version());
  }

  @Test
  void theLayoutIsAskedForByNameAndChosenOnAGpu() {
    Map<String, String> last = Map.of(Layout.VARIABLE, "channels-last");
    Map<String, String> first = Map.of(Layout.VARIABLE, "channels-first");
    for (Precision precision : Precision.values()) {
      boolean isCoarse = precision == Precision.TF32 || precision == Precision.BFLOAT16;
      assertEquals(isCoarse, Layout.isChannelsLast("cuda:0", precision, Map.of()));
      assertTrue(Layout.isChannelsLast("cuda:0", precision, last));
      assertFalse(Layout.isChannelsLast("cuda:0", precision, first));
      assertTrue(Layout.isChannelsLast("cpu", precision, Map.of()));
      assertTrue(Layout.isChannelsLast("cpu", precision, first));
    }
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Layout.isChannelsLast(
                        "cpu", Precision.FLOAT32, Map.of(Layout.VARIABLE, "nchw")))
            .getMessage();
    assertEquals("UNROLLING_LAYOUT is channels-last or channels-first, not \"nchw\"", message);
  }
}
