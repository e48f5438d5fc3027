package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of real pictures (of CIFAR-10) and of pictures by hand. */
class PictureFolderTest {

  private static final int[] COLOURS = {0x000000, 0xff0000, 0x00ff00, 0x0000ff, 0x336699, 0xffffff};

  @TempDir private Path folder;

  /** A picture of 3 x 2 pixels in six colours, or of another kind or size. */
  private static BufferedImage picture(int type, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, 0xff000000 | COLOURS[i % COLOURS.length]);
    }
    return image;
  }

  private static BufferedImage colours() {
    return picture(BufferedImage.TYPE_INT_RGB, 3, 2);
  }

  /** A picture whose raster holds given shades. */
  private static BufferedImage shades(int type, int... values) {
    BufferedImage image = new BufferedImage(values.length, 1, type);
    image.getRaster().setSamples(0, 0, values.length, 1, 0, values);
    return image;
  }

  private Path put(BufferedImage image, String path) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    String format = path.endsWith("png") || path.endsWith("PNG") ? "png" : "jpg";
    ImageIO.write(image, format, file.toFile());
    return file;
  }

  private void assertRefused(String... parts) {
    Messages.assertOneLine(
        assertThrows(DataException.class, () -> PictureFolder.read("mine", folder)), parts);
  }

  @Test
  void classesAndPicturesComeInTheOrderOfTheirNames() throws IOException {
    put(colours(), "b/2.png");
    put(picture(BufferedImage.TYPE_3BYTE_BGR, 3, 2), "b/10.PNG");
    put(picture(BufferedImage.TYPE_INT_ARGB, 3, 2), "a/x.png");
    put(picture(BufferedImage.TYPE_BYTE_INDEXED, 3, 2), "Z/x.png");
    Files.createDirectory(folder.resolve(".git"));
    for (String passed : List.of(".DS_Store", "README.txt", "a/.DS_Store")) {
      Files.writeString(folder.resolve(passed), "not a picture");
    }
    ImageDataset data = PictureFolder.read("mine", folder);
    assertEquals(List.of("Z", "a", "b"), data.classNames());
    assertEquals(4, data.size());
    assertArrayEquals(new int[] {3, 2, 3}, data.exampleShape());
    assertEquals(
        List.of(0, 1, 2, 2), List.of(data.label(0), data.label(1), data.label(2), data.label(3)));
    byte[] expected = new byte[18];
    for (int i = 0; i < 18; i++) {
      expected[i] = (byte) (COLOURS[i % 6] >> (16 - 8 * (i / 6)));
    }
    for (int n = 1; n < 4; n++) {
      byte[] bytes = new byte[18];
      data.writeBytes(n, bytes, 0);
      assertArrayEquals(expected, bytes);
    }
  }

  @Test
  void measuresMeanAndDeviationByHand() throws IOException {
    // Shades 0, 51 and 102, 255: mean 102, squares 102^2 + 51^2 + 0 + 153^2 over 4.
    put(shades(BufferedImage.TYPE_BYTE_GRAY, 0, 51), "a/1.png");
    put(shades(BufferedImage.TYPE_BYTE_GRAY, 102, 255), "a/2.png");
    ImageDataset data = PictureFolder.read("grey", folder);
    assertArrayEquals(new int[] {1, 1, 2}, data.exampleShape());
    assertArrayEquals(new double[] {0.4}, data.mean(), 1e-15);
    double deviation = Math.sqrt((102 * 102 + 51 * 51 + 153 * 153) / 4.0) / 255;
    assertArrayEquals(new double[] {deviation}, data.std(), 1e-15);
    double[] target = new double[2];
    data.writeExample(0, target, 0);
    assertArrayEquals(new double[] {-0.4 / deviation, -0.2 / deviation}, target, 1e-14);
  }

  @Test
  void shadesStayWhatTheyAre() throws IOException {
    // Java's own conversion to RGB would make 188 of 128. 16 bits are rounded to 8.
    put(shades(BufferedImage.TYPE_BYTE_GRAY, 128, 7), "a/1.png");
    put(shades(BufferedImage.TYPE_USHORT_GRAY, 128 * 257 + 100, 65535), "a/2.png");
    ImageDataset data = PictureFolder.read("grey", folder);
    byte[] bytes = new byte[2];
    data.writeBytes(0, bytes, 0);
    assertArrayEquals(new byte[] {(byte) 128, 7}, bytes);
    data.writeBytes(1, bytes, 0);
    assertArrayEquals(new byte[] {(byte) 128, (byte) 255}, bytes);
  }

  @Test
  void greyAmongColoursHasThreeChannels() throws IOException {
    put(shades(BufferedImage.TYPE_BYTE_GRAY, 128, 7), "a/1.png");
    put(picture(BufferedImage.TYPE_INT_RGB, 2, 1), "b/1.png");
    byte[] bytes = new byte[6];
    PictureFolder.read("mixed", folder).writeBytes(0, bytes, 0);
    assertArrayEquals(new byte[] {(byte) 128, 7, (byte) 128, 7, (byte) 128, 7}, bytes);
    var one = new ImageDataset.Normalisation(List.of(0.5), List.of(0.5));
    Messages.assertOneLine(
        assertThrows(DataException.class, () -> PictureFolder.read("mixed", folder, one)),
        "pictures in colour",
        "3 channels, not 1");
  }

  @Test
  void realPicturesComeBackWhole() throws IOException {
    ImageDataset real = RealData.cifar10Test();
    for (int i = 0; i < 12; i++) {
      String name = real.classNames().get(real.label(i));
      put(real.image(i), name + "/" + String.format("%02d", i) + ".png");
    }
    ImageDataset read = PictureFolder.read("mine", folder, Cifar10.NORMALISATION);
    assertEquals(12, read.size());
    byte[] expected = new byte[3072];
    byte[] found = new byte[3072];
    int at = 0;
    for (String name : read.classNames()) {
      for (int i = 0; i < 12; i++) {
        if (real.classNames().get(real.label(i)).equals(name)) {
          real.writeBytes(i, expected, 0);
          read.writeBytes(at++, found, 0);
          assertArrayEquals(expected, found);
        }
      }
    }
  }

  @Test
  void testPicturesAreAsTheTrainingPictures() throws IOException {
    put(colours(), "train/a/1.png");
    put(colours(), "train/b/1.png");
    put(colours(), "test/b/1.png");
    ImageDataset train = PictureFolder.read("train", folder.resolve("train"));
    ImageDataset test = PictureFolder.readLike(train, "test", folder.resolve("test"));
    assertEquals(train.classNames(), test.classNames());
    assertEquals(1, test.label(0), "b is class 1, though it is the only one here");
    assertEquals(train.normalisation(), test.normalisation());
    put(colours(), "test/c/1.png");
    Messages.assertOneLine(
        assertThrows(
            DataException.class,
            () -> PictureFolder.readLike(train, "test", folder.resolve("test"))),
        "c is a class that train does not have; it has [a, b]");
    put(picture(BufferedImage.TYPE_INT_RGB, 4, 2), "other/a/1.png");
    Messages.assertOneLine(
        assertThrows(
            DataException.class,
            () -> PictureFolder.readLike(train, "test", folder.resolve("other"))),
        "pictures of 4 x 2 pixels",
        "are 3 x 2 pixels");
  }

  @Test
  void anotherSizeIsNamedWithBoth() throws IOException {
    Path one = put(colours(), "a/1.png");
    Path other = put(picture(BufferedImage.TYPE_INT_RGB, 2, 3), "b/1.png");
    assertRefused(other + " has 2 x 3 pixels, but " + one + " has 3 x 2 pixels");
  }

  @Test
  void aDamagedPictureIsNamed() throws IOException {
    for (String path : List.of("a/1.png", "a/1.jpg")) {
      BufferedImage real = RealData.cifar10Test().image(0);
      Path file = put(real, path);
      assertEquals(1, PictureFolder.read("whole", folder).size());
      byte[] whole = Files.readAllBytes(file);
      for (int length :
          new int[] {0, 1, 10, whole.length / 2, whole.length - 20, whole.length - 3}) {
        Files.write(file, Arrays.copyOf(whole, length));
        assertRefused(file + ": found");
      }
      Files.writeString(file, "hello");
      assertRefused(file + ": found bytes that are no picture");
      Files.delete(file);
    }
  }

  @Test
  void refusesAFolderThatIsNone() throws IOException {
    assertRefused("found no folder in it, expected one a class");
    Path inside = Files.createDirectories(folder.resolve("a"));
    assertRefused("found no picture in its folders");
    Files.writeString(inside.resolve("notes.txt"), "x");
    assertRefused("notes.txt: found a file of another kind");
    Files.delete(inside.resolve("notes.txt"));
    Files.createDirectory(inside.resolve("nested"));
    assertRefused("nested: found a folder among the pictures");
    Files.delete(inside.resolve("nested"));
    put(colours(), "a/1.png");
    put(colours(), "loose.png");
    assertRefused("loose.png is a picture outside any class");
    Messages.assertOneLine(
        assertThrows(DataException.class, () -> PictureFolder.read("x", folder.resolve("nothing"))),
        "nothing: found no folder");
  }

  @Test
  void oneShadeThroughoutCannotBeMeasured() throws IOException {
    put(shades(BufferedImage.TYPE_BYTE_GRAY, 9, 9), "a/1.png");
    Messages.assertOneLine(
        assertThrows(IllegalArgumentException.class, () -> PictureFolder.read("flat", folder)),
        "channel 0 is 9.0 in every pixel");
  }
}
