package dev.unrolling.notebook;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** Where a notebook shows its results: below the cell of a kernel, or on a stream. */
final class Screen {

  private final Optional<Kernel> kernel;
  private final PrintStream out;
  private ProgressLine progress;

  Screen(Optional<Kernel> kernel, PrintStream out) {
    this.kernel = kernel;
    this.out = out;
    this.progress = new ProgressLine(kernel, out);
  }

  /** Tells how far the work is, in one line that changes. */
  synchronized void progress(String text) {
    progress.report(text);
  }

  /** Shows something, which ends the line of progress. */
  synchronized void show(Output output) {
    progress.end();
    progress = new ProgressLine(kernel, out);
    boolean shown = kernel.flatMap(one -> one.display(output)).isPresent();
    if (!shown) {
      out.println(output.plain());
    }
  }

  /** Shows facts in one line. */
  void facts(String name, List<String> facts) {
    show(Output.html(name + " · " + String.join(" · ", facts), Html.banner(name, facts)));
  }
}
