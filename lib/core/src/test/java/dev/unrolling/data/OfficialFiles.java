package dev.unrolling.data;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Small files in the official layouts, with real content, and archives of them. */
final class OfficialFiles {

  private OfficialFiles() {}

  /** Records of CIFAR-10's binary layout: label, pixels. */
  static byte[] cifar10(ImageDataset from, int first, int count) {
    byte[] bytes = new byte[count * 3073];
    for (int i = 0; i < count; i++) {
      bytes[i * 3073] = (byte) from.label(first + i);
      from.writeBytes(first + i, bytes, i * 3073 + 1);
    }
    return bytes;
  }

  /**
   * Records of CIFAR-100's binary layout: a made-up coarse label (the index mod 20), label, pixels.
   */
  static byte[] cifar100(ImageDataset from, int first, int count) {
    byte[] bytes = new byte[count * 3074];
    for (int i = 0; i < count; i++) {
      bytes[i * 3074] = (byte) (i % 20);
      bytes[i * 3074 + 1] = (byte) from.label(first + i);
      from.writeBytes(first + i, bytes, i * 3074 + 2);
    }
    return bytes;
  }

  /** A folder neg and pos of the first reviews of each label, numbered from 0. */
  static Path reviews(Path part, TextDataset from, int each) {
    int[] written = new int[2];
    for (int i = 0; i < from.size(); i++) {
      int label = from.label(i);
      if (written[label] < each) {
        String name = written[label] + (label == 0 ? "_2.txt" : "_9.txt");
        write(
            part.resolve(label == 0 ? "neg" : "pos").resolve(name),
            from.text(i).getBytes(StandardCharsets.UTF_8));
        written[label]++;
      }
    }
    return part;
  }

  /** A .tar.gz with the entries given. */
  static Path archive(Path file, Map<String, byte[]> entries) {
    try {
      Files.createDirectories(file.getParent());
      try (OutputStream raw = Files.newOutputStream(file);
          GZIPOutputStream packed = new GZIPOutputStream(raw);
          TarArchiveOutputStream tar = new TarArchiveOutputStream(packed)) {
        for (Map.Entry<String, byte[]> content : entries.entrySet()) {
          TarArchiveEntry entry = new TarArchiveEntry(content.getKey(), true);
          entry.setSize(content.getValue().length);
          tar.putArchiveEntry(entry);
          tar.write(content.getValue());
          tar.closeArchiveEntry();
        }
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file, its folder too. */
  static Path write(Path file, byte[] content) {
    try {
      Files.createDirectories(file.getParent());
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
