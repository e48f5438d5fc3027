package dev.unrolling.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The vectors of an encoder that are kept on disk, by the SHA-256 sum of their text. A file holds
 * some of them and is named by the sum of its content: a damaged one is known by its name and not
 * used. Files are written aside and renamed, so two processes may write at once.
 */
final class FeatureCache {

  private static final String ENDING = ".features";
  private static final int SUM_BYTES = 32;

  private final Path folder;
  private final int width;
  private final Map<String, float[]> vectors = new HashMap<>();

  /**
   * Reads what is there.
   *
   * @param root folder of the data cache
   * @param encoder whose vectors these are
   */
  FeatureCache(Path root, TextEncoder encoder) {
    this.folder = root.resolve("features").resolve(encoder.key());
    this.width = encoder.width();
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
      for (Path file : files) {
        read(file);
      }
    } catch (IOException e) {
      throw Reading.failed(folder, e);
    }
  }

  /** The sum that names a text. */
  static String sum(String text) {
    return HexFormat.of()
        .formatHex(Checksums.newDigest().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The vector of a text, not to be changed. */
  Optional<float[]> find(String sum) {
    return Optional.ofNullable(vectors.get(sum));
  }

  /** Keeps some vectors in a file of their own. */
  void put(Map<String, float[]> some) {
    ByteBuffer content = ByteBuffer.allocate(some.size() * recordBytes());
    some.forEach(
        (sum, vector) -> {
          content.put(HexFormat.of().parseHex(sum));
          for (float value : vector) {
            content.putFloat(value);
          }
        });
    Path target = folder.resolve(nameOf(content.array()));
    try {
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, "writing", ".part");
      try {
        Files.write(part, content.array());
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new DataException(
          "features cannot be kept in "
              + folder
              + " ("
              + Reading.describe(e)
              + "); make it writable and check the disk's room, or set "
              + DataCache.VARIABLE
              + " to another folder",
          e);
    }
    vectors.putAll(some);
  }

  private void read(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    if (content.length % recordBytes() != 0
        || !file.getFileName().toString().equals(nameOf(content))) {
      return;
    }
    ByteBuffer buffer = ByteBuffer.wrap(content);
    byte[] sum = new byte[SUM_BYTES];
    while (buffer.hasRemaining()) {
      buffer.get(sum);
      float[] vector = new float[width];
      for (int i = 0; i < width; i++) {
        vector[i] = buffer.getFloat();
      }
      vectors.put(HexFormat.of().formatHex(sum), vector);
    }
  }

  private int recordBytes() {
    return SUM_BYTES + width * Float.BYTES;
  }

  private static String nameOf(byte[] content) {
    return HexFormat.of().formatHex(Checksums.newDigest().digest(content)).substring(0, 32)
        + ENDING;
  }
}
