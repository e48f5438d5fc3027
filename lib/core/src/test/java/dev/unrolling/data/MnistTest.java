package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The authors' idx layout, written by hand. */
class MnistTest {

  @TempDir private Path folder;

  private Path write(String file, int magic, int[] extents, int... bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * extents.length + bytes.length).putInt(magic);
    for (int extent : extents) {
      buffer.putInt(extent);
    }
    for (int one : bytes) {
      buffer.put((byte) one);
    }
    return Files.write(folder.resolve(file), buffer.array());
  }

  private void writeBoth() throws IOException {
    write("train-images-idx3-ubyte", 0x803, new int[] {2, 1, 3}, 0, 255, 51, 1, 2, 3);
    write("train-labels-idx1-ubyte", 0x801, new int[] {2}, 7, 0);
  }

  private void assertRefused(String... parts) {
    Messages.assertOneLine(
        assertThrows(DataException.class, () -> Mnist.read("small", folder, "train")), parts);
  }

  @Test
  void readsPicturesOfAnySize() throws IOException {
    writeBoth();
    ImageDataset read = Mnist.read("small", folder, "train");
    assertEquals(
        List.of(2, 10, 7, 0), List.of(read.size(), read.classes(), read.label(0), read.label(1)));
    assertArrayEquals(new int[] {1, 1, 3}, read.exampleShape());
    double[] values = new double[3];
    read.writeExample(0, values, 0);
    assertArrayEquals(
        new double[] {-0.1307 / 0.3081, 0.8693 / 0.3081, 0.0693 / 0.3081}, values, 1e-12);
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    assertRefused("train-images-idx3-ubyte", "found nothing");
    writeBoth();
    write("train-images-idx3-ubyte", 0x1f8b0800, new int[] {2, 1, 3}, 0, 255, 51, 1, 2, 3);
    assertRefused("train-images-idx3-ubyte", "1f8b0800", "unpacked");
    write("train-images-idx3-ubyte", 0x803, new int[] {2, 1, 3}, 0, 255, 51, 1, 2);
    assertRefused("21 bytes for the extents [2, 1, 3]");
    writeBoth();
    write("train-labels-idx1-ubyte", 0x801, new int[] {3}, 7, 0, 1);
    assertRefused("3 labels", "2 labels");
    write("train-labels-idx1-ubyte", 0x801, new int[] {2}, 7, 10);
    assertRefused("label 10 at place 1", "0 to 9");
    Files.write(folder.resolve("train-labels-idx1-ubyte"), new byte[] {0, 0});
    assertRefused("an end within the head");
  }

  @Test
  void theDescriptorNamesTheAuthorsFiles() {
    DataDescriptor mnist = DataDescriptor.of(Mnist.NAME);
    assertEquals(60_000, mnist.parts().get("train").size());
    // A head of 16 bytes and 28 x 28 a picture.
    assertEquals(16 + 60_000L * 784, mnist.sources().get(0).files().get(0).size());
    assertEquals(List.of(1, 28, 28), DatasetProvider.named(Mnist.NAME).exampleShape());
  }
}
