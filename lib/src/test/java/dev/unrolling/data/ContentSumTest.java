package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ContentSumTest {

  private static final List<String> TWO = List.of("no", "yes");
  private static final ImageDataset.Shape SHAPE = new ImageDataset.Shape(1, 3, 2);

  private static String images(byte[] pixels, int[] labels, double mean) {
    ImageDataset.Normalisation normalisation =
        new ImageDataset.Normalisation(List.of(mean), List.of(0.25));
    return new ImageDataset("any", SHAPE, pixels, labels, TWO, normalisation).contentSum();
  }

  @Property(seed = "1", tries = 200)
  void anyOtherBitOfAPictureIsAnotherSum(
      @ForAll @IntRange(max = 23) int at, @ForAll @IntRange(max = 7) int bit) {
    byte[] pixels = new byte[24];
    new java.util.Random(at).nextBytes(pixels);
    int[] labels = {0, 1, 1, 0};
    String sum = images(pixels.clone(), labels, 0.5);
    assertEquals(sum, images(pixels.clone(), labels, 0.5));
    byte[] flipped = pixels.clone();
    flipped[at] ^= (byte) (1 << bit);
    assertNotEquals(sum, images(flipped, labels, 0.5));
    int[] relabelled = labels.clone();
    relabelled[at % 4] ^= 1;
    assertNotEquals(sum, images(pixels.clone(), relabelled, 0.5));
    assertNotEquals(sum, images(pixels.clone(), labels, Math.nextUp(0.5)), "normalisation");
  }

  @Property(seed = "1")
  void anyOtherBitOfAVectorIsAnotherSum(
      @ForAll @IntRange(max = 5) int at, @ForAll @IntRange(max = 51) int bit) {
    double[] values = {1, -2, 0.5, 3e-300, 7, -0.25};
    double[] flipped = values.clone();
    flipped[at] = Double.longBitsToDouble(Double.doubleToLongBits(values[at]) ^ (1L << bit));
    FeatureDataset vectors = FeatureDataset.of("a", values, new int[] {0, 1}, TWO);
    assertEquals(
        vectors.contentSum(),
        FeatureDataset.of("b", values, new int[] {0, 1}, TWO).contentSum(),
        "the name is none of the contents");
    assertNotEquals(
        vectors.contentSum(), FeatureDataset.of("a", flipped, new int[] {0, 1}, TWO).contentSum());
    assertNotEquals(
        vectors.contentSum(),
        FeatureDataset.of("a", values, new int[] {0, 1, 1}, TWO).contentSum(),
        "the same values as three vectors of two");
  }

  @Test
  void textsAreToldApartWhereTheyEnd() {
    String sum = new TextDataset("a", List.of("ab", "c"), new int[] {0, 1}, TWO).contentSum();
    for (List<String> others :
        List.of(List.of("a", "bc"), List.of("c", "ab"), List.of("ab", "C"))) {
      assertNotEquals(sum, new TextDataset("a", others, new int[] {0, 1}, TWO).contentSum());
    }
    assertNotEquals(
        sum, new TextDataset("a", List.of("ab", "c"), new int[] {1, 0}, TWO).contentSum());
  }

  /** What the descriptor says is what is read. */
  @Test
  void theDescriptorSaysWhatCifar10Holds() {
    var parts = DataDescriptor.of(Cifar10.NAME).parts();
    for (ImageDataset real : List.of(RealData.cifar10Train(), RealData.cifar10Test())) {
      DataDescriptor.Part part = parts.get(real.name().replace("CIFAR-10 ", ""));
      assertEquals(part.size(), real.size());
      assertEquals(part.sum(), real.contentSum());
    }
  }

  @Test
  void aDataSetOfTheUsersOwnHasASum() {
    FeatureDataset vectors =
        FeatureDataset.of("a", new double[] {1, 2, 3, 4}, new int[] {0, 1}, TWO);
    assertEquals(vectors.contentSum(), ContentSum.of(vectors));
    assertEquals(64, vectors.contentSum().length());
    assertEquals(2, Arrays.stream(vectors.exampleShape()).sum());
  }
}
