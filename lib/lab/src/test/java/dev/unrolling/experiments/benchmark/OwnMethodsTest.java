package dev.unrolling.experiments.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.DataCache;
import dev.unrolling.data.RealData;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.TheoryRuns;
import dev.unrolling.model.Architectures;
import dev.unrolling.settings.Scale;
import dev.unrolling.statistics.Tables;
import dev.unrolling.store.RecordTable;
import dev.unrolling.unlearning.RecordedUnlearning;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.TunableMethod;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningMethods;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import example.AddNoise;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** Which methods E9 measures beside the library's, and what their runs are known by. */
class OwnMethodsTest {

  private static final BenchmarkSettings SMOKE = BenchmarkSettings.of(Scale.SMOKE);

  /** Loads nothing but the JDK, so that a loader of its own can define it. */
  record Plain(int value) {}

  /** A method that does nothing, under some name. */
  private record Named(String name, List<Double> candidates) implements TunableMethod {
    @Override
    public UnlearningMethod with(double candidate, SgdPlan plan) {
      return this;
    }

    @Override
    public Network unlearn(UnlearningRequest request) {
      return request.trained().copy();
    }
  }

  /** A method with a fault. */
  private record Failing(Throwable fault) implements UnlearningMethod {
    @Override
    public String name() {
      return "failing";
    }

    @Override
    public Network unlearn(UnlearningRequest request) {
      if (fault instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) fault;
    }
  }

  /** A method that is tuned over its epochs. */
  private record Costly(int epochs) implements TunableMethod {
    @Override
    public String name() {
      return "costly";
    }

    @Override
    public List<Double> candidates() {
      return List.of(1.0, 3.0);
    }

    @Override
    public UnlearningMethod with(double candidate, SgdPlan plan) {
      return new Costly((int) candidate);
    }

    @Override
    public OptionalLong gradients(RequestSize size) {
      return OptionalLong.of(epochs * size.retained());
    }

    @Override
    public Network unlearn(UnlearningRequest request) {
      return request.trained().copy();
    }
  }

  /** A method that reads a record. */
  private record Recorded(String name) implements RecordedUnlearning {
    @Override
    public dev.unrolling.engine.ParameterVector unlearnedWeights(ForgettingRecorder recorder) {
      throw new IllegalStateException();
    }
  }

  private static final String FILE = Plain.class.getName().replace('.', '/') + ".class";

  @TempDir private Path folder;

  @Test
  void whatIsNotTheLibrarysIsMeasuredIfTheTrainedNetworkIsEnough() {
    UnlearningMethod library = UnlearningMethods.named("fine-tuning");
    UnlearningMethod mine = new Named("mine", List.of(1.0));
    assertEquals(
        List.of(mine), OwnMethods.measurable(List.of(library, mine, new Recorded("recorded"))));
    for (String taken : List.of("fine-tuning", "nothing")) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      OwnMethods.measurable(List.of(library, mine, new Named(taken, List.of(1.0)))))
              .getMessage();
      assertTrue(message.contains("OwnMethodsTest$Named is called \"" + taken + "\""), message);
    }
  }

  @Test
  void candidatesAreNumbers() {
    assertEquals(
        List.of(0.5, 2.0), Contender.own(new Named("mine", List.of(0.5, 2.0)), SMOKE).grid());
    for (List<Double> wrong :
        Arrays.asList(
            List.<Double>of(), List.of(1.0, Double.NaN), Arrays.asList(1.0, null), null)) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> Contender.own(new Named("mine", wrong), SMOKE))
              .getMessage();
      assertTrue(message.contains("\"mine\" must be finite numbers"), message);
    }
  }

  @Test
  void aMethodThatIsChangedIsMeasuredAnew() throws Exception {
    Path classes = classes();
    String before = codeIn(classes);
    assertEquals(before, codeIn(classes));
    Files.writeString(classes.resolve("Helper.class"), "a helper of the method's");
    assertNotEquals(before, codeIn(classes));
    Path jar = folder.resolve("mine.jar");
    Path file = classes.resolve(FILE);
    writeJar(jar, file, "one");
    String packed = codeIn(jar);
    assertEquals(packed, codeIn(jar));
    writeJar(jar, file, "another");
    assertNotEquals(packed, codeIn(jar));
    assertEquals(36, OwnMethods.code(String.class).length(), "no place, some name");
  }

  /** A folder with a class. */
  private Path classes() throws IOException {
    Path file = folder.resolve("classes").resolve(FILE);
    Files.createDirectories(file.getParent());
    try (InputStream in = Plain.class.getResourceAsStream("OwnMethodsTest$Plain.class")) {
      Files.write(file, in.readAllBytes());
    }
    return folder.resolve("classes");
  }

  private static String codeIn(Path place) throws Exception {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {place.toUri().toURL()}, null)) {
      return OwnMethods.code(loader.loadClass(Plain.class.getName()));
    }
  }

  /** What a machine has loaded it computes, whatever becomes of the file. */
  @Test
  void theCodeIsThatWhichWasLoaded() throws Exception {
    Path classes = classes();
    URL[] here = {classes.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(here, null)) {
      Class<?> loaded = loader.loadClass(Plain.class.getName());
      String code = OwnMethods.code(loaded);
      Files.writeString(classes.resolve("Later.class"), "compiled meanwhile");
      assertEquals(code, OwnMethods.code(loaded));
    }
  }

  @Test
  void aFaultOfAMethodOfOnesOwnIsNoDestroyedNetwork() {
    DataSets.Parts data = new DataSets.Parts(RealData.cifar10Train(), RealData.cifar10Test());
    BenchmarkSplit split = BenchmarkSplit.of(data, SMOKE);
    Engine engine = Engines.open("torch", "cpu", Precision.FLOAT32, 1);
    try (Network network = engine.network(Architectures.named(SMOKE.model(), 10), 1)) {
      for (Throwable fault :
          List.of(
              new IllegalStateException("closed"),
              new ArithmeticException("/ by zero"),
              new NullPointerException(),
              new AssertionError("odd"))) {
        String message =
            assertThrows(
                    IllegalStateException.class,
                    () -> Tuning.unlearned(new Failing(fault), network, split))
                .getMessage();
        assertTrue(
            message.startsWith(
                "unlearning by \"failing\" failed: " + fault + ", at " + getClass().getName()),
            message);
      }
      for (RuntimeException passed :
          List.of(new IllegalArgumentException("no"), new CancellationException("stopped"))) {
        assertSame(
            passed,
            assertThrows(
                RuntimeException.class,
                () -> Tuning.unlearned(new Failing(passed), network, split)));
      }
    }
  }

  @Test
  void theCostIsThatOfTheCandidate() {
    RequestSize size = new RequestSize(2, 10, 1);
    Contender epochs = Contender.own(new Costly(1), SMOKE);
    assertEquals(10, epochs.gradients(1, size));
    assertEquals(30, epochs.gradients(3, size));
    assertEquals(
        Contender.NOT_SAID,
        Contender.own(new Named("mine", List.of(1.0)), SMOKE).gradients(1, size));
  }

  @Test
  void runsOfSingleMethodsAloneSayNothing() {
    Table one = TheoryRuns.of(new BenchmarkExperiment(), List.of(SMOKE.only("fine-tuning")));
    assertEquals(0, BenchmarkVerdicts.all(one).length);
    assertEquals(1, BenchmarkFigures.gapAgainstV("one", one).data().rowCount());
  }

  private static void writeJar(Path jar, Path type, String more) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      entries.putNextEntry(new JarEntry(FILE));
      Files.copy(type, entries);
      entries.putNextEntry(new JarEntry(more + ".class"));
    }
  }

  @Test
  void theKeyHasTheCodeOfAMethodOfOnesOwnAlone() {
    Engine engine = Engines.open("torch", "cpu", Precision.FLOAT32, 1);
    DataSets data = DataSets.of(new DataCache(folder, true), line -> {});
    BenchmarkExperiment e9 = new BenchmarkExperiment();
    String code = OwnMethods.code(AddNoise.class);
    assertTrue(e9.key(engine, data, SMOKE.only("add-noise")).text().contains(code));
    assertTrue(e9.key(engine, data, SMOKE.only("scrub")).text().contains("only=scrub"));
    assertTrue(!e9.key(engine, data, SMOKE).text().contains("only"), "as before there was one");
  }

  /** Chosen, computed and measured as among all. */
  @Test
  void oneOfTheLibrarysMethodsAloneGivesItsRow() {
    List<BenchmarkSettings> runs = List.of(SMOKE, SMOKE.only("salun"), SMOKE.only("amnesiac"));
    Table table = TheoryRuns.of(new BenchmarkExperiment(), runs);
    assertEquals(22, table.rowCount());
    for (String method : List.of("salun", "amnesiac")) {
      Table rows = Tables.where(table, "method", method);
      rows.removeColumns("run", "only", "seconds");
      assertEquals(2, rows.rowCount());
      assertEquals(RecordTable.csv(rows.rows(0)), RecordTable.csv(rows.rows(1)));
    }
  }

  @Test
  void aRecordIsNotToBeHad() {
    OwnMethods.requireMeasurable("nothing");
    OwnMethods.requireMeasurable("add-noise");
    OwnMethods.requireMeasurable("single-gradient");
    String refused =
        assertThrows(
                IllegalArgumentException.class,
                () -> OwnMethods.requireNoRecord(new Recorded("mine")))
            .getMessage();
    assertTrue(refused.startsWith("\"mine\" reads the record of a run"), refused);
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> OwnMethods.requireMeasurable("no-method"))
            .getMessage();
    assertTrue(message.contains("there is add-noise"), message);
  }
}
