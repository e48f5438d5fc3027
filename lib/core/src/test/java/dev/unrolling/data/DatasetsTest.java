package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The data sets in memory, by hand. */
class DatasetsTest {

  private static final List<String> TWO = List.of("no", "yes");
  private static final ImageDataset.Shape SHAPE = new ImageDataset.Shape(3, 1, 2);
  private static final ImageDataset.Normalisation NORMALISATION =
      new ImageDataset.Normalisation(List.of(0.5, 0.0, 0.2), List.of(0.25, 1.0, 0.1));

  private static ImageDataset images() {
    byte[] pixels = {0, (byte) 255, 51, 102, 0, 51, 1, 2, 3, 4, 5, 6};
    return new ImageDataset("two", SHAPE, pixels, new int[] {1, 0}, TWO, NORMALISATION);
  }

  @Test
  void normalisesEachChannelByItsOwn() {
    double[] target = new double[8];
    images().writeExample(0, target, 1);
    assertArrayEquals(new double[] {0, -2, 2, 0.2, 0.4, -2, 0, 0}, target, 1e-15);
  }

  @Test
  void givesTheBytesAsTheyAre() {
    byte[] target = new byte[7];
    images().writeBytes(1, target, 1);
    assertArrayEquals(new byte[] {0, 1, 2, 3, 4, 5, 6}, target);
    assertArrayEquals(new double[] {0.5, 0, 0.2}, images().mean());
    assertArrayEquals(new double[] {0.25, 1, 0.1}, images().std());
    assertArrayEquals(new int[] {3, 1, 2}, images().exampleShape());
  }

  @Test
  void showsColoursInPlace() {
    BufferedImage image = images().image(0);
    assertEquals(2, image.getWidth());
    assertEquals(1, image.getHeight());
    assertEquals(0xff000000 | 51 << 8, image.getRGB(0, 0));
    assertEquals(0xff000000 | 255 << 16 | 102 << 8 | 51, image.getRGB(1, 0));
  }

  @Test
  void showsAGreyImage() {
    ImageDataset grey =
        new ImageDataset(
            "grey",
            new ImageDataset.Shape(1, 1, 1),
            new byte[] {7},
            new int[] {0},
            TWO,
            new ImageDataset.Normalisation(List.of(0.0), List.of(1.0)));
    assertEquals(0xff070707, grey.image(0).getRGB(0, 0));
  }

  @Test
  void refusesWhatDoesNotFit() {
    int[] labels = {1, 0};
    assertThrows(IndexOutOfBoundsException.class, () -> images().image(2));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImageDataset("x", SHAPE, new byte[11], labels, TWO, NORMALISATION));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImageDataset("x", SHAPE, new byte[12], new int[] {0, 2}, TWO, NORMALISATION));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImageDataset("x", SHAPE, new byte[0], new int[0], TWO, NORMALISATION));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImageDataset.Normalisation(List.of(0.0), List.of(0.0)));
    assertThrows(IllegalArgumentException.class, () -> new ImageDataset.Shape(2, 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new TextDataset("x", List.of("a"), labels, TWO));
  }

  @Test
  void keepsFeaturesAsGiven() {
    double[] values = {1, 2, 3, 4.5, 5, 6};
    FeatureDataset doubles = FeatureDataset.of("d", values, new int[] {0, 1}, TWO);
    FeatureDataset floats =
        FeatureDataset.of("f", new float[] {1, 2, 3, 4.5f, 5, 6}, new int[] {0, 1}, TWO);
    values[3] = 99;
    for (FeatureDataset data : List.of(doubles, floats)) {
      double[] target = new double[4];
      data.writeExample(1, target, 1);
      assertArrayEquals(new double[] {0, 4.5, 5, 6}, target);
      assertArrayEquals(new int[] {3}, data.exampleShape());
      assertEquals(1, data.label(1));
      assertThrows(IndexOutOfBoundsException.class, () -> data.writeExample(2, target, 0));
    }
  }

  @Test
  void refusesFeaturesThatAreNotFinite() {
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                FeatureDataset.of("f", new double[] {1, 2, 3, Double.NaN}, new int[] {0, 1}, TWO));
    Messages.assertOneLine(error, "feature 1 of example 1 is NaN");
    assertThrows(
        IllegalArgumentException.class,
        () -> FeatureDataset.of("f", new double[3], new int[] {0, 1}, TWO));
  }

  @Test
  void arraysOfAnyShape() {
    int[] shape = {2, 1, 2};
    float[] floats = {1, 2, 3, 4, 5, 6, 7, 8};
    double[] doubles = {1, 2, 3, 4, 5, 6, 7, 8};
    for (FeatureDataset data :
        List.of(
            FeatureDataset.of("f", shape, floats, new int[] {0, 1}, TWO),
            FeatureDataset.of("d", shape, doubles, new int[] {0, 1}, TWO))) {
      shape[0] = 9;
      assertArrayEquals(new int[] {2, 1, 2}, data.exampleShape());
      shape[0] = 2;
      assertEquals(4, data.exampleSize());
      double[] target = new double[4];
      data.writeExample(1, target, 0);
      assertArrayEquals(new double[] {5, 6, 7, 8}, target);
      assertEquals(data.name() + " (2 arrays of [2, 1, 2], 2 classes)", data.toString());
    }
    for (int[] wrong : new int[][] {{3}, {2, 3}, {-2, -2}, {0, 4}, {65536, 65536}, {}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> FeatureDataset.of("f", wrong, floats, new int[] {0, 1}, TWO));
    }
  }
}
