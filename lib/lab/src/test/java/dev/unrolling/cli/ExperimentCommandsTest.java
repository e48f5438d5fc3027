package dev.unrolling.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unrolling.cli.progress.ProgressBar;
import dev.unrolling.data.Cifar10;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.StrictJson;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architectures;
import dev.unrolling.store.ResultStore;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.saved.SavedRun;
import dev.unrolling.weights.StateDict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The commands over experiments, on real images at a very small scale. */
class ExperimentCommandsTest {

  private static final List<String> TINY =
      List.of(
          "--scale",
          "smoke",
          "--set",
          "model=resnet8-2",
          "--set",
          "examples=64",
          "--set",
          "testExamples=20",
          "--set",
          "rate=0.01",
          "--set",
          "gamma=0",
          "--set",
          "data=cifar10");

  @TempDir Path folder;

  private record Ended(int status, String out, String err) {}

  private Ended run(List<String> options, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(options);
    int status = command.execute(all.toArray(String[]::new));
    return new Ended(status, out.toString(), err.toString());
  }

  private Ended run(String... arguments) {
    List<String> store = List.of("--store", folder.resolve("store").toString());
    return run(store, arguments);
  }

  private Ended tiny(String... arguments) {
    List<String> options = new ArrayList<>(TINY);
    options.addAll(List.of("--store", folder.resolve("store").toString()));
    return run(options, arguments);
  }

  @Test
  void aRunIsShownDoneExportedAndDrawn() throws IOException {
    Ended done = tiny("run", "E1", "--seeds", "0..1");
    assertEquals(0, done.status(), done.err());
    List<String> files = done.out().lines().toList();
    assertEquals(2, files.size(), done.out());
    assertTrue(Files.size(Path.of(files.get(0))) > 0);

    Ended shown = tiny("show", "E1", "--seeds", "0..2");
    assertEquals(2, shown.out().lines().filter(line -> line.startsWith("finished")).count());
    assertTrue(
        shown.out().lines().anyMatch(line -> line.matches("not begun .* seed=2")), shown.out());
    assertTrue(tiny("list", "--seeds", "0..2").out().contains("2 of   3 runs finished"));

    Ended exported =
        tiny("export", "E1", "--seeds", "0..2", "--to", folder.resolve("t").toString());
    assertEquals(0, exported.status(), exported.err());
    assertTrue(Files.readString(folder.resolve("t/smoke/E1.csv")).startsWith("run,engine,"));
    assertTrue(Files.readString(folder.resolve("t/smoke/E1.json")).contains("\"sha256\""));

    Path figures = folder.resolve("figures");
    Ended drawn = tiny("figures", "E1", "--seeds", "0..2", "--out", figures.toString());
    assertEquals(0, drawn.status(), drawn.err());
    try (Stream<Path> all = Files.list(figures)) {
      assertEquals(15, all.count(), "three figures: two widths, two kinds and a table each");
    }
    Path again = folder.resolve("again");
    Ended fromTable =
        tiny(
            "figures", "E1", "--tables", folder.resolve("t").toString(), "--out", again.toString());
    assertEquals(0, fromTable.status(), fromTable.err());
    for (String name : List.of("e1-pairs.csv", "e1-settings.csv", "e1-left-over.csv")) {
      assertEquals(
          Files.readString(figures.resolve(name)), Files.readString(again.resolve(name)), name);
    }
  }

  @Test
  void preTrainedWeightsAreWrittenAsTheRunsHaveThem() throws IOException {
    assertEquals(0, tiny("run", "E1", "--seeds", "0").status());
    Path start;
    try (Stream<Path> all = Files.list(folder.resolve("store/start"))) {
      start = all.findFirst().orElseThrow();
    }
    Path file = folder.resolve("w/resnet8.safetensors");
    Ended written = run(List.of(), "weights", start.toString(), "--to", file.toString());
    assertEquals(0, written.status(), written.err());
    JsonNode origin = StrictJson.mapper().readTree(folder.resolve("w/resnet8.json").toFile());
    assertEquals("resnet8-2", origin.path("run").path("settings").path("model").asText());
    String name = start.getFileName().toString();
    NetworkState state = SavedRun.load(start.resolve(ResultStore.STATE), name).networks().get(0);
    Engine engine = Engines.open("torch", "cpu", Precision.FLOAT32);
    try (Network network = engine.network(Architectures.named("resnet8-2", 10), 1)) {
      StateDict.load(network, file);
      NetworkState read = network.saveState();
      assertEquals(state.weights(), read.weights());
      assertEquals(state.runningStatistics(), read.runningStatistics());
      Dataset test = Cifar10.test(DataCache.fromEnvironment());
      int[] all = IntStream.range(0, test.size()).toArray();
      assertEquals(
          Evaluation.of(network, test, all).accuracy(), origin.path("testAccuracy").asDouble());
    }
    List<Path> kept = List.of(start.resolve(ResultStore.STATE), start.resolve("settings.json"));
    String settings = Files.readString(kept.get(1));
    for (Path one : kept) {
      Files.delete(one);
    }
    Ended back = run("weights", "--from", file.toString());
    assertEquals(0, back.status(), back.err());
    assertEquals(
        StrictJson.mapper().readTree(settings), StrictJson.mapper().readTree(kept.get(1).toFile()));
    NetworkState restored = SavedRun.load(kept.get(0), name).networks().get(0);
    assertEquals(state.weights(), restored.weights());
    assertEquals(state.runningStatistics(), restored.runningStatistics());
    Files.writeString(file, "harmed", StandardOpenOption.APPEND);
    Ended refused = run(List.of(), "weights", "--from", file.toString());
    assertEquals(2, refused.status());
    assertTrue(refused.err().contains("does not belong to"), refused.err());
  }

  @Test
  void thoseAreListedThatHaveTheSettingsThatAreChanged() {
    Ended listed = run("list", "--scale", "smoke", "--set", "gamma=5");
    assertEquals(0, listed.status(), listed.err());
    List<String> ids = listed.out().lines().map(line -> line.split(" ")[0]).toList();
    assertTrue(ids.containsAll(List.of("C2.6", "C2.7", "E1", "E8")), listed.out());
    assertFalse(ids.contains("C2.1"), "it has no gamma");
    assertEquals(2, run("list", "--scale", "smoke", "--set", "gama=5").status());
  }

  @Test
  void aGridIsNumberedAndOneTaskOfItRuns() throws IOException {
    Path grid =
        Files.writeString(folder.resolve("grid.json"), "{\"gamma\": [0, 5], \"seed\": [0, 1, 2]}");
    assertEquals(
        "6\n", tinyWithoutGamma("sweep", "E1", "--grid", grid.toString(), "--count").out());
    Ended one = tinyWithoutGamma("sweep", "E1", "--grid", grid.toString(), "--task", "4");
    assertEquals(0, one.status(), one.err());
    Path run = Path.of(one.out().strip()).getParent();
    String settings = Files.readString(run.resolve("settings.json"));
    assertTrue(settings.contains("\"gamma\" : 5") && settings.contains("\"seed\" : 1"), settings);
    Ended outside = tinyWithoutGamma("sweep", "E1", "--grid", grid.toString(), "--task", "6");
    assertEquals(2, outside.status());
    assertTrue(outside.err().contains("from 0 to 5"), outside.err());
  }

  @Test
  void seedsMultiplyAGrid() throws IOException {
    Path grid = Files.writeString(folder.resolve("gammas.json"), "{\"gamma\": [0, 5]}");
    String file = grid.toString();
    List<String> all = List.of("--scale", "smoke", "--store", folder.resolve("store").toString());
    assertEquals("2\n", run(all, "sweep", "E1", "--grid", file, "--count").out());
    assertEquals(
        "10\n", run(all, "sweep", "E1", "--grid", file, "--seeds", "0..4", "--count").out());
    Ended seventh =
        tinyWithoutGamma("sweep", "E1", "--grid", file, "--seeds", "0..4", "--task", "7");
    assertEquals(0, seventh.status(), seventh.err());
    String settings =
        Files.readString(Path.of(seventh.out().strip()).resolveSibling("settings.json"));
    assertTrue(settings.contains("\"gamma\" : 5") && settings.contains("\"seed\" : 2"), settings);
    Path both =
        Files.writeString(folder.resolve("b.json"), "{\"gamma\": [0, 5], \"seed\": [0, 1]}");
    for (List<String> twice : List.of(List.of("--seeds", "0..4"), List.of("--set", "gamma=1"))) {
      List<String> options = new ArrayList<>(all);
      options.addAll(twice);
      Ended refused = run(options, "sweep", "E1", "--grid", both.toString(), "--count");
      assertEquals(2, refused.status());
      assertTrue(refused.err().contains("is given twice"), refused.err());
    }
  }

  private Ended tinyWithoutGamma(String... arguments) {
    List<String> options = new ArrayList<>(TINY);
    int gamma = options.indexOf("gamma=0");
    options.subList(gamma - 1, gamma + 1).clear();
    options.addAll(List.of("--store", folder.resolve("store").toString()));
    return run(options, arguments);
  }

  @Test
  void aDamagedResultIsShownAndDrawnOrExportedNot() throws IOException {
    Path csv = Path.of(tiny("run", "E1", "--seeds", "0").out().strip());
    Files.writeString(csv, "damaged");
    assertTrue(tiny("show", "E1", "--seeds", "0").out().contains("\ndamaged "));
    assertTrue(tiny("list", "--seeds", "0").out().contains("0 of   1 runs finished"));
    Ended exported = tiny("export", "E1", "--seeds", "0", "--to", folder.resolve("t").toString());
    assertEquals(1, exported.status());
    assertTrue(exported.err().contains("is damaged: result.csv"), exported.err());
  }

  @Test
  void settingsComeFromAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("settings.json"), "{\"seed\": 7}");
    Ended shown = run("show", "E1", "--scale", "smoke", "--settings", file.toString());
    assertTrue(shown.out().contains("\"seed\" : 7"), shown.out());
    assertEquals(1, shown.out().lines().filter(line -> line.startsWith("not begun")).count());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "list --scale huge | \"huge\"; there is smoke, quick, desk, paper",
        "list --checkpoint -1 | --checkpoint takes seconds from 0 on, not -1",
        "list --threads 0 | at least 1 thread, not 0",
        "list E1 | 'E1'",
        "show | 'ID'",
        "show E1 --no-such | '--no-such'",
        "show E1 --seeds 3..1 | rising ranges such as 0..4 or 0,2,7, not \"3..1\"",
        "show E1 --seeds a | rising ranges such as 0..4 or 0,2,7, not \"a\"",
        "show E1 --seeds 0,,1 | rising ranges such as 0..4 or 0,2,7, not \"0,,1\"",
        "show E1 --seeds 0..1..2 | rising ranges such as 0..4 or 0,2,7, not \"0..1..2\"",
        "show E1 --seeds 99999999999999999999 | numbers of 64 bits",
        "run E1 --seeds 0..999999999 | --seeds asks for 21000000000 runs; at most 100000",
        "run E1 --seeds -9223372036854775808..9223372036854775807 | at most 100000",
        "show E1 --seeds 0..99999 | at most 100000",
        "run E1 --seeds 0..4 --set seed=1 | seed is given twice",
        "run E1 --set gamma=5 --set gamma=7 | gamma is given twice",
        "run E1 --set position=2 | cannot set {\"position\":\"2\"}",
        "run E1 --set gamma=1e-999 | cannot set gamma=1e-999: 1e-999 does not fit",
        "run | 'ID'",
        "run E99 | \"E99\"; there is C2.1, C2.2,",
        "run E1 --set gama=1 | \"gama\"; there is model, data,",
        "run E1 --set gamma=-1 | gamma must be finite and at least 0, not -1",
        "run E1 --set gamma=much | \"much\"}: expected a value of type double",
        "run E1 --set gamma | name=value, e.g. seed=1, not by \"gamma\"",
        "run E1 --engine nd4j | \"nd4j\"; there is dl4j, linear, torch",
        "check --device tpu | \"tpu\"; a device is \"cpu\" or \"cuda:0\"",
        "run E1 --device tpu | \"tpu\"; a device is \"cpu\" or \"cuda:0\"",
        "run E1 --precision float16 | expected one of [FLOAT32, FLOAT64",
        "run E1 --threads many | 'many' is not an int",
        "run E1 --settings /no/such/file | cannot read /no/such/file",
        "sweep E1 | --grid=FILE",
        "sweep E1 --grid /no/such/file | cannot read /no/such/file",
        "sweep E1 --grid /no/such/file --task one | 'one' is not an int",
        "figures E99 | \"E99\"; there is C2.1, C2.2,",
        "figures --out | parameter for option '--out'",
        "export | 'ID'",
        "export E1 --scale huge | \"huge\"; there is smoke, quick, desk, paper",
        "weights /no/such | --to resnet20.safetensors",
        "weights /no/such --to w.npz | no pre-trained weights in /no/such",
        "weights /no/such --from w.npz | one of both",
        "weights --from /no/such.npz | no file /no/such.npz",
        "fetch svhn | \"svhn\"; there is cifar10, cifar100, imdb, mnist",
        "fetch imdb --offline=maybe | 'maybe' is not a boolean",
        "check --quick=maybe | 'maybe' is not a boolean",
      })
  void wrongArgumentsAreOneLineAndStatusTwo(String arguments, String words) {
    String store = folder.resolve("store").toString();
    boolean stores = !arguments.matches("(fetch|check|weights) .*");
    Ended ended = run(stores ? List.of("--store", store) : List.of(), arguments.split(" "));
    assertEquals(2, ended.status(), ended.err());
    assertEquals(1, ended.err().lines().count(), ended.err());
    assertTrue(ended.err().startsWith("error: "), ended.err());
    assertTrue(ended.err().contains(words), ended.err());
    assertEquals("", ended.out());
    assertFalse(Files.exists(folder.resolve("store")), "something was written");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "list", "show", "run", "sweep", "figures", "export", "weights", "fetch", "check", "steps"
      })
  void helpHoldsAnExampleThatNamesTheCommand(String command) {
    Ended ended = run(List.of(), command, "--help");
    assertEquals(0, ended.status());
    assertTrue(ended.out().startsWith("Usage: unrolling " + command), ended.out());
    assertTrue(ended.out().contains("Example: unrolling " + command + " "), ended.out());
  }

  @Test
  void theHelpOfAllNamesEveryCommandAndExitStatus() {
    Ended ended = run(List.of(), "--help");
    assertEquals(0, ended.status());
    for (String line :
        List.of("list", "show", "run", "sweep", "figures", "export", "weights", "fetch", "check")) {
      assertTrue(ended.out().lines().anyMatch(l -> l.startsWith("  " + line + " ")), line);
    }
    for (int status : new int[] {0, 1, 2, Main.INTERRUPTED, Main.TERMINATED}) {
      assertTrue(ended.out().lines().anyMatch(l -> l.matches(" +" + status + " +[A-Z].*")));
    }
    assertTrue(ended.out().contains("Example: unrolling run "), ended.out());
  }

  @Test
  void whatIsThereIsFetchedWithoutALine() {
    Ended ended = run(List.of(), "fetch", "cifar10");
    assertEquals(0, ended.status(), ended.err());
    assertTrue(ended.out().matches("cifar10 .*\\R"), ended.out());
    Path there = Path.of(ended.out().strip().substring("cifar10 ".length()));
    assertTrue(Files.isDirectory(there), there.toString());
  }

  @Test
  void theProcessorIsCheckedAgainstItself() {
    Ended ended = run(List.of(), "check", "--quick", "--device", "cpu");
    assertEquals(0, ended.status(), ended.err());
    assertTrue(ended.out().contains("Device: cpu"), ended.out());
    assertTrue(ended.out().endsWith("The check is green.\n"), ended.out());
  }

  @Test
  void precisionIsNamedAsTheHelpNamesIt() {
    Ended single = run("show", "E1", "--scale", "smoke", "--precision", "float32");
    Ended twice = run("show", "E1", "--scale", "smoke", "--precision", "FLOAT64");
    assertEquals(0, single.status(), single.err());
    assertEquals(0, twice.status(), twice.err());
    assertFalse(single.out().equals(twice.out()), "runs of both are kept in the same folders");
  }

  @Test
  void withoutAFinishedRunThereIsNothingToDrawOrExport() {
    Ended drawn = run("figures", "E2", "--out", folder.resolve("f").toString());
    assertEquals(0, drawn.status());
    assertTrue(drawn.err().startsWith("E2: no run is finished"), drawn.err());
    Ended noTable = run("figures", "E2", "--tables", folder.toString());
    assertEquals(0, noTable.status());
    assertEquals("E2: " + folder + " has no table of the scale quick", noTable.err().strip());
    assertEquals(1, run("export", "E2", "--to", folder.resolve("t").toString()).status());
  }

  @Test
  void progressIsPlainLinesOffATerminalAndABarOnOne() {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (ProgressBar bar = new ProgressBar(new PrintStream(plain, true), false)) {
      bar.accept("run 1 of 2: fine-tuning, step 20 of 40, loss 2.3");
      bar.accept("run 1 of 2: fine-tuning, step 40 of 40, loss 2.1");
      bar.accept("begins afresh");
    }
    String text = plain.toString(StandardCharsets.UTF_8);
    assertEquals(
        List.of("run 1 of 2: fine-tuning, step 20 of 40, loss 2.3", "begins afresh"),
        text.lines().toList());
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    try (ProgressBar bar = new ProgressBar(new PrintStream(terminal, true), true)) {
      bar.accept("fine-tuning, step 20 of 40, loss 2.3");
    }
    assertTrue(
        terminal
            .toString(StandardCharsets.UTF_8)
            .startsWith("\r[############            ] fine-tuning"));
  }
}
