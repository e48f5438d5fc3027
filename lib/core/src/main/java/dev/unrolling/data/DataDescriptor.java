package dev.unrolling.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The facts about a data set, read from the file of its name in the repository's {@code data}
 * folder, which is in the jar too.
 *
 * @param name short, as the cache and the command line use it
 * @param title as figures and tables use it
 * @param homepage of the authors
 * @param terms of use
 * @param citation the paper to cite
 * @param classes class names in label order, by the name of the labelling
 * @param sources where it can be had, the preferred first
 * @param parts what the checked files hold, by the name of the part ({@code "train"}, {@code
 *     "test"}); empty if that depends on the source
 */
public record DataDescriptor(
    String name,
    String title,
    String homepage,
    String terms,
    String citation,
    Map<String, List<String>> classes,
    List<DataSource> sources,
    Map<String, Part> parts) {

  /**
   * A part of a data set.
   *
   * @param size number of examples
   * @param sum as {@link Dataset#contentSum} gives, with the labels and the normalisation that the
   *     experiments use
   */
  public record Part(int size, String sum) {}

  /** Without parts in the descriptor there are none. */
  public DataDescriptor {
    parts = parts == null ? Map.of() : Map.copyOf(parts);
  }

  private static final List<String> NAMES = List.of("cifar10", "cifar100", "imdb", "mnist");

  /** Those that were read: each run's key asks for one. */
  private static final Map<String, DataDescriptor> READ = new ConcurrentHashMap<>();

  /** The names of all data sets. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The descriptor of a name.
   *
   * @param name one of {@link #names()}
   * @throws IllegalArgumentException naming the data sets there are
   */
  public static DataDescriptor of(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "no data set is called \"" + name + "\"; there is " + String.join(", ", NAMES));
    }
    return READ.computeIfAbsent(name, DataDescriptor::read);
  }

  private static DataDescriptor read(String name) {
    try (InputStream in = DataDescriptor.class.getResourceAsStream(name + ".json")) {
      if (in == null) {
        throw new IllegalStateException(
            name + ".json is not on the class path; build the jar anew (mvn package)");
      }
      return StrictJson.mapper().readValue(in, DataDescriptor.class);
    } catch (IOException e) {
      throw new UncheckedIOException("the descriptor " + name + ".json cannot be read", e);
    }
  }

  /**
   * The class names of one labelling.
   *
   * @param labelling a key of {@link #classes()}, e.g. {@code "fine"}
   */
  public List<String> classNames(String labelling) {
    return classes.get(labelling);
  }

  /** The authors' own archives among the sources. */
  List<DataSource.Archive> archives() {
    return sources.stream()
        .filter(DataSource.Archive.class::isInstance)
        .map(DataSource.Archive.class::cast)
        .toList();
  }

  /** How a user puts the data into a folder by hand, as the end of an error message. */
  String byHand(Path folder) {
    String archives =
        archives().stream()
            .map(
                a ->
                    "put "
                        + a.fileName()
                        + " from "
                        + a.url()
                        + " (or its unpacked folder "
                        + a.folder()
                        + ") into "
                        + folder
                        + ", or ")
            .collect(Collectors.joining());
    return archives + "set " + DataCache.VARIABLE + " to a folder that holds it";
  }
}
