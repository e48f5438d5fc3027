package dev.unrolling.experiments.benchmark;

import dev.unrolling.data.Checksums;
import dev.unrolling.data.Named;
import dev.unrolling.unlearning.RecordedUnlearning;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningMethods;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Methods on the class path that are not the library's: E9 measures them beside its own. */
final class OwnMethods {

  /** Names jars and folders of classes; the scripts put them on the class path. */
  static final String ADDED = "UNROLLING_CLASSPATH";

  private static final String LIBRARY = "dev.unrolling.unlearning.";

  private static final ClassValue<String> CODE =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          List<Path> places = places(type);
          return places.isEmpty() ? UUID.randomUUID().toString() : sum(places);
        }
      };

  /**
   * What decides the numbers of a run of one's own method.
   *
   * @param settings of the run
   * @param method its class
   * @param code checksum of the jar or the classes that it comes from
   */
  record Run(BenchmarkSettings settings, String method, String code) {}

  private OwnMethods() {}

  /**
   * All that E9 can measure.
   *
   * @throws IllegalArgumentException if one has the name of one of the library's
   */
  static List<UnlearningMethod> registered() {
    return measurable(Named.all(UnlearningMethod.class));
  }

  /** Those of the methods that are there. */
  static List<UnlearningMethod> measurable(List<UnlearningMethod> all) {
    List<UnlearningMethod> own = all.stream().filter(one -> !isOfTheLibrary(one)).toList();
    for (UnlearningMethod one : own) {
      boolean isTaken =
          one.name().equals(BenchmarkExperiment.NOTHING)
              || all.stream().anyMatch(other -> other != one && other.name().equals(one.name()));
      if (isTaken) {
        throw new IllegalArgumentException(
            one.getClass().getName()
                + " is called \""
                + one.name()
                + "\" like another method; rename it, or take it off the class path");
      }
      code(one.getClass());
    }
    return own.stream().filter(one -> !(one instanceof RecordedUnlearning)).toList();
  }

  /** One's own method of a name; empty if it is one of the library's. */
  static Optional<UnlearningMethod> named(String name) {
    return registered().stream().filter(one -> one.name().equals(name)).findFirst();
  }

  /**
   * Refuses what E9 cannot measure.
   *
   * @throws IllegalArgumentException saying which methods there are, or what this one needs
   */
  static void requireMeasurable(String name) {
    if (!name.equals(BenchmarkExperiment.NOTHING)) {
      requireNoRecord(UnlearningMethods.named(name));
    }
  }

  /** Refuses a method of one's own that reads a record. */
  static void requireNoRecord(UnlearningMethod method) {
    if (method instanceof RecordedUnlearning && !isOfTheLibrary(method)) {
      throw new IllegalArgumentException(
          "\""
              + method.name()
              + "\" reads the record of a run, and E9 has none to give; it measures methods of"
              + " one's own that need no more than the trained network, the forget set and what"
              + " stays");
    }
  }

  static boolean isOfTheLibrary(UnlearningMethod method) {
    return method.getClass().getName().startsWith(LIBRARY);
  }

  static Run run(BenchmarkSettings settings, UnlearningMethod method) {
    return new Run(settings, method.getClass().getName(), code(method.getClass()));
  }

  /**
   * Names the code of a class as it was when it was first asked for: a run computes what was loaded
   * then, whatever becomes of the files meanwhile. It is the sum of the jar or folder that the
   * class comes from and of all that {@value #ADDED} names, so that a method that is changed is
   * measured anew. Of what has no place, such as a class of a notebook, each session gives another
   * name.
   */
  static String code(Class<?> type) {
    return CODE.get(type);
  }

  private static List<Path> places(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null || !"file".equals(source.getLocation().getProtocol())) {
      return List.of();
    }
    String added = System.getenv().getOrDefault(ADDED, "");
    try {
      return Stream.concat(
              Stream.of(Path.of(source.getLocation().toURI())),
              Arrays.stream(added.split(File.pathSeparator))
                  .filter(place -> !place.isBlank())
                  .map(place -> Path.of(place).toAbsolutePath().normalize()))
          .distinct()
          .toList();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("no place: " + source.getLocation(), e);
    }
  }

  private static String sum(List<Path> places) {
    StringBuilder sums = new StringBuilder();
    for (Path place : places) {
      try (Stream<Path> files = Files.walk(place)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          sums.append(place.relativize(file)).append(' ');
          sums.append(Checksums.sha256(Files.readAllBytes(file))).append('\n');
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the code in " + place + ": " + e, e);
      }
    }
    return Checksums.sha256(sums.toString());
  }
}
