package dev.unrolling.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.engine.Engine;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningRow;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.store.RecordTable;
import dev.unrolling.store.ResultStore;
import dev.unrolling.training.saved.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** Weights that are pre-trained in bfloat16 and fine-tuned in float32. */
class PretrainingPrecisionTest {

  private static final FineTuningSettings FLOAT32 =
      SettingsJson.with(
          FineTuningSettings.of(Scale.SMOKE),
          "model",
          "resnet8-2",
          "examples",
          96,
          "testExamples",
          50,
          "measureEvery",
          1000);

  private static final FineTuningSettings BFLOAT16 =
      SettingsJson.set(FLOAT32, "pretrainingPrecision=bfloat16");

  /** 80 examples are left for it, in batches of 32. */
  private static final int PRETRAINING = 3;

  @TempDir Path folder;

  private Sittings<FineTuningSettings> run(FineTuningSettings settings) {
    return new Sittings<>(new FineTuning(), settings, folder, line -> {});
  }

  private static List<Path> starts(ResultStore store) throws IOException {
    try (Stream<Path> all = Files.list(store.folder().resolve("start"))) {
      return List.copyOf(new TreeSet<>(all.toList()));
    }
  }

  private static NetworkState state(Path start) throws IOException {
    String key = start.getFileName().toString();
    return SavedRun.load(start.resolve(ResultStore.STATE), key).networks().get(0);
  }

  @Test
  void oneStateServesAllRatesAndRunsInBfloat16Throughout() throws IOException {
    ResultStore store = run(BFLOAT16).store("shared");
    int whole = run(BFLOAT16).steps(store);
    assertEquals(PRETRAINING + FLOAT32.steps(), whole);
    List<Path> starts = starts(store);
    assertEquals(1, starts.size());
    assertEquals(whole - PRETRAINING, run(BFLOAT16.withRate(0.02)).steps(store));
    Engine throughout = Sittings.ENGINE.withPrecision(Precision.BFLOAT16);
    run(FLOAT32).run(throughout, store);
    assertEquals(starts, starts(store));
    assertEquals(whole, run(FLOAT32).steps(store));
    List<Path> both = starts(store);
    assertEquals(2, both.size());
    assertNotEquals(state(both.get(0)).weights(), state(both.get(1)).weights());
  }

  @Test
  void fromItFineTuningIsThatOfFloat32BitForBit() throws IOException {
    ResultStore store = run(BFLOAT16).store("one");
    Table table = run(BFLOAT16).run(Sittings.ENGINE, store);
    NetworkState start = state(starts(store).get(0));
    RunContext plain =
        new RunContext(
            Sittings.ENGINE,
            Sittings.data(),
            line -> {},
            "plain",
            Optional.empty(),
            Duration.ZERO,
            (settings, precision, compute) -> start,
            new Runner(Sittings.ENGINE, Sittings.data(), line -> {}),
            1);
    List<FineTuningRow> rows = new FineTuning().run(FLOAT32, plain);
    String expected = RecordTable.csv(RecordTable.of("plain", FineTuningRow.class, rows));
    table.removeColumns("run");
    assertNotEquals(expected, RecordTable.csv(table));
    table.removeColumns("pretraining_precision");
    assertEquals(expected, RecordTable.csv(table));
    assertNotEquals(expected, run(FLOAT32).unbroken());
  }

  @Test
  void pretrainingKilledEndsWithTheSameBytes() throws IOException {
    Sittings<FineTuningSettings> run = run(BFLOAT16);
    String expected = run.unbroken();
    for (int step : new int[] {1, PRETRAINING - 1, PRETRAINING + 1}) {
      ResultStore store = run.store("killed-" + step);
      run.killBefore(step, store);
      assertEquals(PRETRAINING + FLOAT32.steps() - step, run.steps(store));
      assertEquals(expected, run.bytes(store), "killed before step " + step);
    }
  }

  /** One process: runs that ask for it and runs that do not, each its own state, in one table. */
  @Test
  void aTableOfBothSaysWhichIsWhich() throws IOException {
    ResultStore store = run(FLOAT32).store("both");
    Table table =
        new Runner(Sittings.ENGINE, Sittings.data(), line -> {})
            .withStore(store)
            .run(new FineTuning(), List.of(FLOAT32, BFLOAT16));
    assertEquals(2, starts(store).size());
    assertEquals(
        List.of("", "bfloat16"), table.stringColumn("pretraining_precision").unique().asList());
    Sittings<FineTuningSettings> alone = run(FLOAT32);
    assertEquals(alone.unbroken(), alone.bytes(store));
  }

  @Test
  void aPrecisionThatTheDeviceLacksIsRefused() {
    Sittings<FineTuningSettings> run = run(SettingsJson.set(FLOAT32, "pretrainingPrecision=tf32"));
    String told =
        assertThrows(
                IllegalArgumentException.class, () -> run.run(Sittings.ENGINE, run.store("tf32")))
            .getMessage();
    assertTrue(told.startsWith("tf32 is a format of NVIDIA's GPUs"), told);
  }
}
