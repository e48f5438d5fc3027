package dev.unrolling.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** Takes the listed files, and only those, out of a .tar.gz. */
final class Archives {

  private static final String TREE_FILE = "[0-9A-Za-z_]+\\.txt";

  private Archives() {}

  /**
   * Unpacks what a source lists. An entry is written only if its whole name is a listed one, so no
   * name in an archive can lead outside the folder; none may be larger than listed.
   */
  static void unpack(Path archive, DataSource source, Path folder, Progress line)
      throws IOException {
    Map<String, DataSource.File> wanted = new HashMap<>();
    for (DataSource.File file : source.files()) {
      wanted.put(source.inside() + "/" + file.name(), file);
    }
    long done = 0;
    Files.createDirectories(folder);
    try (InputStream raw = Files.newInputStream(archive);
        GzipCompressorInputStream plain =
            new GzipCompressorInputStream(new java.io.BufferedInputStream(raw, 1 << 16));
        TarArchiveInputStream tar = new TarArchiveInputStream(plain)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String name = entry.getName();
        Optional<Long> limit = limit(name, source, wanted);
        if (limit.isEmpty() || !entry.isFile()) {
          continue;
        }
        if (entry.getSize() > limit.get()) {
          throw Reading.wrong(
              archive, name + " of " + entry.getSize() + " bytes", "at most " + limit.get());
        }
        Path target = folder.resolve(name.substring(source.inside().length() + 1));
        Files.createDirectories(target.getParent());
        done += copy(tar, target);
        line.sayNowAndThen("unpacked " + Progress.megabytes(done));
      }
    } catch (EOFException | ZipException e) {
      throw Reading.wrong(archive, "an archive cut short or damaged", "a whole .tar.gz", e);
    } catch (IOException e) {
      // The decompressor has no type of its own for damage; writing errors carry the system's text.
      String text = String.valueOf(e.getMessage());
      if (text.contains("Gzip")
          || text.contains("gzip")
          || text.contains("runcated")
          || text.contains("orrupted")
          || text.contains("header")) {
        throw Reading.wrong(archive, "no archive that can be read", "a whole .tar.gz", e);
      }
      throw e;
    }
  }

  private static Optional<Long> limit(
      String name, DataSource source, Map<String, DataSource.File> wanted) {
    DataSource.File file = wanted.get(name);
    if (file != null) {
      return Optional.of(file.size());
    }
    int slash = name.lastIndexOf('/');
    return source.trees().stream()
        .filter(
            tree ->
                slash >= 0
                    && name.substring(0, slash).equals(source.inside() + "/" + tree.name())
                    && name.substring(slash + 1).matches(TREE_FILE))
        .map(DataSource.Tree::largest)
        .findFirst();
  }

  /** Copies a stream to a new file and returns the number of bytes. */
  static long copy(InputStream in, Path target) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long copied = 0;
    try (OutputStream out = Files.newOutputStream(target)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("interrupted");
        }
        out.write(buffer, 0, read);
        copied += read;
      }
    }
    return copied;
  }
}
