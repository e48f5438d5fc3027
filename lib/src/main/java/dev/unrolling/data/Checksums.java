package dev.unrolling.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

/** Sizes and SHA-256 sums of files. */
final class Checksums {

  private Checksums() {}

  /** Checks that a folder holds what its source lists, byte for byte where there is a sum. */
  static void check(DataSource source, Path folder) {
    for (DataSource.File file : source.files()) {
      Reading.requireSize(folder.resolve(file.name()), file.size());
    }
    for (DataSource.File file : source.files()) {
      require(folder.resolve(file.name()), file.size(), file.sha256());
    }
    for (DataSource.Tree tree : source.trees()) {
      Path place = folder.resolve(tree.name());
      long found = count(place);
      if (found != tree.count()) {
        throw Reading.wrong(place, found + " files", tree.count() + " files");
      }
    }
  }

  /** Checks one file's size and sum. */
  static void require(Path file, long size, String sha256) {
    Reading.requireSize(file, size);
    try {
      String found = sha256(file);
      if (!found.equals(sha256)) {
        throw Reading.wrong(file, "SHA-256 " + found, sha256);
      }
    } catch (IOException e) {
      throw Reading.failed(file, e);
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

  /** A SHA-256 digest; every Java platform has one. */
  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long count(Path folder) {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    } catch (IOException e) {
      throw Reading.failed(folder, e);
    }
  }
}
