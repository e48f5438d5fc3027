package dev.unrolling.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Pictures of one's own: a folder with a folder a class, which holds the class's pictures as {@code
 * .png}, {@code .jpg} or {@code .jpeg}. Classes and pictures come in the order of their names;
 * hidden files, such as {@code .DS_Store}, and loose files beside the classes are passed over. All
 * pictures must have one size. Where all are grey there is one channel, else there are three; what
 * is transparent is shown as its colour.
 *
 * <pre>{@code
 * ImageDataset train = PictureFolder.read("flowers train", folder.resolve("train"));
 * ImageDataset test = PictureFolder.readLike(train, "flowers test", folder.resolve("test"));
 * }</pre>
 */
public final class PictureFolder {

  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");

  private PictureFolder() {}

  /**
   * Reads a folder, normalised by what is measured on it.
   *
   * @param name for tables and messages
   * @param folder with a folder a class
   * @throws DataException naming the file or folder that is not as it should be
   * @throws IllegalArgumentException if a channel has one value throughout
   */
  public static ImageDataset read(String name, Path folder) {
    Pictures pictures = pictures(folder, classes(folder));
    byte[] pixels = pictures.pixels(pictures.grey() ? 1 : 3);
    ImageDataset.Shape shape = pictures.shape(pictures.grey() ? 1 : 3);
    return pictures.dataset(name, shape, pixels, ChannelStatistics.of(shape, pixels));
  }

  /**
   * Reads a folder; nothing is measured on it.
   *
   * @param name for tables and messages
   * @param folder with a folder a class
   * @param largest what a pixel of 255 becomes, one of 0 staying 0; above 0
   * @throws DataException naming the file or folder that is not as it should be
   */
  public static ImageDataset readScaled(String name, Path folder, double largest) {
    Pictures pictures = pictures(folder, classes(folder));
    int channels = pictures.grey() ? 1 : 3;
    return pictures.dataset(
        name,
        pictures.shape(channels),
        pictures.pixels(channels),
        new ImageDataset.Normalisation(
            Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1 / largest)));
  }

  /**
   * Reads a folder, normalised by what is given.
   *
   * @param name for tables and messages
   * @param folder with a folder a class
   * @param normalisation of one channel, which needs grey pictures, or of three
   * @throws DataException naming the file or folder that is not as it should be
   */
  public static ImageDataset read(
      String name, Path folder, ImageDataset.Normalisation normalisation) {
    return read(name, folder, classes(folder), normalisation);
  }

  /**
   * Reads a folder with the classes, size and normalisation of another data set: the test pictures
   * that belong to training pictures. A class may be missing here, but there can be no other.
   *
   * @param train whose classes they are
   * @param name for tables and messages
   * @param folder with a folder a class
   * @throws DataException naming the file or folder that is not as it should be
   */
  public static ImageDataset readLike(ImageDataset train, String name, Path folder) {
    for (String found : classes(folder)) {
      if (!train.classNames().contains(found)) {
        throw new DataException(
            folder.resolve(found)
                + " is a class that "
                + train.name()
                + " does not have; it has "
                + train.classNames());
      }
    }
    ImageDataset test = read(name, folder, train.classNames(), train.normalisation());
    int[] expected = train.exampleShape();
    int[] found = test.exampleShape();
    if (expected[1] != found[1] || expected[2] != found[2]) {
      throw new DataException(
          folder
              + " holds pictures of "
              + size(found[2], found[1])
              + ", but those of "
              + train.name()
              + " are "
              + size(expected[2], expected[1])
              + "; scale them to one size");
    }
    return test;
  }

  /**
   * What each example of a folder is called, in the order of their indices: class folder and file,
   * e.g. {@code "cat/0017.png"}.
   *
   * @throws DataException naming the folder that is not as it should be
   */
  public static List<String> names(Path folder) {
    List<String> names = new ArrayList<>();
    for (String label : classes(folder)) {
      for (Path file : visible(folder.resolve(label))) {
        names.add(label + "/" + file.getFileName());
      }
    }
    return List.copyOf(names);
  }

  private static ImageDataset read(
      String name, Path folder, List<String> classes, ImageDataset.Normalisation normalisation) {
    Pictures pictures = pictures(folder, classes);
    int channels = normalisation.mean().size();
    if (channels == 1 && !pictures.grey()) {
      throw new DataException(
          folder
              + " holds pictures in colour, which need a normalisation of 3 channels, not 1; make"
              + " them grey, or give 3");
    }
    return pictures.dataset(
        name, pictures.shape(channels), pictures.pixels(channels), normalisation);
  }

  /** Names of the class folders, sorted. */
  private static List<String> classes(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new DataException(
          folder + ": found no folder, expected one with a folder of pictures a class");
    }
    List<String> classes = new ArrayList<>();
    for (Path path : visible(folder)) {
      if (Files.isDirectory(path)) {
        classes.add(path.getFileName().toString());
      } else if (isPicture(path)) {
        throw new DataException(
            path + " is a picture outside any class; move it into the folder of its class");
      }
    }
    if (classes.isEmpty()) {
      throw new DataException(folder + ": found no folder in it, expected one a class");
    }
    return classes;
  }

  private static Pictures pictures(Path folder, List<String> classes) {
    Pictures pictures = new Pictures(classes);
    for (int label = 0; label < classes.size(); label++) {
      Path members = folder.resolve(classes.get(label));
      for (Path file : Files.isDirectory(members) ? visible(members) : List.<Path>of()) {
        if (!isPicture(file) || !Files.isRegularFile(file)) {
          throw new DataException(
              file
                  + ": found "
                  + (Files.isDirectory(file) ? "a folder" : "a file of another kind")
                  + " among the pictures of a class, expected "
                  + String.join(", ", ENDINGS)
                  + "; move it away");
        }
        pictures.add(file, label);
      }
    }
    if (pictures.isEmpty()) {
      throw new DataException(
          folder + ": found no picture in its folders, expected " + String.join(", ", ENDINGS));
    }
    return pictures;
  }

  private static List<Path> visible(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> visible = new ArrayList<>();
      for (Path entry : (Iterable<Path>) entries::iterator) {
        if (!entry.getFileName().toString().startsWith(".") && !Files.isHidden(entry)) {
          visible.add(entry);
        }
      }
      visible.sort(Comparator.comparing(path -> path.getFileName().toString()));
      return visible;
    } catch (IOException e) {
      throw FileErrors.failed(folder, e);
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith);
  }

  static String size(int width, int height) {
    return width + " x " + height + " pixels";
  }
}
