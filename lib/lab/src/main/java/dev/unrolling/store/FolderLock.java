package dev.unrolling.store;

import dev.unrolling.data.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** One process, and one thread of it, at a time works in a folder; the lock ends with it. */
final class FolderLock implements AutoCloseable {

  private static final String NAME = ".lock";
  private static final int POLL_MILLISECONDS = 200;

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits until nobody else works in a folder.
   *
   * @param folder made if it is not there
   * @param waiting told once if there is somebody else
   * @throws UncheckedIOException if the folder cannot be made or written to
   * @throws CancellationException if interrupted
   */
  static FolderLock acquire(Path folder, Consumer<String> waiting) {
    boolean told = false;
    while (true) {
      Optional<FolderLock> lock = tryAcquire(folder);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (!told) {
        waiting.accept("waits: another process computes " + folder);
        told = true;
      }
      try {
        Thread.sleep(POLL_MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while another process computes " + folder);
      }
    }
  }

  private static Optional<FolderLock> tryAcquire(Path folder) {
    try {
      Files.createDirectories(folder);
      AtomicFile.clear(folder.resolve(NAME));
      FileChannel channel =
          FileChannel.open(
              folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      Optional<FileLock> lock = tryLock(channel);
      if (lock.isEmpty()) {
        channel.close();
      }
      return lock.map(held -> new FolderLock(channel));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write to "
              + folder
              + " ("
              + e
              + "); choose another folder for results with --store or "
              + ResultStore.VARIABLE,
          e);
    }
  }

  private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException anotherThread) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException ignored) {
      // The lock ends with the process at the latest.
    }
  }
}
