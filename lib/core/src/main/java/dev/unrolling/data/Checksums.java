package dev.unrolling.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** Sizes and sums of files: SHA-256, and CRC-32 of what had the right SHA-256 before. */
public final class Checksums {

  private Checksums() {}

  /**
   * What is not as it should be.
   *
   * @param file or folder
   * @param found in a few words
   * @param expected in a few words
   */
  record Difference(Path file, String found, String expected) {}

  /** The first thing in a folder that is not what its source lists, sizes before sums. */
  static Optional<Difference> difference(DataSource source, Path folder) throws IOException {
    return difference(source, folder, false);
  }

  private static Optional<Difference> difference(
      DataSource source, Path folder, boolean sumsAreRight) throws IOException {
    for (DataSource.File file : source.files()) {
      Path place = folder.resolve(file.name());
      String found = Files.isRegularFile(place) ? Files.size(place) + " bytes" : "nothing";
      if (!found.equals(file.size() + " bytes")) {
        return Optional.of(new Difference(place, found, file.size() + " bytes"));
      }
    }
    for (DataSource.File file : sumsAreRight ? List.<DataSource.File>of() : source.files()) {
      Path place = folder.resolve(file.name());
      String found = sha256(place);
      if (!found.equals(file.sha256())) {
        return Optional.of(new Difference(place, "SHA-256 " + found, "SHA-256 " + file.sha256()));
      }
    }
    for (DataSource.Tree tree : source.trees()) {
      Path place = folder.resolve(tree.name());
      long found = count(place);
      if (found != tree.count()) {
        return Optional.of(new Difference(place, found + " files", tree.count() + " files"));
      }
    }
    return Optional.empty();
  }

  /** Checks the sizes and sums of a folder. */
  static void require(DataSource source, Path folder) throws IOException {
    require(difference(source, folder));
  }

  /**
   * As there, but files that are as they were when they last had the right SHA-256 are not summed
   * again by it but by CRC-32, which takes far less time where the JVM has no optimizing compiler.
   * That tells damage, not intent; without the record all is summed.
   *
   * @param record file that tells how they were; where it cannot be kept, all is summed each time
   */
  static void require(DataSource source, Path folder, Path record) throws IOException {
    RecordedSum right = new RecordedSum(record, line -> {});
    String now = fast(source, folder);
    boolean isAsBefore = right.find().equals(Optional.of(now));
    require(difference(source, folder, isAsBefore));
    if (!isAsBefore && !source.files().isEmpty()) {
      right.write(now);
    }
  }

  private static void require(Optional<Difference> difference) {
    if (difference.isPresent()) {
      Difference found = difference.get();
      throw FileErrors.wrong(found.file(), found.found(), found.expected());
    }
  }

  /** Checks one file's size and sum. */
  static void require(Path file, long size, String sha256) throws IOException {
    FileErrors.requireSize(file, size);
    String found = sha256(file);
    if (!found.equals(sha256)) {
      throw FileErrors.wrong(file, "SHA-256 " + found, "SHA-256 " + sha256);
    }
  }

  /**
   * What tells the content of a folder's files from nearly all others: the SHA-256 of a list of the
   * CRC-32 of each that is there, beside what is expected of it.
   */
  private static String fast(DataSource source, Path folder) throws IOException {
    StringBuilder list = new StringBuilder();
    for (DataSource.File file : source.files()) {
      Path place = folder.resolve(file.name());
      CRC32 crc = new CRC32();
      if (Files.isRegularFile(place)) {
        read(place, crc::update);
      }
      list.append(crc.getValue()).append(' ').append(file).append('\n');
    }
    return sha256(list.toString());
  }

  /** The SHA-256 sum of a file in lower-case hexadecimal. */
  static String sha256(Path file) throws IOException {
    MessageDigest digest = newDigest();
    read(file, digest::update);
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Takes some bytes. */
  private interface Sink {
    void take(byte[] buffer, int offset, int length);
  }

  private static void read(Path file, Sink sink) throws IOException {
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("interrupted");
        }
        sink.take(buffer, 0, read);
      }
    }
  }

  /** The SHA-256 sum of a text in UTF-8, in lower-case hexadecimal. */
  public static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The SHA-256 sum of bytes in lower-case hexadecimal. */
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(newDigest().digest(bytes));
  }

  /** A SHA-256 digest; every Java platform has one. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long count(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !FileErrors.isLeftover(file)).count();
    }
  }
}
