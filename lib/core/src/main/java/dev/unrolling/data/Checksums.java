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
import java.util.Optional;
import java.util.stream.Stream;

/** Sizes and SHA-256 sums of files. */
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
    for (DataSource.File file : source.files()) {
      Path place = folder.resolve(file.name());
      String found = Files.isRegularFile(place) ? Files.size(place) + " bytes" : "nothing";
      if (!found.equals(file.size() + " bytes")) {
        return Optional.of(new Difference(place, found, file.size() + " bytes"));
      }
    }
    for (DataSource.File file : source.files()) {
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

  /** Checks one file's size and sum. */
  static void require(DataSource source, Path folder) throws IOException {
    Optional<Difference> difference = difference(source, folder);
    if (difference.isPresent()) {
      Difference found = difference.get();
      throw FileErrors.wrong(found.file(), found.found(), found.expected());
    }
  }

  static void require(Path file, long size, String sha256) throws IOException {
    FileErrors.requireSize(file, size);
    String found = sha256(file);
    if (!found.equals(sha256)) {
      throw FileErrors.wrong(file, "SHA-256 " + found, "SHA-256 " + sha256);
    }
  }

  /** The SHA-256 sum of a file in lower-case hexadecimal. */
  static String sha256(Path file) throws IOException {
    MessageDigest digest = newDigest();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("interrupted");
        }
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
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
