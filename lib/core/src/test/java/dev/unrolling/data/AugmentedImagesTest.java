package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.AugmentedImages.Move;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pictures moved and mirrored, by hand. */
class AugmentedImagesTest {

  /** Grey, of 2 rows of 1 2 3 and 4 5 6, five times; a byte b becomes b / 255. */
  private static ImageDataset grey() {
    byte[] pixels = new byte[30];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (1 + i % 6);
    }
    return new ImageDataset(
        "grey",
        new ImageDataset.Shape(1, 2, 3),
        pixels,
        new int[] {0, 1, 0, 1, 1},
        List.of("a", "b"),
        new ImageDataset.Normalisation(List.of(0.0), List.of(1 / 255.0)));
  }

  private static void assertMoved(Move move, double... expected) {
    double[] target = new double[7];
    grey().writeMoved(3, move, target, 1);
    double[] wanted = new double[7];
    System.arraycopy(expected, 0, wanted, 1, 6);
    assertArrayEquals(wanted, target, 1e-12, move.toString());
  }

  @Test
  void movesAndMirrors() {
    assertMoved(new Move(0, 0, false), 1, 2, 3, 4, 5, 6);
    assertMoved(new Move(0, 0, true), 3, 2, 1, 6, 5, 4);
    assertMoved(new Move(1, 0, false), 4, 5, 6, 0, 0, 0);
    assertMoved(new Move(-1, 2, false), 0, 0, 0, 3, 0, 0);
    assertMoved(new Move(0, -1, false), 0, 1, 2, 0, 4, 5);
    // The moved picture is mirrored, as PyTorch flips what it has cropped.
    assertMoved(new Move(0, -1, true), 2, 1, 0, 5, 4, 0);
    assertMoved(new Move(2, 0, true), 0, 0, 0, 0, 0, 0);
  }

  @Test
  void allMovesAreDrawnByExampleAndEpochAlone() {
    ImageDataset images = grey();
    Set<Move> seen = new HashSet<>();
    for (int epoch = 0; epoch < 300; epoch++) {
      AugmentedImages one = new AugmentedImages(images, 1, 7, epoch);
      for (int i = 0; i < images.size(); i++) {
        assertEquals(one.move(i), new AugmentedImages(images, 1, 7, epoch).move(i));
        seen.add(one.move(i));
      }
    }
    assertEquals(3 * 3 * 2, seen.size());
    assertTrue(seen.stream().allMatch(m -> Math.abs(m.down()) <= 1 && Math.abs(m.right()) <= 1));
    AugmentedImages one = new AugmentedImages(images, 4, 7, 0);
    List<Move> first = IntStream.range(0, 5).mapToObj(one::move).toList();
    for (long[] other : new long[][] {{8, 0}, {7, 1}}) {
      AugmentedImages two = new AugmentedImages(images, 4, other[0], (int) other[1]);
      assertNotEquals(first, IntStream.range(0, 5).mapToObj(two::move).toList());
    }
    assertThrows(IllegalArgumentException.class, () -> new AugmentedImages(images, -1, 0, 0));
  }

  @Test
  void anOrderIsAugmentedEpochByEpoch() {
    ImageDataset images = grey();
    BatchOrder plain = BatchOrder.shuffled(images, new int[] {0, 1, 2, 3}, 2, 3, 5);
    BatchOrder order = plain.augmented(4, 9);
    assertEquals(plain.steps(), order.steps());
    double[] expected = new double[6];
    double[] actual = new double[6];
    for (int step = 0; step < order.steps(); step++) {
      Batch batch = order.batch(step);
      assertArrayEquals(plain.batch(step).indices(), batch.indices());
      assertArrayEquals(plain.batch(step).labels(), batch.labels());
      int index = batch.indices()[0];
      new AugmentedImages(images, 4, 9, order.epoch(step)).writeExample(index, expected, 0);
      batch.dataset().writeExample(index, actual, 0);
      assertArrayEquals(expected, actual);
    }
    BatchOrder forgetting = plain.withForgetBatch(Batch.of(images, 4), BatchOrder.Position.FIRST);
    Messages.assertOneLine(
        assertThrows(IllegalStateException.class, () -> forgetting.augmented(4, 9)),
        "forget batch",
        "pre-training");
    FeatureDataset features =
        FeatureDataset.of("f", new double[] {1, 2}, new int[] {0, 1}, List.of("a", "b"));
    Messages.assertOneLine(
        assertThrows(
            IllegalArgumentException.class,
            () -> BatchOrder.fixed(features, new int[] {0, 1}, 1, 1).augmented(4, 9)),
        "f has no pictures");
  }
}
