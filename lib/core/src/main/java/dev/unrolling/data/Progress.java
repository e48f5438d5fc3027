package dev.unrolling.data;

import java.io.PrintStream;

/** Lines that say how far a long transfer is, at most one in five seconds. */
final class Progress {

  private static final long PAUSE = 5_000_000_000L;

  private final PrintStream out;
  private final String what;
  private long last = System.nanoTime();

  Progress(PrintStream out, String what) {
    this.out = out;
    this.what = what;
  }

  /** A line now. */
  void say(String message) {
    out.println(what + ": " + message);
    last = System.nanoTime();
  }

  /** A line if the last one is long enough ago. */
  void sayNowAndThen(String message) {
    if (System.nanoTime() - last >= PAUSE) {
      say(message);
    }
  }

  /** How much of how much, now and then. */
  void bytes(String doing, long done, long total) {
    sayNowAndThen(doing + " " + megabytes(done) + " of " + megabytes(total));
  }

  /** A number of bytes in units a person reads. */
  static String megabytes(long bytes) {
    return (bytes + 999_999) / 1_000_000 + " MB";
  }
}
