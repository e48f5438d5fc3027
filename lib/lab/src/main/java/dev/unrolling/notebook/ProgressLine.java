package dev.unrolling.notebook;

import java.io.PrintStream;
import java.util.Optional;

/** One line that changes while work goes on, at a bounded rate; not for several threads. */
final class ProgressLine {
  private static final long KERNEL_PAUSE = 250_000_000L;
  private static final long PRINT_PAUSE = 2_000_000_000L;

  private final Optional<Kernel> kernel;
  private final PrintStream out;
  private Optional<String> id = Optional.empty();
  private String waiting = "";
  private boolean begun;
  private long last;

  ProgressLine(Optional<Kernel> kernel, PrintStream out) {
    this.kernel = kernel;
    this.out = out;
  }

  void report(String text) {
    waiting = text;
    long pause = kernel.isPresent() ? KERNEL_PAUSE : PRINT_PAUSE;
    if (!begun || System.nanoTime() - last >= pause) {
      flush();
    }
  }

  /** Shows the last text reported, should it still wait. */
  void end() {
    flush();
  }

  private void flush() {
    if (waiting.isEmpty()) {
      return;
    }
    Output output = Output.html(waiting, Html.progress(waiting));
    boolean updated = id.isPresent() && kernel.orElseThrow().update(id.get(), output);
    if (!updated && !begun) {
      id = kernel.flatMap(one -> one.display(output));
      updated = id.isPresent();
    }
    if (!updated) {
      out.println(waiting);
    }
    begun = true;
    waiting = "";
    last = System.nanoTime();
  }
}
