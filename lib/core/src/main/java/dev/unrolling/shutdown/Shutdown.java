package dev.unrolling.shutdown;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is to happen when the process ends, by Ctrl-C, by a termination signal or by {@link
 * System#exit}. Java runs its hooks all at once; here work that is under way comes to rest first,
 * and native code that it calls is left after that.
 */
public final class Shutdown {

  private static final Set<Runnable> WORK = ConcurrentHashMap.newKeySet();
  private static final Set<Runnable> NATIVE_CODE = ConcurrentHashMap.newKeySet();

  static {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(Shutdown::end, "shutdown"));
    } catch (IllegalStateException ending) {
      // The process ends already, and nothing that is begun now is waited for.
    }
  }

  private Shutdown() {}

  /**
   * Has work brought to rest before native code is left.
   *
   * @param rest brings it to rest and waits for it, not for ever; the end of the process waits too
   */
  public static void ofWork(Runnable rest) {
    WORK.add(rest);
  }

  /** Takes back what {@link #ofWork} was given, the same object. */
  public static void forget(Runnable rest) {
    WORK.remove(rest);
  }

  /**
   * Has native code left when all work has come to rest.
   *
   * @param leave waits for calls under way, not for ever
   */
  public static void ofNativeCode(Runnable leave) {
    NATIVE_CODE.add(leave);
  }

  private static void end() {
    atOnce(WORK);
    atOnce(NATIVE_CODE);
  }

  /** Each on a thread of its own, so that none waits for another, or for one that fails. */
  private static void atOnce(Set<Runnable> all) {
    List<Thread> threads = all.stream().map(one -> new Thread(one, "shutdown")).toList();
    threads.forEach(Thread::start);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
