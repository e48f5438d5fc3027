package dev.unrolling.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.model.ParameterLayout.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitecturesTest {

  @ParameterizedTest
  @CsvSource({"10, 11173962", "100, 11220132"})
  void resnet18HasTheWeightsOfTheCifarVariant(int classes, long expected) {
    assertEquals(expected, Architectures.resnet18(classes).parameters().size());
  }

  @ParameterizedTest
  @CsvSource({"10, 272474", "100, 278324"})
  void resnet20HasTheWeightsOfTheVariantWithProjections(int classes, long expected) {
    assertEquals(expected, Architectures.resnet20(classes).parameters().size());
  }

  @ParameterizedTest
  @CsvSource({"10, 20040522", "100, 20086692"})
  void vgg19HasTheWeightsOfTheBatchNormVariant(int classes, long expected) {
    assertEquals(expected, Architectures.vgg19(classes).parameters().size());
  }

  /** Stem 3*9*w+2w; stages 18w^2+4w, then twice (9*in*out + 9*out^2 + in*out + 6*out); dense. */
  @ParameterizedTest
  @CsvSource({"1", "8", "16"})
  void resnet8CountsByHand(int w) {
    long stem = 27L * w + 2 * w;
    long first = 18L * w * w + 4 * w;
    long second = 18L * w * w + 36L * w * w + 2L * w * w + 12L * w;
    long third = 72L * w * w + 144L * w * w + 8L * w * w + 24L * w;
    long dense = 40L * w + 10;
    assertEquals(
        stem + first + second + third + dense, Architectures.resnet8(w, 10).parameters().size());
  }

  /** The same layers and weights; only the stem moves by two pixels, and a block sees half. */
  @ParameterizedTest
  @CsvSource({"32, 16", "28, 14", "33, 17"})
  void resnet8HalfHasTheSameWeightsAtHalfTheSize(int height, int half) {
    List<Integer> shape = List.of(3, height, 32);
    Architecture whole = Architectures.named("resnet8-4", shape, 10);
    Architecture halved = Architectures.named("resnet8-half-4", shape, 10);
    assertEquals(whole.parameters(), halved.parameters());
    assertEquals(List.of(4, half, 16), Shapes.after("", halved.layers().subList(0, 4), shape));
    assertEquals(List.of(4, height, 32), Shapes.after("", whole.layers().subList(0, 4), shape));
    assertEquals(whole.layers().subList(1, 8), halved.layers().subList(1, 8));
  }

  @Test
  void orderIsThatOfPyTorch() {
    List<String> names =
        Architectures.resnet8(4, 10).parameters().entries().stream()
            .map(ParameterLayout.Entry::name)
            .toList();
    assertEquals(
        List.of(
            "conv1.weight",
            "norm1.weight",
            "norm1.bias",
            "residual1.body.conv1.weight",
            "residual1.body.norm1.weight",
            "residual1.body.norm1.bias",
            "residual1.body.conv2.weight",
            "residual1.body.norm2.weight",
            "residual1.body.norm2.bias",
            "residual2.body.conv1.weight"),
        names.subList(0, 10));
    assertEquals("dense1.bias", names.get(names.size() - 1));
    assertTrue(names.contains("residual2.shortcut.conv1.weight"));
  }

  @Test
  void aLinearModelHasItsNumberOfFeaturesInItsName() {
    Architecture linear = Architectures.named("linear-384", 2);
    assertEquals("linear-384", linear.name());
    assertEquals(2 * 384 + 2, linear.parameters().size());
    assertThrows(IllegalArgumentException.class, () -> Architectures.named("linear-0", 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet18-5",
        "vgg19-64",
        "pooled-linear-3",
        "resnet8",
        "vgg8",
        "linear",
        "tanh-cnn",
        "resnet8-0",
        "resnet8-08",
        "linear-048",
        "resnet8-4-4",
        "resnet8--4",
        "resnet8-half",
        "resnet8-half-",
        "resnet8-half-0",
        "resnet8-",
        "vgg8-",
        "linear-",
        "resnet8-4 ",
        "RESNET18"
      })
  void aNameThatIsNearlyOneIsNotTakenForIt(String name) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Architectures.named(name, 10))
            .getMessage();
    assertTrue(message.contains('"' + name + '"'), message);
    assertTrue(message.contains("resnet18, ") && message.contains(" resnet8-half-W,"), message);
  }

  @Test
  void layoutHasNoGaps() {
    long offset = 0;
    for (ParameterLayout.Entry entry : Architectures.vgg19(10).parameters().entries()) {
      assertEquals(offset, entry.offset(), entry.name());
      offset += entry.size();
    }
    assertEquals(20_040_522, offset);
  }

  @Test
  void runningStatisticsAreNotWeights() {
    Architecture resnet = Architectures.resnet18(10);
    // 20 batch norms: 64 x 5, 128 x 5, 256 x 5, 512 x 5 channels, mean and variance each.
    assertEquals(2 * 5 * (64 + 128 + 256 + 512), resnet.runningStatistics().size());
    assertTrue(
        resnet.parameters().entries().stream()
            .noneMatch(e -> e.kind() == Kind.RUNNING_MEAN || e.kind() == Kind.RUNNING_VARIANCE));
  }

  @Test
  void initialWeightsFollowPyTorchsDefaults() {
    Architecture network = Architectures.resnet8(8, 10);
    double[] values = InitialWeights.draw(network, 1).toDoubleVector();
    for (ParameterLayout.Entry entry : network.parameters().entries()) {
      double bound = 1 / Math.sqrt(entry.fanIn());
      double largest = 0;
      double squares = 0;
      for (int i = 0; i < entry.size(); i++) {
        double value = values[(int) entry.offset() + i];
        largest = Math.max(largest, Math.abs(value));
        squares += value * value;
      }
      switch (entry.kind()) {
        case SCALE -> assertEquals(entry.size(), squares);
        case SHIFT -> assertEquals(0, squares);
        default -> {
          assertTrue(largest <= bound, entry.name());
          if (entry.size() > 200) {
            // A uniform variable in plus or minus b has variance b^2/3.
            assertEquals(bound * bound / 3, squares / entry.size(), 0.2 * bound * bound);
            assertTrue(largest > 0.95 * bound, entry.name());
          }
        }
      }
    }
  }

  @Test
  void oneSeedGivesOneDraw() {
    Architecture network = Architectures.tanhCnn(4, 10);
    double[] first = InitialWeights.draw(network, 7).toDoubleVector();
    assertArrayEquals(first, InitialWeights.draw(network, 7).toDoubleVector());
    assertNotEquals(first[0], InitialWeights.draw(network, 8).getDouble(0));
  }

  @Test
  void wrongExamplesAreRefusedWithBothShapes() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> Architectures.resnet8(4, 10).checkExampleShape("MNIST", 1, 28, 28));
    assertTrue(refused.getMessage().contains("[1, 28, 28]"), refused.getMessage());
    assertTrue(refused.getMessage().contains("[3, 32, 32]"), refused.getMessage());
    Architectures.linear(3072, 10).checkExampleShape("images", 3, 32, 32);
  }
}
