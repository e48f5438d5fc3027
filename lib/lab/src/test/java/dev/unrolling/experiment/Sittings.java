package dev.unrolling.experiment;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unrolling.data.RealData;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import dev.unrolling.store.ResultStore;
import dev.unrolling.store.RunKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import tech.tablesaw.api.Table;

/**
 * One run on real pictures, in one sitting or in several.
 *
 * @param folder of the stores
 * @param progress told how far a run is
 */
public record Sittings<S extends Record>(
    Computation<S, ?> computation, S settings, Path folder, Consumer<String> progress) {

  public static final Engine ENGINE =
      Engines.open("torch", "cpu", Precision.FLOAT32).withThreads(1);

  /** Real pictures, read when first asked for. */
  public static DataSets data() {
    return Pictures.DATA;
  }

  private static final class Pictures {
    private static final DataSets DATA =
        DataSets.only(RealData.cifar10Train(), RealData.cifar10Test());
  }

  /** A store that keeps the state at every step. */
  public ResultStore store(String name) {
    return new ResultStore(folder.resolve(name)).withCheckpointInterval(Duration.ZERO);
  }

  public Table run(Engine engine, ResultStore store) {
    return new Runner(engine, data(), progress)
        .withStore(store)
        .run(computation, List.of(settings));
  }

  public RunKey key() {
    return computation.key(ENGINE, data(), settings);
  }

  public Path run(ResultStore store) {
    return store.folder(key());
  }

  public String bytes(ResultStore store) throws IOException {
    return Files.readString(run(store).resolve("result.csv"));
  }

  /** The result of a run in one sitting. */
  public String unbroken() throws IOException {
    ResultStore store = store("unbroken");
    run(ENGINE, store);
    return bytes(store);
  }

  /** How many steps a run takes in one sitting. */
  public int steps() {
    return steps(store("counted"));
  }

  /** How many steps are left of a run, which is then finished. */
  public int steps(ResultStore store) {
    AtomicInteger count = new AtomicInteger();
    run(DyingEngine.watched(ENGINE, step -> count.incrementAndGet()), store);
    return count.get();
  }

  /** A sitting that ends by a kill before a step, counted from 0 in this sitting. */
  public void killBefore(int step, ResultStore store) {
    assertThrows(
        DyingEngine.Death.class, () -> run(DyingEngine.after(step, ENGINE), store), "step " + step);
  }

  /** A sitting that is interrupted before a step. */
  public void interruptBefore(int step, ResultStore store) {
    Engine engine = DyingEngine.after(step, ENGINE, () -> Thread.currentThread().interrupt());
    assertThrows(CancellationException.class, () -> run(engine, store), "step " + step);
  }

  /** As many sittings as it takes, each killed after one step; gives their number. */
  public int oneStepEach(ResultStore store) {
    int atMost = steps();
    for (int sittings = 1; sittings <= atMost; sittings++) {
      try {
        run(DyingEngine.after(1, ENGINE), store);
        return sittings;
      } catch (DyingEngine.Death dead) {
        // The next sitting goes on.
      }
    }
    throw new AssertionError("not finished after " + atMost + " sittings of a step each");
  }
}
