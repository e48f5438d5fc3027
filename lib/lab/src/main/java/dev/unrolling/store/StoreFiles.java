package dev.unrolling.store;

import dev.unrolling.data.AtomicFile;
import dev.unrolling.training.saved.SavedRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes the files of a {@link ResultStore}, whole or not at all. What stands in a file's place and
 * is none is moved aside.
 */
public final class StoreFiles {

  private StoreFiles() {}

  /**
   * Writes a text.
   *
   * @throws UncheckedIOException naming cause, file and way out; what stood there stands there
   *     still
   */
  static void write(Path file, String text) {
    AtomicFile.clear(file);
    try {
      AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    } catch (UncheckedIOException e) {
      throw unwritten(e.getMessage(), e.getCause());
    }
  }

  /**
   * Writes a state in place of an earlier one.
   *
   * @throws UncheckedIOException naming cause, file and way out; the earlier state is kept
   */
  public static void keep(SavedRun state, Path file) {
    AtomicFile.clear(file);
    try {
      state.save(file);
    } catch (IOException e) {
      throw unwritten(e.getMessage(), e);
    }
  }

  private static UncheckedIOException unwritten(String message, IOException cause) {
    return new UncheckedIOException(
        message
            + "; mend that and give the same command again: it goes on from what was kept. Or choose"
            + " another folder for results with --store or "
            + ResultStore.VARIABLE,
        cause);
  }
}
