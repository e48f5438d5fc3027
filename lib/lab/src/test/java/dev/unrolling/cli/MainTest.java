package dev.unrolling.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unrolling.data.RealData;
import dev.unrolling.unlearning.UnlearningMethod;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as a script sees it: a Java machine of its own, its status and its lines. */
class MainTest {

  @TempDir private Path folder;

  private record Ended(int status, List<String> lines) {}

  @Test
  void offlineAndEmptyIsOneLineAndStatusOne() throws Exception {
    Ended ended = run("fetch", "--offline", "cifar100");
    assertEquals(1, ended.status());
    assertEquals(1, ended.lines().size(), ended.toString());
    assertTrue(ended.lines().get(0).startsWith("error: CIFAR-100 is not in " + folder));
  }

  @Test
  void debugAddsTheTrace() throws Exception {
    Ended ended = run("fetch", "--debug", "--offline", "imdb");
    assertEquals(1, ended.status());
    assertTrue(ended.lines().stream().anyMatch(line -> line.contains("at dev.unrolling.data.")));
  }

  @Test
  void aMethodThatCannotBeUsedLeavesTheOthersListed() throws Exception {
    Path services = Files.createDirectories(folder.resolve("mine/META-INF/services"));
    Files.writeString(services.resolve(UnlearningMethod.class.getName()), "mine.Gone");
    ProcessBuilder builder = machine("list", "--scale", "smoke");
    builder.command().replaceAll(word -> word.contains(".jar") ? word + added("mine") : word);
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, process.waitFor(), said);
    assertTrue(said.contains("\nerror: E9: " + UnlearningMethod.class.getName()), said);
    assertTrue(said.contains("Provider mine.Gone not found"), said);
    assertTrue(said.contains("\nE8 ") && said.contains("\nENGINES "), said);
  }

  private String added(String name) {
    return File.pathSeparator + folder.resolve(name);
  }

  @Test
  void aFaultOfAProgramSaysWhatAndWhere() {
    String said = Main.words(new NullPointerException("no weights"));
    assertTrue(
        said.matches(
            "java.lang.NullPointerException: no weights, at dev.unrolling.cli.MainTest\\..*"
                + "\\(MainTest.java:\\d+\\); --debug shows the way there"),
        said);
    assertEquals("no data", Main.words(new IllegalStateException("no data")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fetch", "fetch svhn", "fetch --no-such", "fly"})
  void wrongArgumentsAreOneLineAndStatusTwo(String arguments) throws Exception {
    Ended ended = run(arguments.isEmpty() ? new String[0] : arguments.split(" "));
    assertEquals(2, ended.status());
    assertEquals(1, ended.lines().size(), ended.toString());
    assertTrue(ended.lines().get(0).startsWith("error: "), ended.toString());
  }

  /** Slurm, systemd and Docker end a process by SIGTERM, Ctrl-C by SIGINT. */
  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void aSignalEndsWithTheStatusThatTheHelpNames(String signal, int status) throws Exception {
    assumeFalse(signal.equals("INT") && ignoresInterrupts(), "SIGINT is ignored here");
    ProcessBuilder builder =
        machine("run", "E1", "--scale", "smoke", "--seeds", "0", "--set", "epochs=2000");
    builder.environment().put("UNROLLING_DATA", RealData.cache().folder().toString());
    Process process = builder.start();
    try (BufferedReader err = process.errorReader()) {
      String line = err.readLine();
      while (line != null && !line.contains("step ")) {
        line = err.readLine();
      }
      assertEquals(
          0,
          new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
              .start()
              .waitFor());
      assertTrue(err.lines().anyMatch(last -> last.contains("what was begun is kept")));
    }
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(status, process.exitValue());
    List<String> help = run("--help").lines();
    assertTrue(help.stream().anyMatch(l -> l.matches(" *" + status + " .*SIG" + signal + ".*")));
  }

  /** A shell without job control has what it starts in the background ignore SIGINT, JVMs too. */
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.split("\\s+")[1], 16) & 2) != 0);
  }

  /**
   * In the locale C, as under cron and in containers, Java cannot read other letters than ASCII.
   */
  @ParameterizedTest
  @CsvSource({"--store, 2", "UNROLLING_RESULTS, 2", "UNROLLING_DATA, 2", "the working folder, 1"})
  void lettersThatTheLocaleLacksAreOneClearLine(String where, int status) throws Exception {
    assumeTrue(
        Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder().canEncode("größe"),
        "this machine's locale has no such letters");
    Path place = Files.createDirectories(folder.resolve("größe"));
    for (String locale : List.of("C", "C.UTF-8")) {
      ProcessBuilder builder = machine("list", "--scale", "smoke");
      builder.environment().put("LC_ALL", locale);
      switch (where) {
        case "--store" -> builder.command().addAll(List.of(where, place.toString()));
        case "the working folder" -> builder.directory(place.toFile());
        default -> builder.environment().put(where, place.toString());
      }
      Process process = builder.redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      if (locale.equals("C.UTF-8")) {
        assertEquals(0, process.exitValue(), said);
      } else {
        assertEquals(status, process.exitValue(), said);
        assertEquals(1, said.lines().count(), said);
        assertTrue(said.contains("LC_ALL=C.UTF-8"), said);
      }
    }
    try (var all = Files.list(folder)) {
      assertEquals(List.of(place), all.filter(f -> !f.endsWith("runs")).toList());
    }
  }

  @Test
  void helpIsNoError() throws Exception {
    Ended ended = run("fetch", "--help");
    assertEquals(0, ended.status());
    assertTrue(ended.lines().get(0).startsWith("Usage: unrolling fetch"), ended.toString());
  }

  /** As "| head -1" does: what is printed after that finds nobody. */
  @Test
  void aReaderThatStopsAfterALineIsNoError() throws Exception {
    Process process = machine("show", "E1", "--scale", "smoke", "--seeds", "0..500").start();
    try (BufferedReader out = process.inputReader()) {
      assertTrue(out.readLine().startsWith("E1: "));
    }
    endsQuietly(process);
  }

  @ParameterizedTest
  @ValueSource(strings = {"list --scale smoke", "--help", "run --help"})
  void aReaderThatIsGoneAlreadyIsNoError(String arguments) throws Exception {
    Process process = machine(arguments.split(" ")).start();
    process.getInputStream().close();
    endsQuietly(process);
  }

  @Test
  void stepsAnswersEachLineWithTheSecondsOfAStep() throws Exception {
    ProcessBuilder builder =
        machine("steps", "--model", "resnet8-4", "--batch", "8", "--precision", "bfloat16");
    builder.environment().put("UNROLLING_DATA", RealData.cache().folder().toString());
    Process process = builder.start();
    try (BufferedReader out = process.inputReader();
        Writer in = process.outputWriter()) {
      assertTrue(out.readLine().matches("LibTorch .*, threads \\d+"));
      for (int round = 0; round < 2; round++) {
        in.write("\n");
        in.flush();
        double seconds = Double.parseDouble(out.readLine());
        assertTrue(seconds > 1e-5 && seconds < 10, seconds + " s");
      }
    }
    endsQuietly(process);
  }

  @Test
  void stepsTimesWhatALineAsksFor() throws Exception {
    String options = "--model linear-768 --batch 8 --steps 3 --threads 1";
    Process process = machine(("steps " + options).split(" ")).start();
    try (BufferedReader out = process.inputReader();
        Writer in = process.outputWriter()) {
      assertTrue(out.readLine().endsWith(", threads 1"));
      for (String asked : List.of("product", "step 2", "gradient", "product", "power", "sigma")) {
        in.write(asked + "\n");
        in.flush();
        String[] told = out.readLine().split(" ");
        double seconds = Double.parseDouble(told[0]);
        assertTrue(seconds > 1e-7 && seconds < 10, asked + ": " + seconds + " s");
        boolean sigma = asked.equals("power") || asked.equals("sigma");
        assertEquals(sigma ? 2 : 1, told.length, asked);
        assertTrue(!sigma || Integer.parseInt(told[1]) > 1, asked);
      }
      in.write("steps\n");
      in.flush();
      assertNull(out.readLine());
    }
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(2, process.exitValue(), err);
    assertTrue(err.startsWith("error: a round is step, gradient or product, alone"), err);
    assertTrue(err.contains("not \"steps\""), err);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--precision tf32",
        "--model resnet9",
        "--batch 0",
        "--steps 0",
        "--device gpu",
        "--threads 0",
        "--model linear-768 --batch 641"
      })
  void stepsRefusesWhatIsNotThere(String arguments) throws Exception {
    ProcessBuilder builder = machine(("steps " + arguments).split(" "));
    builder.environment().put("UNROLLING_DATA", RealData.cache().folder().toString());
    Process process = builder.start();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(2, process.exitValue(), err);
    assertEquals(1, err.lines().count(), err);
  }

  private static void endsQuietly(Process process) throws Exception {
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals("", err);
    assertEquals(0, process.exitValue());
  }

  private Ended run(String... arguments) throws IOException, InterruptedException {
    Process process = machine(arguments).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return new Ended(process.exitValue(), output.lines().toList());
  }

  private ProcessBuilder machine(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("UNROLLING_DATA", folder.toString());
    builder.environment().put("UNROLLING_RESULTS", folder.resolve("runs").toString());
    // A JVM that finds it says so in a line of its own.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder;
  }
}
