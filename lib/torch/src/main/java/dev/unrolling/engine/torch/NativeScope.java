package dev.unrolling.engine.torch;

import dev.unrolling.shutdown.Shutdown;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.bytedeco.javacpp.PointerScope;

/**
 * A stretch of calls to LibTorch by one thread: the tensors that it makes are freed at its end, and
 * until then the process does not end. Java ends a process without a look at threads in native
 * code, and one that computes with what LibTorch has by then torn down takes the process with it by
 * SIGSEGV.
 */
final class NativeScope extends PointerScope {

  /**
   * How long the end of the process waits for calls under way: all of it where a data set calls
   * {@link System#exit} while its examples are read, for its own call is one of them.
   */
  private static final long PATIENCE_SECONDS = 30;

  /**
   * How long new calls are kept out after that: the process has ended by then, unless a hook of the
   * user's calls, or waits for the thread that does.
   */
  private static final long CLOSED_SECONDS = 5;

  private static final ReadWriteLock DOOR = new ReentrantReadWriteLock();

  static {
    Shutdown.ofNativeCode(NativeScope::leave);
  }

  NativeScope() {
    DOOR.readLock().lock();
  }

  private static void leave() {
    CountDownLatch left = new CountDownLatch(1);
    Thread doorkeeper = new Thread(() -> keepClosed(left), "end of LibTorch");
    doorkeeper.setDaemon(true);
    doorkeeper.start();
    try {
      left.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void keepClosed(CountDownLatch left) {
    DOOR.writeLock().lock();
    try {
      left.countDown();
      TimeUnit.SECONDS.sleep(CLOSED_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      DOOR.writeLock().unlock();
    }
  }

  @Override
  public void close() {
    try {
      super.close();
    } finally {
      DOOR.readLock().unlock();
    }
  }
}
