package dev.unrolling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unrolling.data.FeatureDataset;
import dev.unrolling.dataset.DataIdentity;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.DyingEngine;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiment.Runner;
import dev.unrolling.experiment.Sittings;
import dev.unrolling.training.saved.SavedRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

/** Whatever lies in a run's folder, the run ends with the same bytes, and damage is said. */
@Timeout(60)
class StoredFilesTest {

  private static final Engine ENGINE = Sittings.ENGINE;

  private record Sums(int upTo, double scale) {}

  private record Sum(int n, double value, String word) {}

  /** What a saved state of {@link Summing} has beside its state. */
  private record Notes(double soFar) {}

  /** Sums of roots, kept after each term. */
  private static final class Summing implements Computation<Sums, Sum> {
    private final AtomicInteger runs = new AtomicInteger();
    private boolean dies;

    @Override
    public String name() {
      return "summing";
    }

    @Override
    public int version() {
      return 1;
    }

    @Override
    public String data(Sums settings) {
      return "numbers";
    }

    @Override
    public Class<Sum> rowType() {
      return Sum.class;
    }

    @Override
    public List<Sum> run(Sums settings, RunContext context) {
      runs.incrementAndGet();
      NetworkState start = context.shared().get(settings, work -> state(settings.scale()));
      var stopped = context.resume();
      double sum = stopped.map(s -> RunContext.notes(s, Notes.class).soFar()).orElse(0.0);
      List<Sum> rows = new ArrayList<>();
      for (int n = stopped.map(SavedRun::step).orElse(0) + 1; n <= settings.upTo(); n++) {
        sum += start.weights().getDouble(0) * Math.sqrt(n);
        context.save(context.savedRun(n, List.of(state(sum)), new Notes(sum)));
        if (dies && n == 3) {
          throw new DyingEngine.Death();
        }
      }
      rows.add(new Sum(settings.upTo(), sum, "a \"word\",\nand more"));
      return rows;
    }

    private static NetworkState state(double value) {
      return NetworkState.of(Nd4j.createFromArray(value));
    }
  }

  private static final DataSets DATA = data(0.5);
  private static final Sums SETTINGS = new Sums(6, 0.75);

  @TempDir Path folder;

  private final List<String> lines = new ArrayList<>();
  private final Summing computation = new Summing();

  private static DataSets data(double value) {
    FeatureDataset numbers =
        FeatureDataset.of("n", new double[] {1, value}, new int[] {0, 1}, List.of("a", "b"));
    return DataSets.only(numbers, numbers);
  }

  private ResultStore store() {
    return new ResultStore(folder.resolve("store"));
  }

  private Path run() {
    return store().folder(computation.key(ENGINE, DATA, SETTINGS));
  }

  private byte[] compute() throws IOException {
    new Runner(ENGINE, DATA, lines::add).withStore(store()).run(computation, List.of(SETTINGS));
    return Files.readAllBytes(run().resolve("result.csv"));
  }

  private static void put(Path file, String what) throws IOException, InterruptedException {
    Files.deleteIfExists(file);
    Files.createDirectories(file.getParent());
    switch (what) {
      case "folder" -> Files.writeString(Files.createDirectory(file).resolve("mine"), "mine");
      case "link to nothing" -> Files.createSymbolicLink(file, file.resolveSibling("nowhere"));
      case "link to a folder" -> Files.createSymbolicLink(file, file.getParent().getParent());
      case "pipe" ->
          assumeTrue(new ProcessBuilder("mkfifo", file.toString()).start().waitFor() == 0);
      case "binary" -> Files.write(file, new byte[] {0, -1, -2, 'Z', '\n', -128, 'Z'});
      case "empty" -> Files.createFile(file);
      default -> Files.writeString(file, what);
    }
  }

  /** Every small file of a finished run in every state: the same bytes, and no exception. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "3",
        "{",
        "empty",
        "binary",
        "folder",
        "link to nothing",
        "pipe",
        "Z"
      })
  void nothingInAFolderStopsARunOrIsTrusted(String what) throws Exception {
    byte[] expected = compute();
    for (String name :
        List.of("provenance.json", "result.csv", "settings.json", "sittings.txt", ".lock")) {
      lines.clear();
      int before = computation.runs.get();
      put(run().resolve(name), what);
      boolean decides = name.endsWith("n") || name.endsWith("v");
      assertEquals(decides, store().find(key(), Sum.class).isEmpty(), name);
      assertEquals(new String(expected), new String(compute()), name);
      assertEquals(before + (decides ? 1 : 0), computation.runs.get(), name);
      boolean isSaid = lines.stream().anyMatch(line -> line.contains("computes again"));
      // Without a provenance the run is begun, not damaged.
      boolean isThere = !(name.equals("provenance.json") && what.equals("link to nothing"));
      assertEquals(decides && isThere, isSaid, name);
    }
    for (String name : List.of("checkpoint.bin", "sittings.txt", ".lock")) {
      Files.delete(run().resolve("provenance.json"));
      put(run().resolve(name), what);
      assertEquals(new String(expected), new String(compute()), name);
      assertTrue(store().provenance(key()).isPresent(), name);
    }
    Path state = folder.resolve("store/start");
    try (var starts = Files.list(state)) {
      Path start = starts.findFirst().orElseThrow();
      for (String name : List.of("state.bin", "settings.json")) {
        Files.delete(run().resolve("provenance.json"));
        put(start.resolve(name), what);
        assertEquals(new String(expected), new String(compute()), name);
      }
    }
  }

  private RunKey key() {
    return computation.key(ENGINE, DATA, SETTINGS);
  }

  @Test
  void aFlippedBitAnywhereIsFoundAndSaid() throws IOException {
    byte[] expected = compute();
    for (String name : List.of("result.csv", "provenance.json", "settings.json")) {
      byte[] whole = Files.readAllBytes(run().resolve(name));
      int step = Math.max(1, whole.length / 12);
      for (int at = 0; at < whole.length; at += step) {
        byte[] flipped = Files.readAllBytes(run().resolve(name));
        flipped[at] ^= (byte) (1 << at % 8);
        Files.write(run().resolve(name), flipped);
        lines.clear();
        assertEquals(new String(expected), new String(compute()), name + " byte " + at);
        boolean isSpace = Character.isWhitespace(whole[at]) || Character.isWhitespace(flipped[at]);
        assertTrue(
            isSpace || lines.stream().anyMatch(line -> line.contains("computes again")),
            name + " byte " + at + ": " + lines);
      }
    }
  }

  @Test
  void aFlippedBitInSavedStatesIsFoundAndSaid() throws IOException {
    byte[] expected = compute();
    for (String name : List.of("checkpoint.bin", "state.bin")) {
      for (int i = 0; i < 16; i++) {
        deleteAll(folder.resolve("store"));
        computation.dies = true;
        assertThrows(DyingEngine.Death.class, this::compute);
        computation.dies = false;
        Path file;
        try (var files = Files.walk(folder.resolve("store"))) {
          file = files.filter(f -> f.endsWith(name)).findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        int at = i * bytes.length / 16;
        bytes[at] ^= (byte) (1 << i % 8);
        Files.write(file, bytes);
        lines.clear();
        assertEquals(new String(expected), new String(compute()), name + " byte " + at);
        String word = name.startsWith("c") ? "begins afresh" : "computes again";
        assertTrue(lines.stream().anyMatch(line -> line.contains(word)), name + " byte " + at);
      }
    }
  }

  private static void deleteAll(Path place) throws IOException {
    try (var files = Files.walk(place)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void aWholeStateWithNotesOfAnotherKindMeansTheRunBeginsAfresh() throws IOException {
    byte[] expected = compute();
    for (String notes : List.of("", "null", "{}", "{\"soFar\": \"a\"}", "{\"other\": 1}", "[1]")) {
      Files.delete(run().resolve("provenance.json"));
      new SavedRun(2, key().hash(), List.of(Summing.state(1)), notes)
          .save(run().resolve("checkpoint.bin"));
      lines.clear();
      assertEquals(new String(expected), new String(compute()), notes);
      assertTrue(lines.stream().anyMatch(line -> line.contains("begins afresh")), notes);
    }
  }

  @Test
  void theResultOfAnotherRunIsNotTaken() throws IOException {
    compute();
    new Runner(ENGINE, DATA, lines::add)
        .withStore(store())
        .run(computation, List.of(new Sums(5, 0.75)));
    Path other = store().folder(computation.key(ENGINE, DATA, new Sums(5, 0.75)));
    byte[] expected = Files.readAllBytes(run().resolve("result.csv"));
    for (String name : List.of("result.csv", "provenance.json", "settings.json")) {
      Files.copy(
          other.resolve(name),
          run().resolve(name),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    assertEquals(new String(expected), new String(compute()));
    assertTrue(lines.stream().anyMatch(line -> line.contains("of another run")), lines::toString);
  }

  @Test
  void twoDataSetsInOneStoreAreTwoRuns() throws IOException {
    DataSets other = data(0.25);
    assertFalse(computation.key(ENGINE, other, SETTINGS).hash().equals(key().hash()));
    compute();
    new Runner(ENGINE, other, lines::add).withStore(store()).run(computation, List.of(SETTINGS));
    assertEquals(2, computation.runs.get());
    DataIdentity kept = store().provenance(key()).orElseThrow().data();
    assertEquals(DATA.identity("numbers"), kept);
    assertEquals(List.of("numbers", 2, 2), List.of(kept.name(), kept.train(), kept.test()));
    try (var starts = Files.list(folder.resolve("store/start"))) {
      assertEquals(2, starts.count(), "what runs share is of the data too");
    }
    // The same data under another object are the same data.
    new Runner(ENGINE, data(0.5), lines::add)
        .withStore(store())
        .run(computation, List.of(SETTINGS));
    assertEquals(2, computation.runs.get());
  }

  /** Only the owner could read what version 0.1 kept. */
  @Test
  void keptFilesHaveTheRightsOfAnyNewFile() throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    computation.dies = true;
    assertThrows(DyingEngine.Death.class, this::compute);
    Path plain = Files.writeString(folder.resolve("plain"), "text");
    try (var files = Files.walk(folder.resolve("store"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertEquals(
            Files.getPosixFilePermissions(plain),
            Files.getPosixFilePermissions(file),
            file.toString());
      }
    }
  }

  @Test
  void aStateThatCannotBeKeptNamesCauseFileAndWayOut() throws Exception {
    computation.dies = true;
    assertThrows(DyingEngine.Death.class, this::compute);
    Path state = run().resolve("checkpoint.bin");
    byte[] kept = Files.readAllBytes(state);
    SavedRun large = new SavedRun(4, key().hash(), List.of(Summing.state(1)), "x".repeat(1 << 20));
    // A process whose files may not grow beyond 64 KB, as on a disk that is full.
    Path program = Files.createDirectories(folder.resolve("program"));
    Process process =
        new ProcessBuilder(
                "bash",
                "-c",
                "ulimit -f 64; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                Saving.class.getName(),
                state.toString(),
                key().hash())
            .directory(program.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertTrue(said.contains("cannot write " + state), said);
    assertTrue(said.contains("File too large"), said);
    assertTrue(said.contains("same command again") && said.contains("--store"), said);
    assertEquals(1, said.lines().filter(line -> line.contains("checkpoint.bin")).count(), said);
    assertEquals(List.of(), parts());
    assertEquals(List.of(kept.length), List.of((int) Files.size(state)));
    // Without the bound it goes on from what was kept, and a larger state is no trouble.
    StoreFiles.keep(large, state);
    assertTrue(Files.size(state) > 1 << 20);
    Files.write(state, kept);
    computation.dies = false;
    assertEquals(
        new String(compute()), new String(Files.readAllBytes(run().resolve("result.csv"))));
    assertTrue(IntStream.range(0, lines.size()).noneMatch(i -> lines.get(i).contains("afresh")));
  }

  private List<Path> parts() throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".part")).toList();
    }
  }

  /** Keeps a state of a megabyte; the main class of another Java machine. */
  static final class Saving {
    private Saving() {}

    public static void main(String... arguments) {
      try {
        StoreFiles.keep(
            new SavedRun(4, arguments[1], List.of(), "x".repeat(1 << 20)), Path.of(arguments[0]));
      } catch (UncheckedIOException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void whatAKilledProcessLeftHalfWrittenIsSwept(boolean finished) throws IOException {
    if (finished) {
      compute();
      Files.delete(run().resolve("provenance.json"));
    } else {
      Files.createDirectories(run());
    }
    Files.writeString(run().resolve(".checkpoint.bin.123-4.part"), "half");
    Files.writeString(run().resolve("notes.part"), "mine");
    compute();
    assertEquals(List.of(run().resolve("notes.part")), parts());
  }
}
