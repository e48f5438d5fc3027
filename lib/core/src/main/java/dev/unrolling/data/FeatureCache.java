package dev.unrolling.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

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
  private final Consumer<String> progress;
  private final Map<String, float[]> vectors = new HashMap<>();

  /**
   * Reads what is there.
   *
   * @param root folder of the data cache
   * @param encoder whose vectors these are
   * @param progress told in a line of each file that cannot be used
   */
  FeatureCache(Path root, TextEncoder encoder, Consumer<String> progress) {
    this.folder = root.resolve("features").resolve(encoder.key());
    this.width = encoder.width();
    this.progress = progress;
    if (!Files.exists(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
      for (Path file : files) {
        read(file);
      }
    } catch (IOException | DirectoryIteratorException e) {
      progress.accept("encodes again: " + folder + " cannot be read (" + e + ")");
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

  /** Keeps some vectors in a file of their own; says so if that cannot be, and holds them here. */
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
    vectors.putAll(some);
    try {
      AtomicFile.clear(target);
      AtomicFile.write(target, out -> out.write(content.array()));
    } catch (UncheckedIOException e) {
      progress.accept(
          "goes on without keeping features: "
              + e.getMessage()
              + "; "
              + DataCache.VARIABLE
              + " names another folder");
    }
  }

  private void read(Path file) {
    byte[] content;
    try {
      content = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[1];
    } catch (IOException e) {
      progress.accept("encodes again: " + FileErrors.failed(file, e).getMessage());
      return;
    }
    if (content.length % recordBytes() != 0
        || !file.getFileName().toString().equals(nameOf(content))) {
      progress.accept("encodes again: " + file + " is damaged");
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
