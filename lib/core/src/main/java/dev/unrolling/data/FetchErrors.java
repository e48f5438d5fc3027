package dev.unrolling.data;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Locale;

/** What a fetch says when the machine, not the data, is the trouble. */
final class FetchErrors {

  private FetchErrors() {}

  /** Turns an error of the operating system into one line with a way out. */
  static DataException explain(DataDescriptor data, Path root, IOException cause) {
    if (cause instanceof InterruptedIOException) {
      return new DataException(
          "fetching "
              + data.title()
              + " was interrupted; nothing half-written was left in "
              + root
              + ", run it again",
          cause);
    }
    String text = FileErrors.describe(cause);
    if (isFull(text)) {
      return new DataException(
          "the disk of "
              + root
              + " is full; nothing half-written was left: free some space, or set "
              + DataCache.VARIABLE
              + " to a folder on another disk",
          cause);
    }
    return new DataException(
        data.title()
            + " could not be put into "
            + root
            + " ("
            + text
            + "); check that the folder can be written, or set "
            + DataCache.VARIABLE
            + " to another",
        cause);
  }

  /** Whether a message of the system or of npm says that the disk is full. */
  static boolean isFull(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("no space left")
        || lower.contains("enospc")
        || lower.contains("not enough space")
        || lower.contains("quota exceeded");
  }

  /**
   * Bytes that may be written in a folder; as many as there can be where the system does not tell.
   * Asked of the folder itself: its file store is looked up among mount points, and in a changed
   * root there is none.
   */
  static long usableSpace(Path root) {
    File folder = root.toFile();
    return folder.getTotalSpace() == 0 ? Long.MAX_VALUE : folder.getUsableSpace();
  }

  /** Refuses to begin what cannot end. */
  static void requireSpace(DataDescriptor data, Path root, long bytes) {
    long free = usableSpace(root);
    if (free < bytes) {
      throw new DataException(
          data.title()
              + " needs "
              + Progress.megabytes(bytes)
              + " in "
              + root
              + " while it is fetched, and only "
              + Progress.megabytes(free)
              + " are free; free some space, or set "
              + DataCache.VARIABLE
              + " to a folder on another disk");
    }
  }
}
