package dev.unrolling.engine.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.RealData;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architectures;
import dev.unrolling.shutdown.Shutdown;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are stopped while they compute in LibTorch. */
class NativeScopeTest {

  @TempDir private Path folder;

  /** Where calls under way were not waited for, five such ends of five were a SIGSEGV. */
  @Test
  void aProcessStoppedInACallEndsInGoodOrder() throws Exception {
    assertEquals(List.of(), stopped("alone"));
  }

  /** What keeps a run's state calls LibTorch after the signal. */
  @Test
  void workComesToRestBeforeNativeCodeIsLeft() throws Exception {
    assertEquals(List.of("kept", "left"), stopped("work"));
  }

  @Test
  void aUsersHookThatWaitsForTheThreadThatComputesIsServed() throws Exception {
    assertEquals(List.of("kept"), stopped("hook"));
  }

  private List<String> stopped(String how) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-XX:ErrorFile=" + folder.resolve("crash.log"),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                Computing.class.getName(),
                how)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      assertEquals("computes", out.readLine());
      process.toHandle().destroy();
      List<String> said = out.lines().collect(Collectors.toList());
      assertTrue(process.waitFor(2, TimeUnit.MINUTES));
      assertEquals(143, process.exitValue(), said.toString());
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Takes products of a ResNet-20, or of four at once, until it is stopped. */
  static final class Computing {

    private static final AtomicInteger BEGUN = new AtomicInteger();
    private static volatile boolean goesOn = true;

    private Computing() {}

    /** Takes what waits for its end: nothing, work in its turn, or a hook. */
    public static void main(String[] how) throws InterruptedException {
      CountDownLatch kept = new CountDownLatch(1);
      Runnable rest =
          () -> {
            goesOn = false;
            try {
              kept.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          };
      if (how[0].equals("work")) {
        Shutdown.ofWork(rest);
        Shutdown.ofWork(
            () -> {
              throw new IllegalStateException("a fault of another's is told, and hinders nobody");
            });
        Shutdown.ofNativeCode(() -> System.out.println("left"));
      } else if (how[0].equals("hook")) {
        Runtime.getRuntime().addShutdownHook(new Thread(rest));
      }
      Batch batch = Batch.of(RealData.cifar10Test(), IntStream.range(0, 64).toArray());
      int count = how[0].equals("alone") ? 4 : 1;
      Engine engine = Engines.open("torch", "cpu", Precision.FLOAT32, 1);
      List<Thread> threads =
          IntStream.range(0, count)
              .mapToObj(i -> new Thread(() -> compute(engine, batch, count)))
              .toList();
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      System.out.println("kept");
      kept.countDown();
    }

    private static void compute(Engine engine, Batch batch, int threads) {
      try (Network network = engine.network(Architectures.named("resnet20", 10), 1);
          LinearOperator hessian =
              network.hessian(batch, Objective.crossEntropy(), Mode.EVALUATION);
          ParameterVector vector = network.weights()) {
        while (goesOn) {
          hessian.apply(vector).close();
          if (BEGUN.incrementAndGet() == threads) {
            System.out.println("computes");
          }
        }
        network.saveState();
      }
    }
  }
}
