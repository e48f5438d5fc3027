package dev.unrolling.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands that read results open those that are asked for, once, and no others. */
class OpenedFilesTest {

  private static final int RESULTS = 3;

  @TempDir static Path folder;

  @BeforeAll
  static void compute() {
    run("run", "E1", "--seeds", "0..2");
  }

  private static String run(String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    for (String setting :
        List.of(
            "model=resnet8-2",
            "data=cifar10",
            "examples=128",
            "testExamples=20",
            "rate=0.01",
            "gamma=1")) {
      all.addAll(List.of("--set", setting));
    }
    all.addAll(List.of("--scale", "smoke", "--store", folder.resolve("store").toString()));
    StringWriter out = new StringWriter();
    CommandLine command = Main.commandLine().setOut(new PrintWriter(out));
    assertEquals(0, command.execute(all.toArray(String[]::new)), all::toString);
    return out.toString();
  }

  /** How often each small file below a folder was read to its end, as the Java machine saw it. */
  private static Map<String, Long> reads(Path below, Runnable work) throws IOException {
    Map<String, Long> ends = new TreeMap<>();
    try (Recording recording = new Recording()) {
      recording.enable("jdk.FileRead").withThreshold(Duration.ZERO);
      recording.start();
      work.run();
      recording.stop();
      Path file = folder.resolve("reads.jfr");
      recording.dump(file);
      for (var event : RecordingFile.readAllEvents(file)) {
        Path read = Path.of(String.valueOf(event.getString("path")));
        if (read.startsWith(below) && event.getBoolean("endOfFile")) {
          ends.merge(read.getFileName().toString(), 1L, Long::sum);
        }
      }
    }
    return ends;
  }

  private static Map<String, Long> each(long times) {
    return Map.of("settings.json", times, "provenance.json", times, "result.csv", times);
  }

  @Test
  void eachFileOfAResultThatIsAskedForIsReadOnce() throws IOException {
    Path store = folder.resolve("store/fine-tuning");
    try (var runs = Files.list(store)) {
      assertEquals(RESULTS, runs.count());
    }
    assertEquals(each(2), reads(store, () -> run("show", "E1", "--seeds", "1..9")));
    assertEquals(Map.of(), reads(store, () -> run("show", "E1", "--seeds", "7..9")));
    String tables = folder.resolve("tables").toString();
    // Once for the table, once for where it comes from.
    assertEquals(
        each(2 * RESULTS),
        reads(store, () -> run("export", "E1", "--seeds", "0..2", "--to", tables)));
  }

  /** The same runs belong to several experiments. */
  @Test
  void whatIsListedIsReadOnceForEachExperimentThatHasIt() throws IOException {
    List<String> listed = new ArrayList<>();
    Map<String, Long> reads =
        reads(folder.resolve("store"), () -> listed.add(run("list", "--seeds", "2..9")));
    long finished =
        Pattern.compile("(\\d+) of +\\d+ runs finished")
            .matcher(listed.get(0))
            .results()
            .mapToLong(found -> Long.parseLong(found.group(1)))
            .sum();
    assertTrue(finished > 0, listed::toString);
    assertEquals(each(finished), reads);
  }
}
