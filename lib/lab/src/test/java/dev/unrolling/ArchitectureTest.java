package dev.unrolling;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the arrows between the packages: data flows one way, and each stop has a room. */
class ArchitectureTest {

  private static final String ROOT = "dev.unrolling.";

  private static final Path REPOSITORY = Path.of(System.getProperty("unrolling.root", ".."));
  private static final int MOST_LINES = 250;
  private static final int MOST_FILES = 15;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.unrolling");

  /** What each package uses directly; it may also use what those use. */
  private static final Map<String, List<String>> USES =
      Map.ofEntries(
          Map.entry("shutdown", List.of()),
          Map.entry("data", List.of()),
          Map.entry("text", List.of("data")),
          Map.entry("model", List.of()),
          Map.entry("engine.logits", List.of()),
          Map.entry("engine", List.of("data", "model", "engine.logits")),
          Map.entry("engine.linear", List.of("engine")),
          Map.entry("engine.torch.tangent", List.of("model")),
          Map.entry("engine.torch", List.of("engine", "shutdown", "engine.torch.tangent")),
          Map.entry("engine.dl4j", List.of("engine")),
          Map.entry("weights", List.of("engine")),
          Map.entry("training.schedule", List.of("engine")),
          Map.entry("training.saved", List.of("engine")),
          Map.entry("training", List.of("training.schedule", "training.saved")),
          Map.entry("curvature", List.of("engine")),
          Map.entry("unlearning.recording", List.of("training")),
          Map.entry("unlearning.theory", List.of("unlearning.recording", "curvature")),
          Map.entry("unlearning", List.of("unlearning.recording", "curvature")),
          Map.entry("unlearning.sisa", List.of("unlearning")),
          Map.entry("unlearning.baselines.parts", List.of("unlearning")),
          Map.entry("unlearning.baselines", List.of("unlearning.baselines.parts")),
          Map.entry("privacy", List.of("training")),
          Map.entry("metrics", List.of("engine", "privacy")),
          Map.entry("settings", List.of("data")),
          Map.entry("statistics", List.of()),
          Map.entry("plot.style", List.of("data")),
          Map.entry("plot", List.of("plot.style")),
          Map.entry("dataset", List.of("text")),
          Map.entry("store", List.of("settings", "dataset", "training")),
          Map.entry(
              "experiment",
              List.of("store", "plot", "unlearning.theory", "unlearning.sisa", "metrics")),
          Map.entry("experiments.benchmark.attacks", List.of("privacy")),
          Map.entry(
              "experiments.benchmark",
              List.of(
                  "experiment",
                  "statistics",
                  "unlearning.baselines",
                  "experiments.benchmark.attacks")),
          Map.entry("experiments.checkpointing", List.of("experiment", "statistics")),
          Map.entry("experiments.outputs", List.of("experiment", "statistics")),
          Map.entry("experiments.separation", List.of("experiment", "statistics")),
          Map.entry("experiments.singlegradient", List.of("experiment", "statistics")),
          Map.entry("experiments.unrolled", List.of("experiment", "statistics")),
          Map.entry("experiments.finetuning", List.of("experiment", "statistics")),
          // E6, E8, C2.10, C2.12 and the comparison of engines begin with runs of E1.
          Map.entry("experiments.cost", List.of("experiments.finetuning")),
          Map.entry("experiments.engines", List.of("experiments.finetuning")),
          Map.entry("experiments.privacy", List.of("experiments.finetuning")),
          Map.entry("experiments.methods", List.of("experiments.finetuning")),
          Map.entry("experiments.sparsity", List.of("experiments.finetuning")),
          Map.entry("notebook", List.of("experiment")),
          Map.entry("benchmark", List.of("unlearning.theory")),
          Map.entry("cli.options", List.of("experiment")),
          Map.entry("cli.progress", List.of("shutdown")),
          Map.entry(
              "forgetting.inputs",
              List.of("store", "unlearning", "metrics", "weights", "engine.dl4j")),
          Map.entry(
              "forgetting",
              List.of("forgetting.inputs", "unlearning.baselines", "unlearning.theory")),
          Map.entry(
              "cli",
              List.of(
                  "cli.options",
                  "cli.progress",
                  "experiments.engines",
                  "forgetting",
                  "benchmark")));

  private static Set<String> allowed(String room) {
    Set<String> all = new TreeSet<>(Set.of(room));
    USES.get(room).forEach(used -> all.addAll(allowed(used)));
    return all;
  }

  private static DescribedPredicate<JavaClass> ours() {
    return new DescribedPredicate<>("classes of ours") {
      @Override
      public boolean test(JavaClass type) {
        return type.getPackageName().startsWith("dev.unrolling");
      }
    };
  }

  @TestFactory
  Stream<DynamicTest> eachPackageUsesOnlyThoseToItsLeft() {
    return USES.keySet().stream()
        .sorted()
        .map(
            room ->
                DynamicTest.dynamicTest(
                    room,
                    () ->
                        noClasses()
                            .that()
                            .resideInAPackage(ROOT + room)
                            .should()
                            .dependOnClassesThat(
                                ours()
                                    .and(
                                        JavaClass.Predicates.resideOutsideOfPackages(
                                            allowed(room).stream()
                                                .map(name -> ROOT + name)
                                                .toArray(String[]::new))))
                            .allowEmptyShould(true)
                            .check(CLASSES)));
  }

  @Test
  void everyPackageHasItsRule() {
    List<String> rooms =
        CLASSES.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith(ROOT))
            .map(name -> name.substring(ROOT.length()))
            .distinct()
            .filter(name -> !USES.containsKey(name))
            .toList();
    assertEquals(List.of(), rooms);
  }

  @Test
  void noCycles() {
    slices().matching("dev.unrolling.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theTheoryNamesNoEngine() {
    String[] theory =
        Stream.of("training", "curvature", "unlearning", "privacy", "metrics")
            .map(room -> ROOT + room + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAnyPackage(theory)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT + "engine.linear..",
            ROOT + "engine.torch..",
            ROOT + "engine.dl4j..",
            "org.bytedeco..",
            "org.deeplearning4j..")
        .check(CLASSES);
  }

  /** Else the end of the process would not wait for what is under way. */
  @Test
  void everyScopeOfLibTorchHoldsTheEndOfTheProcess() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "engine.torch")
        .and()
        .doNotHaveSimpleName("NativeScope")
        .should()
        .callConstructor(PointerScope.class)
        .check(CLASSES);
  }

  @Test
  void nativeLibrariesStayInTheirEnginesAndBenchmarks() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            ROOT + "engine.torch..", ROOT + "engine.dl4j..", ROOT + "benchmark..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..", "org.deeplearning4j..")
        .check(CLASSES);
  }

  /** What {@code TransfersTest} counts would say nothing about copies made elsewhere. */
  @Test
  void tensorsGoBetweenHostAndDeviceInOnePlace() {
    String copying =
        "item.*|cpu|cuda|data_ptr.*|from_blob|tensor|is_nonzero|nonzero.*|equal|allclose";
    noClasses()
        .that()
        .resideInAPackage(ROOT + "engine.torch")
        .and()
        .doNotHaveSimpleName("Transfers")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "a tensor is copied between host and device, or waited for",
                call ->
                    call.getTargetOwner().getPackageName().startsWith("org.bytedeco.pytorch")
                        && (call.getName().matches(copying)
                            || call.getName().equals("to")
                                && call.getTarget().getRawParameterTypes().stream()
                                    .anyMatch(type -> type.getSimpleName().equals("Device")))))
        .check(CLASSES);
  }

  @Test
  void theDrawingLibraryStaysInPlots() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "plot..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.knowm..", "org.apache.batik..")
        .check(CLASSES);
  }

  /** A reader keeps a room in mind that is small; data and engine.dl4j have many small things. */
  @Test
  void roomsAreSmall() throws IOException {
    Map<Path, Integer> files = new TreeMap<>();
    Set<String> tooMuch = new TreeSet<>();
    for (String module : List.of("core", "torch", "dl4j", "lab")) {
      Path sources = REPOSITORY.resolve(Path.of("lib", module, "src", "main", "java"));
      try (Stream<Path> found = Files.walk(sources)) {
        for (Path file : found.filter(path -> path.toString().endsWith(".java")).toList()) {
          try (Stream<String> lines = Files.lines(file)) {
            if (lines.count() > MOST_LINES) {
              tooMuch.add(file + " has more than " + MOST_LINES + " lines");
            }
          }
          if (!file.endsWith("package-info.java")) {
            files.merge(file.getParent(), 1, Integer::sum);
          }
        }
      }
    }
    files.forEach(
        (room, count) -> {
          boolean large = room.endsWith("dev/unrolling/data") || room.endsWith("engine/dl4j");
          if (!large && count > MOST_FILES) {
            tooMuch.add(room + " has more than " + MOST_FILES + " files");
          }
        });
    assertTrue(files.size() > 30, "the sources were looked for in " + REPOSITORY);
    assertEquals(Set.of(), tooMuch);
  }
}
