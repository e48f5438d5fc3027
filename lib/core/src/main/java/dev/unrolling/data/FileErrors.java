package dev.unrolling.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What loaders say when a file is not what it should be. */
public final class FileErrors {

  private FileErrors() {}

  /** An error that names file, found and expected, and the way out. */
  static DataException wrong(Path file, String found, String expected) {
    return wrong(file, found, expected, null);
  }

  /** The same with what caused it. */
  static DataException wrong(Path file, String found, String expected, Throwable cause) {
    return new DataException(
        file
            + ": found "
            + found
            + ", expected "
            + expected
            + "; the file is damaged or another one. Nothing was changed: move "
            + file.getFileName()
            + " away and put the right one there, or move the whole folder away and run again to"
            + " fetch it anew",
        cause);
  }

  /** An error of the operating system while reading. */
  public static DataException failed(Path file, IOException cause) {
    return new DataException(
        file + " cannot be read (" + describe(cause) + "); check that it is there and readable",
        cause);
  }

  /** The cause in a few words: an exception of the file system says little by its message alone. */
  static String describe(IOException cause) {
    String type = cause.getClass() == IOException.class ? "" : cause.getClass().getSimpleName();
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    if (cause.getMessage() == null && cause.getCause() != null) {
      Throwable root = cause.getCause();
      while (root.getMessage() == null && root.getCause() != null) {
        root = root.getCause();
      }
      message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
    return type.isEmpty() ? message : type + ": " + message;
  }

  /** Whether a file is none of the data but what systems leave in folders: .DS_Store, ._1_2.txt. */
  static boolean isLeftover(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") || name.equals("Thumbs.db") || name.equals("desktop.ini");
  }

  /** Checks that a file is there and has the size it must have. */
  static void requireSize(Path file, long expected) {
    long found = requireFile(file);
    if (found != expected) {
      throw wrong(file, found + " bytes", expected + " bytes");
    }
  }

  /** Checks that a file is there and not empty, and returns its size in bytes. */
  public static long requireFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new DataException(
          file
              + ": found "
              + (Files.exists(file) ? "no regular file" : "nothing")
              + ", expected a data file; put it there, or name the folder that holds it");
    }
    try {
      long size = Files.size(file);
      if (size == 0) {
        throw wrong(file, "an empty file", "data");
      }
      return size;
    } catch (IOException e) {
      throw failed(file, e);
    }
  }
}
