package dev.unrolling.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * A folder of its own for one fetch, inside the cache so that a rename suffices in the end; gone
 * when closed, and when the Java machine is stopped by a signal.
 */
final class Workspace implements AutoCloseable {

  private static final String PREFIX = ".fetch-";
  private static final Duration ABANDONED = Duration.ofDays(1);

  private static final int TRIES = 40;

  private final Path folder;
  private final AtomicReference<Optional<Process>> helper = new AtomicReference<>(Optional.empty());
  private final AtomicBoolean abandoned = new AtomicBoolean();
  private final Thread onShutdown = new Thread(this::abandon);

  private Workspace(Path folder) {
    this.folder = folder;
    Runtime.getRuntime().addShutdownHook(onShutdown);
  }

  /** A new one; those left by processes that were killed a day ago or more are removed. */
  static Workspace in(Path root, String name) throws IOException {
    removeAbandoned(root);
    return new Workspace(Files.createTempDirectory(root, PREFIX + name + "-"));
  }

  Path folder() {
    return folder;
  }

  /** Whether the Java machine is being stopped, so that what is missing here is no wonder. */
  boolean isAbandoned() {
    return abandoned.get();
  }

  /** Names the process that writes here, so that it ends with the Java machine. */
  void servedBy(Process process) {
    helper.set(Optional.of(process));
  }

  /** Moves a finished folder to its place in one step; one that came there first is left. */
  void publish(Path finished, Path target) throws IOException {
    try {
      Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw e;
    } catch (IOException e) {
      if (!Files.isDirectory(target)) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    delete(folder);
    try {
      Runtime.getRuntime().removeShutdownHook(onShutdown);
    } catch (IllegalStateException e) {
      // The machine is shutting down: the hook does the same.
      return;
    }
  }

  /** Cleans up beside a fetch that is still running, hence the tries. */
  private void abandon() {
    abandoned.set(true);
    helper
        .get()
        .ifPresent(
            process -> {
              process.descendants().forEach(ProcessHandle::destroyForcibly);
              process.destroyForcibly();
            });
    try {
      for (int i = 0; i < TRIES && Files.exists(folder); i++) {
        delete(folder);
        Thread.sleep(50);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeAbandoned(Path root) throws IOException {
    Instant limit = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> old = Files.newDirectoryStream(root, PREFIX + "*")) {
      for (Path folder : old) {
        if (Files.getLastModifiedTime(folder).toInstant().isBefore(limit)) {
          delete(folder);
        }
      }
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // Another process may be removing it too; what stays is removed as abandoned later.
      return;
    }
  }
}
