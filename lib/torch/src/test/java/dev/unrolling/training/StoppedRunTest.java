package dev.unrolling.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.training.saved.SavePolicy;
import dev.unrolling.training.saved.SavedRun;
import dev.unrolling.training.schedule.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that end before their last step: by divergence, or by an interrupt. */
class StoppedRunTest {

  private static final SgdTrainer HOT =
      new SgdTrainer(Objective.squaredError(), Schedule.constant(1e4));

  @TempDir Path folder;

  private static BatchOrder epochs(int epochs) {
    return BatchOrder.fixed(Fixtures.features(), IntStream.range(0, 32).toArray(), 8, epochs);
  }

  private static boolean finite(NetworkState state) {
    return Arrays.stream(state.weights().toDoubleVector()).allMatch(Double::isFinite);
  }

  @Test
  void divergenceNamesTheStepAtFaultAndCarriesAFiniteState() {
    try (Network network = Fixtures.float32().network(Fixtures.linear(), 1)) {
      // The losses one by one, to know which is the first that is not finite.
      List<Double> losses = new ArrayList<>();
      try (Network twin = network.copy()) {
        StepListener reader =
            new StepListener() {
              @Override
              public void afterStep(Step step, StepLosses both) {
                losses.add(both.original().value());
              }
            };
        assertThrows(DivergenceException.class, () -> HOT.train(twin, epochs(20), reader));
      }
      int fault =
          IntStream.range(0, 20)
              .filter(i -> !Double.isFinite(losses.get(i)))
              .findFirst()
              .orElseThrow();
      assertTrue(fault > 1 && fault < 19);

      DivergenceException error =
          assertThrows(DivergenceException.class, () -> HOT.train(network, epochs(20)));
      assertEquals(fault, error.step());
      assertEquals(1e4, error.rate());
      assertFalse(Double.isFinite(error.loss()));
      assertEquals(0, error.saved().step());
      assertTrue(finite(error.saved().networks().get(0)));
      assertTrue(error.saved().file().isEmpty());
      for (String part :
          List.of("step " + fault, "10000.0", "original model", "Lower the rate", "1000.0")) {
        assertTrue(error.getMessage().contains(part), error::getMessage);
      }
    }
  }

  @Test
  void divergenceOfTheLastStepIsSeenInTheWeights() {
    // One step whose loss is finite and whose update is not: gradient -100, rate 1e308.
    SgdTrainer trainer = HOT.withSchedule(Schedule.constant(1e308));
    try (Network network = Fixtures.lineAtZero(Fixtures.float64())) {
      BatchOrder order =
          BatchOrder.fixed(Fixtures.tiny(new double[][] {{100}}, 1), new int[] {0}, 1, 1);
      DivergenceException error =
          assertThrows(DivergenceException.class, () -> trainer.train(network, order));
      assertEquals(0, error.step());
      assertTrue(error.getMessage().contains("weights"));
    }
  }

  @Test
  void divergenceOfTheRetrainedModelIsNamed() {
    // M' is thrown far off on the way, so that its next loss overflows.
    try (Network original = Fixtures.float64().network(Fixtures.linear(), 1);
        Network retrained = original.copy()) {
      BatchOrder order = Fixtures.order(Fixtures.features(), 4, 2, 2);
      StepListener spoiler =
          new StepListener() {
            @Override
            public void afterStep(Step step, StepLosses losses) {
              if (step.index() == 1) {
                try (var w = step.retrainedNetwork().weights()) {
                  step.retrainedNetwork().setWeights(w.scaleInPlace(1e200));
                }
              }
            }
          };
      DivergenceException error =
          assertThrows(
              DivergenceException.class,
              () ->
                  HOT.withSchedule(Schedule.constant(0.01))
                      .trainInLockStep(original, retrained, order, Removal.skippedStep(), spoiler));
      assertEquals(2, error.step());
      assertTrue(error.getMessage().contains("retrained model"), error::getMessage);
      assertEquals(2, error.saved().networks().size());
    }
  }

  @Test
  void divergenceLeavesASavedRunThatLoads() throws IOException {
    Path file = folder.resolve("hot.checkpoint");
    SgdTrainer trainer = HOT.withSavePolicy(new SavePolicy(file, 2, "hot"));
    try (Network network = Fixtures.float32().network(Fixtures.linear(), 1)) {
      DivergenceException error =
          assertThrows(DivergenceException.class, () -> trainer.train(network, epochs(20)));
      assertEquals(file, error.saved().file().orElseThrow());
      assertTrue(error.getMessage().contains(file.toString()));
      SavedRun read = SavedRun.load(file, "hot");
      assertTrue(read.step() > 0 && read.step() <= error.step());
      assertEquals(error.saved().step(), read.step());
      assertTrue(finite(read.networks().get(0)));
      network.restore(read.networks().get(0));
      assertTrue(finite(network.saveState()));
    }
  }

  @Test
  void aLongRunGoesBackToARecentState() {
    // Fine for 130 steps, then a rate that no weights survive.
    SgdTrainer trainer =
        new SgdTrainer(Objective.squaredError(), Schedule.constant(1e-3)).withCheckEvery(10);
    try (Network network = Fixtures.float32().network(Fixtures.linear(), 1)) {
      StepListener spoiler =
          new StepListener() {
            @Override
            public void beforeStep(Step step) {
              if (step.index() == 130) {
                try (var w = step.network().weights()) {
                  step.network().setWeights(w.scaleInPlace(Float.MAX_VALUE));
                }
              }
            }
          };
      DivergenceException error =
          assertThrows(
              DivergenceException.class, () -> trainer.train(network, epochs(40), spoiler));
      assertEquals(130, error.step());
      // Every fifth check of 10 steps.
      assertEquals(100, error.saved().step());
    }
  }

  @Test
  void anInterruptedRunGoesOnToTheSameBytes() throws IOException {
    Path file = folder.resolve("run.checkpoint");
    BatchOrder order = Fixtures.order(Fixtures.images(), 4, 3, 2);
    SgdTrainer trainer =
        new SgdTrainer(Objective.crossEntropy(), Schedule.stepDecay(0.1, 0.5, 1))
            .withMomentum(0.9)
            .withSavePolicy(new SavePolicy(file, 1000, "a run"));
    StepListener interrupter =
        new StepListener() {
          @Override
          public void afterStep(Step step, StepLosses losses) {
            if (step.index() == 4) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (Network original = Fixtures.float32().network(Fixtures.tanh(), 1);
        Network retrained = original.copy();
        Network whole = original.copy();
        Network wholeRetrained = original.copy()) {
      TrainingTrace unbroken =
          trainer.trainInLockStep(whole, wholeRetrained, order, Removal.skippedStep());

      TrainingInterruptedException stop =
          assertThrows(
              TrainingInterruptedException.class,
              () ->
                  trainer.trainInLockStep(
                      original, retrained, order, Removal.skippedStep(), interrupter));
      assertFalse(Thread.currentThread().isInterrupted());
      assertEquals(5, stop.saved().step());
      assertTrue(stop.getMessage().contains("5 of 8"), stop::getMessage);

      SavedRun read = SavedRun.load(file, "a run");
      assertEquals(5, read.step());
      try (Network m = Fixtures.float32().network(Fixtures.tanh(), 2);
          Network n = Fixtures.float32().network(Fixtures.tanh(), 2)) {
        m.restore(read.networks().get(0));
        n.restore(read.networks().get(1));
        TrainingTrace rest =
            trainer.withFirstStep(read.step()).trainInLockStep(m, n, order, Removal.skippedStep());
        assertTrue(Fixtures.sameBits(whole.saveState(), m.saveState()));
        assertTrue(Fixtures.sameBits(wholeRetrained.saveState(), n.saveState()));
        assertEquals(unbroken.losses().subList(5, 8), rest.losses());
        assertEquals(5, rest.firstStep());
      }
    }
  }

  @Test
  void theRunIsSavedOnTheWay() throws IOException {
    Path file = folder.resolve("way.checkpoint");
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 1)) {
      List<Boolean> there = new ArrayList<>();
      new SgdTrainer(Objective.squaredError(), Schedule.constant(1e-3))
          .withSavePolicy(new SavePolicy(file, 3, "way"))
          .train(
              network,
              epochs(2),
              new StepListener() {
                @Override
                public void beforeStep(Step step) {
                  there.add(Files.exists(file));
                }
              });
      assertEquals(3, there.indexOf(true));
      assertEquals(6, SavedRun.load(file, "way").step());
    }
  }
}
