package dev.unrolling.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The sum over data as they were when they were first read, or last found right, in a small file
 * beside their folder. It tells what changed since, and saves reading or summing all of it anew. It
 * carries a check of its own: one that is damaged is as good as none.
 */
record RecordedSum(Path file, Consumer<String> progress) {

  private static final int SUM = 64;

  /** What was recorded; empty if nothing was, or nothing that can be trusted. */
  Optional<String> find() {
    try {
      if (Files.isRegularFile(file)) {
        String text = Files.readString(file).strip();
        String sum = text.substring(0, Math.min(SUM, text.length()));
        if (text.equals(sealed(sum))) {
          return Optional.of(sum);
        }
        progress.accept("reads the data anew: " + file + " is damaged");
      }
    } catch (IOException unreadable) {
      progress.accept("reads the data anew: " + FileErrors.failed(file, unreadable).getMessage());
    }
    return Optional.empty();
  }

  /**
   * Holds data against what was recorded; records the sum if nothing was.
   *
   * @param what was read, for the message
   * @throws DataException if they are not what they were
   */
  void check(Path what, String sum) {
    Optional<String> before = find();
    if (before.isPresent() && !before.get().equals(sum)) {
      throw new DataException(
          what
              + ": found other data than when it was first read (SHA-256 "
              + sum
              + ", expected "
              + before.get()
              + "); a file in it is damaged or another one. Put the right one back; or, if the data"
              + " were changed on purpose, delete "
              + file);
    }
    if (before.isEmpty()) {
      write(sum);
    }
  }

  /** Records a sum, in place of what was recorded; says so if that cannot be. */
  void write(String sum) {
    try {
      AtomicFile.clear(file);
      AtomicFile.write(
          file, out -> out.write((sealed(sum) + "\n").getBytes(StandardCharsets.UTF_8)));
    } catch (UncheckedIOException unwritable) {
      // Whoever may only read the data reads all of them each time.
      progress.accept("goes on without a record of the data: " + unwritable.getMessage());
    }
  }

  private static String sealed(String sum) {
    byte[] seal = Checksums.newDigest().digest(("sum " + sum).getBytes(StandardCharsets.UTF_8));
    return sum + " " + HexFormat.of().formatHex(seal);
  }
}
