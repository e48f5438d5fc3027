package dev.unrolling.data;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
   *
   * @throws Damaged if the archive is not whole
   */
  static void unpack(Path archive, DataSource source, Path folder, Progress line)
      throws IOException {
    Map<String, DataSource.File> wanted = new HashMap<>();
    for (DataSource.File file : source.files()) {
      wanted.put(source.inside() + "/" + file.name(), file);
    }
    long done = 0;
    Files.createDirectories(folder);
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
        TarArchiveInputStream tar = open(raw)) {
      InputStream content = damageNamed(tar);
      for (Optional<TarArchiveEntry> next = next(tar); next.isPresent(); next = next(tar)) {
        String name = next.get().getName();
        Optional<Long> limit = limit(name, source, wanted);
        if (limit.isEmpty() || !next.get().isFile()) {
          continue;
        }
        if (next.get().getSize() > limit.get()) {
          throw new Damaged(
              name + " of " + next.get().getSize() + " bytes, more than " + limit.get());
        }
        Path target = folder.resolve(name.substring(source.inside().length() + 1));
        Files.createDirectories(target.getParent());
        done += copy(content, target);
        line.sayNowAndThen("unpacked " + Progress.megabytes(done));
      }
    }
  }

  /** The archive, not the machine, is the trouble. */
  static final class Damaged extends IOException {
    private static final long serialVersionUID = 1;

    private Damaged(String message) {
      super(message);
    }

    private Damaged(Exception cause) {
      super("an archive cut short or damaged", cause);
    }
  }

  private static TarArchiveInputStream open(InputStream raw) throws Damaged {
    try {
      return new TarArchiveInputStream(new GzipCompressorInputStream(raw));
    } catch (IOException e) {
      throw new Damaged(e);
    }
  }

  private static Optional<TarArchiveEntry> next(TarArchiveInputStream tar) throws Damaged {
    try {
      return Optional.ofNullable(tar.getNextEntry());
    } catch (IOException | IllegalArgumentException e) {
      throw new Damaged(e);
    }
  }

  /** Tells damage in the archive, met on reading, from a full disk, met on writing. */
  private static InputStream damageNamed(InputStream content) {
    return new FilterInputStream(content) {
      @Override
      public int read(byte[] buffer, int offset, int length) throws Damaged {
        try {
          return super.read(buffer, offset, length);
        } catch (IOException e) {
          throw new Damaged(e);
        }
      }
    };
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
