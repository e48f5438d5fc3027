package dev.unrolling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.engine.Engine;
import dev.unrolling.experiment.DyingEngine;
import dev.unrolling.experiment.Sittings;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningRow;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

class ResultStoreTest {

  private static final Engine ENGINE = Sittings.ENGINE;
  private static final FineTuningSettings RUN =
      SettingsJson.with(
          FineTuningSettings.of(Scale.SMOKE),
          "model",
          "tanh-bn-cnn-2",
          "examples",
          64,
          "testExamples",
          20,
          "momentum",
          0.5,
          "weightDecay",
          0.001,
          "gamma",
          5,
          "gammaDivisor",
          2,
          "measureEvery",
          2,
          "checkpointEvery",
          2);
  private static final int PRETRAINING = 2;

  @TempDir Path folder;

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  private Sittings<FineTuningSettings> sittings() {
    return new Sittings<>(new FineTuning(), RUN, folder, lines::add);
  }

  @Test
  void aRunKilledBeforeAnyStepEndsWithTheSameBytes() throws IOException {
    Sittings<FineTuningSettings> run = sittings();
    String expected = run.unbroken();
    for (int killedBefore = 0; killedBefore < PRETRAINING + RUN.steps(); killedBefore++) {
      ResultStore store = run.store("killed-" + killedBefore);
      run.killBefore(killedBefore, store);
      assertTrue(store.isBegun(run.key()));
      run.run(ENGINE, store);
      assertEquals(expected, run.bytes(store), "killed before step " + killedBefore);
    }
  }

  @Test
  void aRunKilledAfterEachStepEndsWithTheSameBytes() throws IOException {
    Sittings<FineTuningSettings> run = sittings();
    ResultStore store = run.store("often");
    int steps = PRETRAINING + RUN.steps();
    assertEquals(steps, run.oneStepEach(store));
    assertEquals(run.unbroken(), run.bytes(store));
    assertEquals(steps, store.provenance(run.key()).orElseThrow().sittings());
  }

  @Test
  void anInterruptedRunKeepsTheStepThatItWasTaking() throws IOException {
    Sittings<FineTuningSettings> run = sittings();
    ResultStore store = run.store("interrupted").withCheckpointInterval(Duration.ofDays(1));
    run.interruptBefore(PRETRAINING + 2, store);
    assertTrue(Files.exists(run.run(store).resolve("checkpoint.bin")));
    assertEquals(RUN.steps() - 3, run.steps(store));
    assertEquals(run.unbroken(), run.bytes(store));
  }

  @Test
  void aRunInterruptedInItsLastStepIsKept() throws IOException {
    Sittings<FineTuningSettings> run = sittings();
    ResultStore store = run.store("late").withCheckpointInterval(Duration.ofDays(1));
    run.interruptBefore(PRETRAINING - 1, store);
    run.interruptBefore(RUN.steps() - 1, store);
    assertEquals(run.unbroken(), run.bytes(store));
    assertEquals(0, run.steps(store));
  }

  @Test
  void aFinishedRunIsNotComputedAgain() throws IOException {
    ResultStore store = sittings().store("once");
    Table first = sittings().run(ENGINE, store);
    Table second = sittings().run(DyingEngine.after(0, ENGINE), store);
    assertEquals(first.print(100), second.print(100));
    assertEquals(first.types(), second.types());
    assertFalse(Files.exists(sittings().run(store).resolve("checkpoint.bin")));
  }

  @Test
  void damagedOrMissingFilesMeanTheRunIsComputedAgain() throws IOException {
    String expected = sittings().unbroken();
    ResultStore store = sittings().store("unbroken");
    Path run = sittings().run(store);
    Files.writeString(run.resolve("notes of mine.txt"), "foreign");
    for (String file : List.of("settings.json", "provenance.json", "result.csv")) {
      Files.delete(run.resolve(file));
      assertTrue(store.find(sittings().key(), FineTuningRow.class).isEmpty());
      sittings().run(ENGINE, store);
      assertEquals(expected, sittings().bytes(store));
    }
    Files.writeString(run.resolve("result.csv"), expected.substring(0, expected.length() / 2));
    assertTrue(store.find(sittings().key(), FineTuningRow.class).isEmpty(), "cut off");
    sittings().run(ENGINE, store);
    assertEquals(expected, sittings().bytes(store));
    Files.writeString(run.resolve("provenance.json"), "{");
    assertTrue(store.find(sittings().key(), FineTuningRow.class).isEmpty(), "no JSON");
    assertEquals("foreign", Files.readString(run.resolve("notes of mine.txt")));
  }

  @Test
  void aDamagedCheckpointMeansTheRunBeginsAfresh() throws IOException {
    String expected = sittings().unbroken();
    ResultStore store = sittings().store("damaged");
    sittings().killBefore(PRETRAINING + 3, store);
    Files.writeString(sittings().run(store).resolve("checkpoint.bin"), "UNROLSGD and no more");
    sittings().run(ENGINE, store);
    assertEquals(expected, sittings().bytes(store));
    assertTrue(lines.stream().anyMatch(line -> line.contains("begins afresh")), lines::toString);
  }

  @Test
  void twoWritersComputeARunOnce() throws Exception {
    ResultStore store = sittings().store("two");
    CountDownLatch start = new CountDownLatch(1);
    List<Table> tables = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                tables.add(sittings().run(ENGINE, store));
              });
      thread.start();
      threads.add(thread);
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(2, tables.size());
    assertEquals(tables.get(0).print(100), tables.get(1).print(100));
    assertTrue(lines.stream().anyMatch(line -> line.contains("waits")), lines::toString);
    assertEquals(1, store.provenance(sittings().key()).orElseThrow().sittings());
  }

  @Test
  void aStoreThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    ResultStore store = new ResultStore(file.resolve("store"));
    Exception e =
        assertThrows(java.io.UncheckedIOException.class, () -> sittings().run(ENGINE, store));
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    assertTrue(e.getMessage().contains("UNROLLING_RESULTS"), e.getMessage());
  }
}
