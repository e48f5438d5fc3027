package dev.unrolling.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.RealData;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.experiments.cost.CostSettings;
import dev.unrolling.experiments.cost.ForgettingCost;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.experiments.methods.MethodExperiment;
import dev.unrolling.experiments.privacy.Privacy;
import dev.unrolling.experiments.privacy.PrivacySettings;
import dev.unrolling.experiments.privacy.PrivacyTest;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.store.RecordTable;
import dev.unrolling.store.ResultStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of E1, C2.10, E6 and E8 that are cut off in each of their phases. */
class ResumedRunsTest {

  /** Momentum, running statistics, and rows after 1, 2 and 3 visits. */
  private static final PrivacySettings PRIVACY =
      SettingsJson.with(PrivacyTest.SMALL, "model", "tanh-bn-cnn-2", "gamma", 5);

  private static final int SHADOW = 16;
  private static final int PRETRAINING = 3;
  private static final int LOCK_STEP = 12;

  /** Two shards of two slices of one batch each, two epochs a slice. */
  private static final CostSettings COST =
      new CostSettings(
          "tanh-bn-cnn-2", "cifar10", 64, 2, 2, 3, 16, 0.05, 5, 1, 3, 10, 20, 20, 50, 12, 0);

  private static final int FINE_TUNING = COST.unsharded().steps();
  private static final int SHARD = 6;

  @TempDir Path folder;

  private Sittings<PrivacySettings> privacy() {
    return new Sittings<>(new Privacy(), PRIVACY, folder, line -> {});
  }

  private Sittings<CostSettings> cost() {
    return new Sittings<>(new ForgettingCost(), COST, folder, line -> {});
  }

  private static <S extends Record> void assertGoesOn(Sittings<S> run, int step, String expected)
      throws IOException {
    ResultStore store = run.store("killed-" + step);
    run.killBefore(step, store);
    assertTrue(store.isBegun(run.key()));
    run.run(Sittings.ENGINE, store);
    assertEquals(expected, run.bytes(store), "killed before step " + step);
    assertFalse(Files.exists(run.run(store).resolve("checkpoint.bin")));
  }

  @Test
  void augmentedPretrainingKilledEndsWithTheSameBytes() throws IOException {
    FineTuningSettings settings =
        SettingsJson.with(
            FineTuningSettings.of(Scale.SMOKE),
            "model",
            "tanh-bn-cnn-2",
            "examples",
            96,
            "pretrainingEpochs",
            3,
            "pretrainingRecipe",
            "one_cycle",
            "testExamples",
            50,
            "gamma",
            5);
    Sittings<FineTuningSettings> run =
        new Sittings<>(new FineTuning(), settings, folder, line -> {});
    String expected = run.unbroken();
    for (int step : new int[] {1, 4, 8, 12}) {
      assertGoesOn(run, step, expected);
    }
    // The recipe makes a difference, and so does what it draws.
    Sittings<FineTuningSettings> plain =
        new Sittings<>(
            new FineTuning(),
            SettingsJson.with(settings, "pretrainingRecipe", "plain"),
            folder.resolve("plain"),
            line -> {});
    assertNotEquals(last(expected), last(plain.unbroken()));
  }

  @Test
  void methodsKilledInAnyPhaseEndWithTheSameBytes() throws IOException {
    FineTuningSettings settings =
        SettingsJson.with(
            FineTuningSettings.of(Scale.SMOKE),
            "model",
            "tanh-bn-cnn-2",
            "examples",
            64,
            "measureEvery",
            2,
            "testExamples",
            50,
            "momentum",
            0.5);
    Sittings<FineTuningSettings> run =
        new Sittings<>(new MethodExperiment(), settings, folder, line -> {});
    String expected = run.unbroken();
    assertTrue(expected.contains(",krylov,") && expected.contains(",trajectory,"));
    for (int step : new int[] {1, 3, 5, 8}) {
      assertGoesOn(run, step, expected);
    }
  }

  private static String last(String csv) {
    return csv.substring(csv.lastIndexOf("first"));
  }

  @Test
  void privacyKilledInAnyPhaseEndsWithTheSameBytes() throws IOException {
    Sittings<PrivacySettings> run = privacy();
    String expected = run.unbroken();
    assertTrue(expected.lines().count() == 16 && expected.contains("shadow_member_accuracy"));
    int walk = SHADOW + PRETRAINING;
    for (int step : new int[] {0, 7, 15, 16, 18, walk, walk + 1, walk + 4, walk + 11}) {
      assertGoesOn(run, step, expected);
    }
    Sittings<PrivacySettings> authors =
        new Sittings<>(
            new Privacy(),
            SettingsJson.with(
                PRIVACY,
                "retraining",
                "skipped_step",
                "entropy",
                "authors_raw_logits",
                "pretrainingEpochs",
                0),
            folder.resolve("authors"),
            line -> {});
    String other = authors.unbroken();
    for (int step : new int[] {5, 12, 23}) {
      assertGoesOn(authors, step, other);
    }
  }

  @Test
  void privacyTakesOneStepASittingAndEndsWithTheSameBytes() throws IOException {
    Sittings<PrivacySettings> run = privacy();
    ResultStore store = run.store("often");
    int steps = SHADOW + PRETRAINING + LOCK_STEP;
    assertEquals(steps, run.oneStepEach(store));
    assertEquals(run.unbroken(), run.bytes(store));
    assertEquals(steps, store.provenance(run.key()).orElseThrow().sittings());
  }

  @Test
  void interruptedPrivacyKeepsTheStepThatItWasTaking() throws IOException {
    Sittings<PrivacySettings> run = privacy();
    ResultStore store = run.store("interrupted").withCheckpointInterval(Duration.ofDays(1));
    run.interruptBefore(SHADOW - 1, store);
    run.interruptBefore(1, store);
    // The first sitting took the shadow model's steps, the second two of M's without x*; the third
    // takes the last of these and one of M and M'.
    run.interruptBefore(1, store);
    assertEquals(LOCK_STEP - 1, run.steps(store));
    assertEquals(run.unbroken(), run.bytes(store));
  }

  @Test
  void costKilledInAnyPhaseEndsWithTheSameBytes() throws IOException {
    Sittings<CostSettings> run = cost();
    int steps = run.steps();
    String expected = run.bytes(run.store("counted"));
    int served = 2 * (FINE_TUNING + SHARD);
    assertTrue(steps >= served + 3 * 4, "steps " + steps);
    // In both runs of fine-tuning, in both shards and in each request.
    for (int step :
        new int[] {
          0,
          FINE_TUNING + 4,
          2 * FINE_TUNING + 3,
          2 * FINE_TUNING + SHARD + 1,
          served,
          served + 7,
          steps - 1
        }) {
      assertGoesOn(run, step, expected);
    }
  }

  @Test
  void aKillCostsAtMostOneShardOrOneRequest() throws IOException {
    Sittings<CostSettings> run = cost();
    int steps = run.steps();
    String expected = run.bytes(run.store("counted"));
    ResultStore store = run.store("killed");
    run.killBefore(2 * FINE_TUNING + SHARD + 5, store);
    int left = steps - 2 * FINE_TUNING - SHARD;
    // The second shard is begun again.
    run.killBefore(left - 1, store);
    // The last request is.
    int last = run.steps(store);
    assertTrue(last == 4 || last == 6, "steps of the last request: " + last);
    assertEquals(expected, run.bytes(store));
  }

  @Test
  void interruptedCostKeepsWhatWasTrainedAndServed() throws IOException {
    Sittings<CostSettings> run = cost();
    int steps = run.steps();
    ResultStore store = run.store("interrupted").withCheckpointInterval(Duration.ofDays(1));
    // A step of the first fine-tuning, its last step, and a step of the second.
    run.interruptBefore(1, store);
    run.interruptBefore(FINE_TUNING - 3, store);
    run.interruptBefore(2, store);
    int left = steps - FINE_TUNING - 3;
    // In the second shard, then in the last request.
    run.interruptBefore(FINE_TUNING - 3 + SHARD + 2, store);
    left -= FINE_TUNING - 3 + SHARD;
    run.interruptBefore(left - 2, store);
    int last = run.steps(store);
    assertTrue(last == 4 || last == 6, "steps of the last request: " + last);
    assertEquals(run.bytes(run.store("counted")), run.bytes(store));
    assertEquals(6, store.provenance(run.key()).orElseThrow().sittings());
  }

  @Test
  void costSharesItsFineTuning() throws IOException {
    Sittings<CostSettings> run = cost();
    ResultStore store = run.store("shared");
    FineTuningSettings plain = COST.unsharded();
    for (double gamma : new double[] {plain.gamma(), COST.gamma()}) {
      new Sittings<>(new FineTuning(), plain.withGamma(gamma), folder, line -> {})
          .run(Sittings.ENGINE, store);
    }
    run.killBefore(0, store);
    try (Stream<Path> kept = Files.list(store.folder().resolve("fine-tuning"))) {
      assertEquals(2, kept.count());
    }
    assertEquals(run.steps() - 2 * FINE_TUNING, run.steps(store));
    // Nothing kept, in memory alone: the same numbers.
    assertEquals(
        RecordTable.csv(
            new Runner(
                    Sittings.ENGINE,
                    DataSets.only(RealData.cifar10Train(), RealData.cifar10Test()),
                    line -> {})
                .run(new ForgettingCost(), List.of(COST))
                .removeColumns("run")),
        run.bytes(store));
  }
}
