package dev.unrolling.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes a file whole or not at all, with the rights that the user's umask leaves a new file. The
 * one way in which this library writes what it keeps.
 */
public final class AtomicFile {

  /** Writes the content. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  private static final AtomicLong COUNT = new AtomicLong();

  /** Names of half-written files, today's and those of version 0.1. */
  private static final String PART = "\\..+\\.\\d+-\\d+\\.part|(checkpoint|state)\\.bin\\d+\\.part";

  private AtomicFile() {}

  /**
   * Writes beside the file, then renames over it.
   *
   * @param file its folder is made if it is not there
   * @throws UncheckedIOException naming the file and the cause; what stood there stands there still
   */
  public static void write(Path file, Content content) {
    Path folder = file.toAbsolutePath().getParent();
    // Two threads may write one file at once, as two processes may.
    String ending = "." + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + ".part";
    Path part = folder.resolve("." + file.getFileName() + ending);
    try {
      try {
        Files.createDirectories(folder);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
          content.writeTo(out);
        }
        move(part, file);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot write " + file + ": " + why(failure, folder), failure);
    }
  }

  /**
   * Moves out of the way what stands in a file's place and is none: a folder, a device, a link that
   * leads nowhere. It is renamed, not changed; {@code result.csv} becomes {@code
   * result.csv.away-1}.
   *
   * @return where it lies now, or nothing if the place is free or holds a file
   */
  public static Optional<Path> clear(Path file) {
    boolean isThere = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    return isThere && !Files.isRegularFile(file) ? Optional.of(moveAside(file)) : Optional.empty();
  }

  /** Renames a file or folder to one with an ending {@code .away-N}; gives its new name. */
  public static Path moveAside(Path file) {
    for (int number = 1; ; number++) {
      Path aside = file.resolveSibling(file.getFileName() + ".away-" + number);
      if (!Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
        try {
          return Files.move(file, aside);
        } catch (NoSuchFileException goneMeanwhile) {
          return aside;
        } catch (IOException e) {
          throw new UncheckedIOException("cannot move " + file + " out of the way: " + e, e);
        }
      }
    }
  }

  /**
   * Deletes what processes that were killed while writing have left in a folder. Only for who has
   * the folder to himself.
   */
  public static void sweep(Path folder) throws IOException {
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "*.part")) {
      for (Path part : parts) {
        if (part.getFileName().toString().matches(PART)) {
          Files.deleteIfExists(part);
        }
      }
    }
  }

  private static String why(IOException failure, Path folder) {
    String cause = FileErrors.describe(failure);
    String rest = "; nothing half-written was left, and what stood there stands there still";
    return FetchErrors.isFull(cause)
        ? "the disk is full (" + cause + ")" + rest
        : cause + "; is there space, and may this user write to " + folder + "?" + rest;
  }

  private static void move(Path part, Path file) throws IOException {
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException unsupported) {
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
