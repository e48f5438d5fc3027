package dev.unrolling.forgetting.inputs;

import dev.unrolling.data.DataCache;
import dev.unrolling.data.DataException;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.DatasetProvider;
import dev.unrolling.data.FileErrors;
import dev.unrolling.data.IdxPictures;
import dev.unrolling.data.ImageDataset.Normalisation;
import dev.unrolling.data.Named;
import dev.unrolling.data.PictureFolder;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.dataset.TableDataset;
import dev.unrolling.store.RecordTable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvReadOptions;

/**
 * A user's own labelled data, and what its examples are called.
 *
 * @param dataset the examples
 * @param names one an example, beside its index; empty where an index is all there is
 */
public record UserExamples(Dataset dataset, List<String> names) {

  /** What a pixel of 0 to 255 is to the network. */
  public enum Pixels {
    /** A number from 0 to 1. */
    UNIT,
    /** As it is: 0 to 255, e.g. for a model with a normaliser of its own. */
    RAW,
    /** With each channel's mean taken off, divided by its standard deviation, both of the data. */
    STANDARD
  }

  /**
   * Reads data.
   *
   * @param data a folder with a folder of pictures a class; a file of pictures in the format of
   *     MNIST, or a folder that holds one; a CSV file with a header; or the name of one of the
   *     library's data sets, whose training part it is
   * @param pixels how pictures are fed
   * @param label the column of labels in a CSV file; all other columns are features
   * @throws DataException if there is nothing that can be read, naming it
   * @throws IllegalArgumentException if a table is not as it should be
   */
  public static UserExamples read(Path data, Pixels pixels, String label) {
    if (!Files.exists(data) && provided(data.toString())) {
      Dataset known =
          DataSets.of(DataCache.fromEnvironment(), line -> {}).of(data.toString()).train();
      return new UserExamples(known, List.of());
    }
    String name = data.getFileName().toString();
    if (Files.isDirectory(data)) {
      Optional<Path> idx = idx(data);
      if (idx.isPresent()) {
        return read(idx.get(), pixels, label);
      }
      Dataset pictures =
          pixels == Pixels.STANDARD
              ? PictureFolder.read(name, data)
              : PictureFolder.readScaled(name, data, largest(pixels));
      return new UserExamples(pictures, PictureFolder.names(data));
    }
    FileErrors.requireFile(data);
    if (IdxPictures.isNamedSo(data)) {
      Dataset pictures =
          pixels == Pixels.STANDARD
              ? IdxPictures.read(name, data)
              : IdxPictures.read(
                  name, data, new Normalisation(List.of(0.0), List.of(1 / largest(pixels))));
      return new UserExamples(pictures, List.of());
    }
    if (name.endsWith(".csv")) {
      return new UserExamples(table(data, label), List.of());
    }
    throw new DataException(
        data
            + " is neither a folder with a folder of pictures a class, nor a file of MNIST's format"
            + " (...images-idx3-ubyte), nor a .csv");
  }

  private static boolean provided(String name) {
    return Named.all(DatasetProvider.class).stream().anyMatch(one -> one.answersTo(name));
  }

  private static Optional<Path> idx(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> found = entries.filter(IdxPictures::isNamedSo).sorted().toList();
      List<Path> train =
          found.stream().filter(file -> file.getFileName().toString().startsWith("train")).toList();
      if (found.size() > 1 && train.size() != 1) {
        throw new DataException(
            folder + " holds " + found.size() + " files of pictures; name the one that is meant");
      }
      return (train.size() == 1 ? train : found).stream().findFirst();
    } catch (IOException e) {
      throw FileErrors.failed(folder, e);
    }
  }

  private static double largest(Pixels pixels) {
    return pixels == Pixels.RAW ? 255 : 1;
  }

  private static Dataset table(Path file, String label) {
    Table table;
    try {
      // Some programs begin a text with a mark of its order of bytes.
      String text = Files.readString(file).replaceFirst("^\uFEFF", "");
      table = Table.read().csv(CsvReadOptions.builder(RecordTable.source(text)).build());
    } catch (CharacterCodingException other) {
      throw new DataException(
          file + " is not text in UTF-8, so its letters cannot be told; save it as UTF-8", other);
    } catch (IOException e) {
      throw FileErrors.failed(file, e);
    } catch (RuntimeException unreadable) {
      throw new DataException(file + " is no table: " + unreadable.getMessage(), unreadable);
    }
    table.setName(file.getFileName().toString());
    List<String> features =
        table.columnNames().stream().filter(column -> !column.equals(label)).toList();
    if (!table.containsColumn(label)) {
      throw new IllegalArgumentException(
          file + " has no column \"" + label + "\" of labels; there is " + table.columnNames());
    }
    List<String> labels = List.copyOf(new TreeSet<>(table.column(label).asStringColumn().asList()));
    // Sorted as text, class 10 would come before class 2.
    if (labels.stream().allMatch(text -> text.matches("\\d{1,4}"))) {
      int last = labels.stream().mapToInt(Integer::parseInt).max().orElse(0);
      List<String> numbers = IntStream.rangeClosed(0, last).mapToObj(Integer::toString).toList();
      return TableDataset.of(table, label, features, numbers);
    }
    return TableDataset.of(table, label, features, labels);
  }
}
