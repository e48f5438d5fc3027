package dev.unrolling.weights;

import dev.unrolling.data.AtomicFile;
import dev.unrolling.data.FileErrors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The format {@code .npz}: a zip of {@link Npy} arrays. ND4J's own reader is not used: it fails on
 * compressed archives and single numbers, and reads past the end of an array that is cut off.
 */
final class Npz {

  private static final String ENDING = ".npy";

  /** The same bytes whenever they are written; the first time that a zip can state. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Npz() {}

  static Map<String, Tensor> read(Path file) {
    FileErrors.requireFile(file);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      List<? extends ZipEntry> entries = zip.stream().toList();
      for (ZipEntry entry : entries) {
        if (!entry.getName().endsWith(ENDING)) {
          throw WeightFiles.damaged(file, entry.getName() + " in the archive", ".npy arrays only");
        }
        String name = entry.getName().substring(0, entry.getName().length() - ENDING.length());
        if (tensors.put(name, tensor(file, zip, entry)) != null) {
          throw WeightFiles.damaged(file, "array \"" + name + "\" twice", "each name once");
        }
      }
      return tensors;
    } catch (ZipException e) {
      throw WeightFiles.damaged(file, "no zip that can be read (" + e.getMessage() + ")", "a .npz");
    } catch (IOException e) {
      throw FileErrors.failed(file, e);
    }
  }

  private static Tensor tensor(Path file, ZipFile zip, ZipEntry entry) throws IOException {
    CRC32 sum = new CRC32();
    try (CheckedInputStream in = new CheckedInputStream(zip.getInputStream(entry), sum)) {
      Tensor tensor = Npy.read(in, entry.getSize());
      if (sum.getValue() != entry.getCrc()) {
        throw new Npy.MalformedException(
            String.format("a checksum of %08x", sum.getValue()),
            String.format("%08x", entry.getCrc()));
      }
      return tensor;
    } catch (Npy.MalformedException e) {
      throw WeightFiles.damaged(file, e.found() + " in " + entry.getName(), e.expected());
    }
  }

  static void write(Path file, Map<String, Tensor> tensors) {
    tensors.forEach((name, tensor) -> Npy.header(name, tensor));
    AtomicFile.write(
        file,
        out -> {
          try (ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
              byte[] header = Npy.header(entry.getKey(), entry.getValue());
              byte[] values = entry.getValue().bytes();
              CRC32 sum = new CRC32();
              sum.update(header);
              sum.update(values);
              ZipEntry stored = new ZipEntry(entry.getKey() + ENDING);
              stored.setTimeLocal(TIME);
              stored.setMethod(ZipEntry.STORED);
              stored.setSize((long) header.length + values.length);
              stored.setCrc(sum.getValue());
              zip.putNextEntry(stored);
              zip.write(header);
              zip.write(values);
              zip.closeEntry();
            }
          }
        });
  }
}
