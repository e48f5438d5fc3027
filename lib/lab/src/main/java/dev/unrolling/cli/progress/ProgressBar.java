package dev.unrolling.cli.progress;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shows lines of progress: on a terminal one line that changes, with a bar, the rate and the time
 * left wherever the line counts steps; otherwise a plain line now and then.
 */
public final class ProgressBar implements Consumer<String>, AutoCloseable {

  private static final Pattern STEPS = Pattern.compile("(.*), step (\\d+) of (\\d+)(.*)");
  private static final int WIDTH = 24;
  private static final long TERMINAL_PAUSE = 100_000_000L;
  private static final long PLAIN_PAUSE = 10_000_000_000L;

  /** Where the counting of a stretch of work began. */
  private record Beginning(long time, int step) {}

  private final PrintStream out;
  private final boolean terminal;
  private final Map<String, Beginning> beginnings = new HashMap<>();
  private long last = Long.MIN_VALUE / 2;
  private int shown;

  /**
   * Progress on a stream, which stays open.
   *
   * @param terminal whether a line may be written over
   */
  public ProgressBar(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Progress on standard error, which is a terminal where there is a console. */
  public static ProgressBar onStandardError() {
    return new ProgressBar(System.err, System.console() != null);
  }

  @Override
  public synchronized void accept(String line) {
    long now = System.nanoTime();
    Matcher steps = STEPS.matcher(line);
    boolean counts = steps.matches();
    String text = counts ? counted(steps, now) : line;
    if (counts && now - last < (terminal ? TERMINAL_PAUSE : PLAIN_PAUSE)) {
      return;
    }
    last = now;
    if (terminal) {
      out.print("\r" + text + " ".repeat(Math.max(0, shown - text.length())));
      shown = text.length();
    } else {
      out.println(text);
    }
    out.flush();
  }

  private String counted(Matcher steps, long now) {
    String what = steps.group(1);
    int done = Integer.parseInt(steps.group(2));
    int of = Integer.parseInt(steps.group(3));
    Beginning begun = beginnings.computeIfAbsent(what, key -> new Beginning(now, done));
    double seconds = 1e-9 * (now - begun.time);
    String rate = "";
    if (done > begun.step && seconds > 0) {
      double perSecond = (done - begun.step) / seconds;
      rate =
          String.format(
              Locale.ROOT, ", %.3g steps/s, %s left", perSecond, clock((of - done) / perSecond));
    }
    int filled = of == 0 ? WIDTH : (int) ((long) WIDTH * done / of);
    String bar = terminal ? "[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " : "";
    return bar + what + ", step " + done + " of " + of + steps.group(4) + rate;
  }

  private static String clock(double seconds) {
    long whole = Math.round(seconds);
    return whole >= 3600
        ? String.format(Locale.ROOT, "%d:%02d h", whole / 3600, whole / 60 % 60)
        : String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60);
  }

  @Override
  public synchronized void close() {
    if (terminal && shown > 0) {
      out.println();
      shown = 0;
    }
  }
}
