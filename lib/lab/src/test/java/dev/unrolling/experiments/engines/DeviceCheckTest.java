package dev.unrolling.experiments.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Cifar10;
import dev.unrolling.data.ImageDataset;
import dev.unrolling.data.RealData;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class DeviceCheckTest {

  private static final Engine CPU = Engines.open("torch", "cpu", Precision.FLOAT32);
  private static final DeviceCheck CHECK =
      new DeviceCheck(Architectures.resnet8(4, 10), RealData.cifar10Test());

  /** A device that loses digits: it rounds the weights it is given. */
  private record Coarse(Engine engine, double grain) implements Engine {
    @Override
    public String name() {
      return engine.name();
    }

    @Override
    public String device() {
      return "coarse";
    }

    @Override
    public Precision precision() {
      return engine.precision();
    }

    @Override
    public String version() {
      return engine.version();
    }

    @Override
    public int threads() {
      return engine.threads();
    }

    @Override
    public Engine withThreads(int threads) {
      return new Coarse(engine.withThreads(threads), grain);
    }

    @Override
    public Engine withPrecision(Precision precision) {
      return new Coarse(engine.withPrecision(precision), grain);
    }

    @Override
    public Network network(Architecture architecture, INDArray weights) {
      INDArray coarse = weights.dup();
      for (long i = 0; i < coarse.length(); i++) {
        coarse.putScalar(i, grain * Math.rint(coarse.getDouble(i) / grain));
      }
      return engine.network(architecture, coarse);
    }
  }

  private static List<Outcome> outcomes(Engine device) {
    return CHECK.compare(CPU.withThreads(1), device).stream().map(Verdict::outcome).toList();
  }

  @Test
  void theCpuAgreesWithItself() {
    assertEquals(
        List.of(Outcome.HOLDS, Outcome.HOLDS, Outcome.HOLDS), outcomes(CPU.withThreads(2)));
  }

  @Test
  void aDeviceThatLosesDigitsIsRed() {
    assertEquals(
        List.of(Outcome.FAILS, Outcome.FAILS, Outcome.FAILS), outcomes(new Coarse(CPU, 0.05)));
    // As coarse as the ten bits of TF32: the gradients are the finer sieve.
    assertEquals(
        List.of(Outcome.FAILS, Outcome.FAILS), outcomes(new Coarse(CPU, 1e-3)).subList(1, 3));
  }

  @Test
  void whatIsNoNumberIsRed() {
    List<EngineComparison.Step> broken =
        List.of(
            new EngineComparison.Step(1, 1, 0, 1, 1e-6),
            new EngineComparison.Step(2, 1, 0, 1, Double.NaN));
    assertEquals(Outcome.FAILS, EngineVerdicts.deviceLossesAgree(broken).outcome());
    assertEquals(
        Outcome.FAILS,
        EngineVerdicts.deviceGradientAgrees(Precision.FLOAT32, Double.NaN).outcome());
    assertEquals(Outcome.FAILS, EngineVerdicts.deviceLossesAgree(List.of()).outcome());
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 0.9e-4, 1.1e-4, 1e-04", "FLOAT64, 0.9e-9, 1.1e-9, 1e-09"})
  void theThresholdsAreThoseInTheEvidence(
      Precision precision, double within, double beyond, String bound) {
    assertEquals(Outcome.HOLDS, EngineVerdicts.deviceGradientAgrees(precision, within).outcome());
    Verdict red = EngineVerdicts.deviceGradientAgrees(precision, beyond);
    assertEquals(Outcome.FAILS, red.outcome());
    assertTrue(red.evidence().contains(bound), red.evidence());
  }

  @Test
  void tooFewImagesAreRefused() {
    ImageDataset few =
        new ImageDataset(
            "few",
            new ImageDataset.Shape(3, 32, 32),
            new byte[3072],
            new int[] {0},
            List.of("thing"),
            Cifar10.NORMALISATION);
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> new DeviceCheck(CHECK.architecture(), few))
            .getMessage();
    assertTrue(message.contains("at least 640 images, and few has 1"), message);
  }
}
