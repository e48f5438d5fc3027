package dev.unrolling.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ParallelTasksTest {

  @Test
  void allTasksRun() {
    AtomicInteger sum = new AtomicInteger();
    List<Runnable> tasks = List.of(() -> sum.addAndGet(1), () -> sum.addAndGet(2));
    ParallelTasks.run(1, tasks);
    ParallelTasks.run(2, tasks);
    assertEquals(6, sum.get());
  }

  @Test
  void aFailureInterruptsTheOthers() {
    AtomicBoolean interrupted = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    Runnable blocked =
        () -> {
          begun.countDown();
          try {
            Thread.sleep(60_000);
          } catch (InterruptedException stopped) {
            interrupted.set(true);
          }
        };
    Runnable failing =
        () -> {
          try {
            begun.await();
          } catch (InterruptedException unexpected) {
            return;
          }
          throw new IllegalStateException("second");
        };
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class, () -> ParallelTasks.run(2, List.of(blocked, failing)));
    assertEquals("second", thrown.getMessage());
    assertTrue(interrupted.get(), "the blocked task was not interrupted");
  }
}
