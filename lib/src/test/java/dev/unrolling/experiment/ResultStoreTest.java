package dev.unrolling.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.RealData;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

class ResultStoreTest {

  private static final Engine ENGINE =
      Engines.open("torch", "cpu", Precision.FLOAT32).withThreads(1);
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

  private Runner runner(Engine engine, ResultStore store) {
    return new Runner(
            engine,
            name -> new DataSets.Parts(RealData.cifar10Train(), RealData.cifar10Test()),
            lines::add)
        .withStore(store);
  }

  private ResultStore store(String name) {
    return new ResultStore(folder.resolve(name)).withCheckpointInterval(Duration.ZERO);
  }

  private static String bytes(ResultStore store) throws IOException {
    return Files.readString(
        store.folder(RunKey.of(new FineTuning(), ENGINE, RUN)).resolve("result.csv"));
  }

  private String unbroken() throws IOException {
    ResultStore store = store("unbroken");
    runner(ENGINE, store).run(new FineTuning(), List.of(RUN));
    return bytes(store);
  }

  @Test
  void aRunKilledBeforeAnyStepEndsWithTheSameBytes() throws IOException {
    String expected = unbroken();
    int steps = PRETRAINING + RUN.steps();
    for (int killedBefore = 0; killedBefore < steps; killedBefore++) {
      ResultStore store = store("killed-" + killedBefore);
      Runner dying = runner(DyingEngine.after(killedBefore, ENGINE), store);
      assertThrows(DyingEngine.Death.class, () -> dying.run(new FineTuning(), List.of(RUN)));
      assertTrue(store.isBegun(RunKey.of(new FineTuning(), ENGINE, RUN)));
      runner(ENGINE, store).run(new FineTuning(), List.of(RUN));
      assertEquals(expected, bytes(store), "killed before step " + killedBefore);
    }
  }

  @Test
  void aRunKilledAfterEachStepEndsWithTheSameBytes() throws IOException {
    String expected = unbroken();
    ResultStore store = store("often");
    int steps = PRETRAINING + RUN.steps();
    for (int sitting = 0; sitting < steps; sitting++) {
      Runner dying = runner(DyingEngine.after(1, ENGINE), store);
      try {
        dying.run(new FineTuning(), List.of(RUN));
        assertEquals(steps - 1, sitting, "one step a sitting");
      } catch (DyingEngine.Death dead) {
        // The next sitting goes on.
      }
    }
    assertEquals(expected, bytes(store));
    Provenance provenance =
        store.provenance(RunKey.of(new FineTuning(), ENGINE, RUN)).orElseThrow();
    assertEquals(steps, provenance.sittings());
  }

  @Test
  void anInterruptedRunKeepsTheStepThatItWasTaking() throws IOException {
    String expected = unbroken();
    ResultStore store = store("interrupted").withCheckpointInterval(Duration.ofDays(1));
    Engine interrupting =
        DyingEngine.after(PRETRAINING + 2, ENGINE, () -> Thread.currentThread().interrupt());
    assertThrows(
        CancellationException.class,
        () -> runner(interrupting, store).run(new FineTuning(), List.of(RUN)));
    assertTrue(Files.exists(run(store).resolve("checkpoint.bin")));
    // Three steps are done: an engine that dies one step too early would be caught.
    Engine rest = DyingEngine.after(RUN.steps() - 3, ENGINE);
    runner(rest, store).run(new FineTuning(), List.of(RUN));
    assertEquals(expected, bytes(store));
  }

  @Test
  void aFinishedRunIsNotComputedAgain() throws IOException {
    ResultStore store = store("once");
    Table first = runner(ENGINE, store).run(new FineTuning(), List.of(RUN));
    Table second = runner(DyingEngine.after(0, ENGINE), store).run(new FineTuning(), List.of(RUN));
    assertEquals(first.print(100), second.print(100));
    assertEquals(first.types(), second.types());
    assertFalse(Files.exists(run(store).resolve("checkpoint.bin")));
  }

  @Test
  void damagedOrMissingFilesMeanTheRunIsComputedAgain() throws IOException {
    String expected = unbroken();
    ResultStore store = store("unbroken");
    Path run = run(store);
    Files.writeString(run.resolve("notes of mine.txt"), "foreign");
    for (String file : List.of("settings.json", "provenance.json", "result.csv")) {
      Files.delete(run.resolve(file));
      assertTrue(store.find(key(), FineTuningRow.class).isEmpty());
      runner(ENGINE, store).run(new FineTuning(), List.of(RUN));
      assertEquals(expected, bytes(store));
    }
    Files.writeString(run.resolve("result.csv"), expected.substring(0, expected.length() / 2));
    assertTrue(store.find(key(), FineTuningRow.class).isEmpty(), "cut off");
    runner(ENGINE, store).run(new FineTuning(), List.of(RUN));
    assertEquals(expected, bytes(store));
    Files.writeString(run.resolve("provenance.json"), "{");
    assertTrue(store.find(key(), FineTuningRow.class).isEmpty(), "no JSON");
    assertEquals("foreign", Files.readString(run.resolve("notes of mine.txt")));
  }

  @Test
  void aDamagedCheckpointMeansTheRunBeginsAfresh() throws IOException {
    String expected = unbroken();
    ResultStore store = store("damaged");
    assertThrows(
        DyingEngine.Death.class,
        () ->
            runner(DyingEngine.after(PRETRAINING + 3, ENGINE), store)
                .run(new FineTuning(), List.of(RUN)));
    Files.writeString(run(store).resolve("checkpoint.bin"), "UNROLSGD and no more");
    runner(ENGINE, store).run(new FineTuning(), List.of(RUN));
    assertEquals(expected, bytes(store));
    assertTrue(lines.stream().anyMatch(line -> line.contains("begins afresh")), lines::toString);
  }

  @Test
  void twoWritersComputeARunOnce() throws Exception {
    ResultStore store = store("two");
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
                tables.add(runner(ENGINE, store).run(new FineTuning(), List.of(RUN)));
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
    assertEquals(1, store.provenance(key()).orElseThrow().sittings());
  }

  @Test
  void aStoreThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    Runner runner = runner(ENGINE, new ResultStore(file.resolve("store")));
    Exception e =
        assertThrows(
            java.io.UncheckedIOException.class, () -> runner.run(new FineTuning(), List.of(RUN)));
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    assertTrue(e.getMessage().contains("UNROLLING_RESULTS"), e.getMessage());
  }

  private static RunKey key() {
    return RunKey.of(new FineTuning(), ENGINE, RUN);
  }

  private static Path run(ResultStore store) {
    return store.folder(key());
  }
}
