package dev.unrolling.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A JVM of its own, under an allocator that checks the heap where there is one. */
final class Child {

  private static final long LONGEST_SECONDS = 900;

  /**
   * What became of it.
   *
   * @param said its standard output, line by line
   * @param death signal and place of its end; empty if it ended well
   */
  record End(List<String> said, String death) {}

  private Child() {}

  /**
   * Runs a main class with the class path at hand and waits for its end.
   *
   * @param environment beside that at hand
   * @param input lines of its standard input
   * @param arguments the main class, and what it is given
   */
  static End run(Map<String, String> environment, List<String> input, String... arguments) {
    try {
      Path folder = Files.createTempDirectory("child");
      Path errors = folder.resolve("stderr");
      Path crash = folder.resolve("hs_err");
      Path lines = folder.resolve("stdin");
      Files.write(lines, input);
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx1g",
                  "-XX:-CreateCoredumpOnCrash",
                  "-XX:ErrorFile=" + crash,
                  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                  "-cp",
                  System.getProperty("java.class.path")));
      command.addAll(List.of(arguments));
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(checkedHeap());
      builder.environment().putAll(environment);
      builder.redirectInput(lines.toFile()).redirectError(errors.toFile());
      Path output = folder.resolve("stdout");
      Process process = builder.redirectOutput(output.toFile()).start();
      // Second by second: time in which both are stopped does not count.
      boolean ended = false;
      for (int second = 0; !ended && second < LONGEST_SECONDS; second++) {
        ended = process.waitFor(1, TimeUnit.SECONDS);
      }
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      End end =
          new End(
              Files.readAllLines(output),
              ended
                  ? death(process.exitValue(), crash, errors)
                  : "no end in " + LONGEST_SECONDS + " s");
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
      return end;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** With glibc, memory written past its end is found when it is freed, and not by chance later. */
  private static Map<String, String> checkedHeap() {
    return System.getProperty("os.name").equals("Linux")
        ? Map.of("LD_PRELOAD", "libc_malloc_debug.so.0", "MALLOC_CHECK_", "3")
        : Map.of();
  }

  private static String death(int status, Path crash, Path errors) throws IOException {
    if (status == 0) {
      return "";
    }
    String place =
        Files.exists(crash)
            ? String.join(
                " ",
                Files.readAllLines(crash).stream()
                    .filter(line -> line.matches("#\\s+(SIG|[CVJjv] ).*"))
                    .map(line -> line.substring(1).strip())
                    .toList())
            : last(errors);
    return (status > 128 ? "signal " + (status - 128) : "status " + status) + ", " + place;
  }

  private static String last(Path errors) throws IOException {
    List<String> lines = Files.readAllLines(errors).stream().filter(l -> !l.isBlank()).toList();
    return lines.isEmpty() ? "nothing said" : lines.get(lines.size() - 1);
  }
}
