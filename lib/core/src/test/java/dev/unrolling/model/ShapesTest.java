package dev.unrolling.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.model.Layer.AveragePool;
import dev.unrolling.model.Layer.BatchNorm;
import dev.unrolling.model.Layer.Convolution;
import dev.unrolling.model.Layer.Dense;
import dev.unrolling.model.Layer.Flatten;
import dev.unrolling.model.Layer.MaxPool;
import dev.unrolling.model.Layer.Relu;
import dev.unrolling.model.Layer.Residual;
import dev.unrolling.model.Layer.Tanh;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ShapesTest {

  private static final List<Integer> PICTURE = List.of(3, 8, 6);

  /** Layers over an input, for 3 classes, and what the refusal must name. */
  static Stream<Arguments> misfits() {
    Layer narrow = new Convolution(3, 4, 3, 1, 1, false);
    return Stream.of(
        misfit(List.of(10), "(4)", "(3)", new Dense(10, 4, true)),
        misfit(List.of(10), "layer 1 of 1", "(12), not (10)", new Dense(12, 3, true)),
        misfit(
            List.of(10),
            "layer 3 of 3, Dense",
            "(5), not (4)",
            new Dense(10, 4, true),
            new Tanh(),
            new Dense(5, 3, true)),
        misfit(PICTURE, "layer 1 of 1", "(144) behind a Flatten", new Dense(144, 3, true)),
        misfit(PICTURE, "layer 1 of 1", "(1, height, width)", new Convolution(1, 3, 1, 1, 0, true)),
        misfit(List.of(10), "(3, height, width)", "(10)", narrow),
        misfit(PICTURE, "layer 2 of 2, BatchNorm", "(4, 8, 6)", narrow, new BatchNorm(3)),
        misfit(PICTURE, "layer 1 of 1, MaxPool", "(3, 8, 6)", new MaxPool(7)),
        misfit(PICTURE, "AveragePool", "7 x 7", new AveragePool(7)),
        misfit(List.of(10), "MaxPool", "(10)", new MaxPool(1)),
        misfit(PICTURE, "at least 7 x 7", "(3, 8, 6)", new Convolution(3, 3, 9, 1, 1, true)),
        misfit(PICTURE, "(4, 8, 6)", "(3, 8, 6)", new Residual(List.of(narrow), List.of())),
        misfit(
            PICTURE,
            "layer 2 of 2, body layer 2 of 2, BatchNorm",
            "(4, 8, 6)",
            new Relu(),
            new Residual(List.of(narrow, new BatchNorm(5)), List.of())),
        misfit(
            PICTURE,
            "layer 1 of 1, shortcut layer 1 of 1, Convolution",
            "(3, 8, 6)",
            new Residual(List.of(narrow), List.of(new Convolution(4, 4, 1, 1, 0, false)))),
        misfit(PICTURE, "(144)", "(3)", new BatchNorm(3), new Flatten()),
        misfit(List.of(3), "1 to", "weights, not 0"),
        misfit(List.of(3), "1 to", "weights, not 0", new Flatten(), new Relu()),
        misfit(List.of(0), "(0)", "at least 1", new Dense(1, 3, true)),
        misfit(List.of(3, 4), "(3, 4)", "(feature)", new Dense(12, 3, true)),
        misfit(List.of(50000, 50000, 1), "(50000, 50000, 1)", "2147483647", new Flatten()),
        misfit(
            List.of(3, 4, 4),
            "layer 1 of 2",
            "values",
            new Convolution(3, 1, 1, 1, Integer.MAX_VALUE, true),
            new Flatten()),
        misfit(
            List.of(90000),
            "2147483647",
            "weights",
            new Dense(90000, 90000, true),
            new Dense(90000, 3, true)),
        misfit(
            List.of(3),
            "layer 2 of 2",
            "engine dl4j",
            new Dense(3, 3, true),
            new Layer.UserModel("dl4j", "{}", true, List.of(), List.of())));
  }

  private static Arguments misfit(List<Integer> input, String named, String also, Layer... layers) {
    return Arguments.of(input, named, also, List.of(layers));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void layersThatDoNotFitAreNamedWithBothShapes(
      List<Integer> input, String named, String also, List<Layer> layers) {
    String message = refusal(() -> new Architecture("mine", input, 3, layers));
    assertTrue(message.startsWith("mine: "), message);
    assertTrue(message.contains(named) && message.contains(also), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void sizesBelowOneAreRefused() {
    assertTrue(refusal(() -> new Convolution(3, 1, 3, 0, 1, true)).contains("stride"));
    assertTrue(refusal(() -> new Convolution(3, 1, 0, 1, 1, true)).contains("kernel"));
    assertTrue(refusal(() -> new Convolution(3, 1, 3, 1, -1, true)).contains("-1"));
    assertTrue(refusal(() -> new Convolution(3, -8, 3, 1, 1, true)).contains("-8"));
    assertTrue(refusal(() -> new Dense(0, 3, true)).contains("0"));
    assertTrue(refusal(() -> new BatchNorm(0)).contains("channels"));
    assertTrue(refusal(() -> new MaxPool(0)).contains("pool"));
    assertTrue(refusal(() -> new AveragePool(-2)).contains("-2"));
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18, 1, 28, 28",
    "resnet18, 3, 64, 64",
    "resnet8-4, 1, 1, 1",
    "resnet8-4, 3, 33, 17",
    "resnet8-half-4, 1, 1, 1",
    "resnet8-half-4, 3, 33, 17",
    "vgg19, 3, 32, 48",
    "vgg8-4, 1, 28, 28",
    "tanh-cnn-4, 1, 5, 64",
    "tanh-bn-cnn-4, 4, 16, 16",
    "relu-cnn-4, 3, 7, 7",
    "pooled-linear, 1, 28, 28"
  })
  void noPictureSizeIsBuiltIn(String name, int channels, int height, int width) {
    List<Integer> shape = List.of(channels, height, width);
    Architecture made = Architectures.named(name, shape, 7);
    assertEquals(name, made.name());
    assertEquals(shape, made.inputShape());
    assertEquals(List.of(7), Shapes.after("", made.layers(), shape));
  }

  @Test
  void picturesTooSmallForANetworkAreRefused() {
    String message = refusal(() -> Architectures.named("vgg19", List.of(3, 16, 16), 10));
    assertTrue(message.contains("vgg19") && message.contains("MaxPool"), message);
    assertTrue(message.contains("(512, 1, 1)"), message);
    assertTrue(refusal(() -> Architectures.named("vgg19", List.of(3), 10)).contains("(3)"));
  }

  @Test
  void aNormOverASingleValueIsNamedWhereverItIs() {
    Layer norm = new BatchNorm(4);
    Layer dense = new Dense(4, 4, true);
    for (Layer layer :
        List.of(norm, new Residual(List.of(dense, norm), List.of()), residualShortcut(norm))) {
      Architecture lone =
          new Architecture("mine", List.of(4), 3, List.of(dense, layer, new Dense(4, 3, true)));
      String message = refusal(() -> lone.checkTrainingBatch(1));
      assertTrue(message.contains("layer 2 of 3"), message);
      assertTrue(message.contains("BatchNorm[channels=4]"), message);
      lone.checkTrainingBatch(2);
      lone.checkTrainingBatch(0);
    }
    Architectures.resnet18(10).checkTrainingBatch(1);
    // A picture of 4 x 4 leaves one pixel behind two strides of 2.
    Architecture small = Architectures.named("resnet8-4", List.of(3, 4, 4), 10);
    assertTrue(refusal(() -> small.checkTrainingBatch(1)).contains("a Residual, body layer 2"));
  }

  private static Layer residualShortcut(Layer norm) {
    return new Residual(List.of(), List.of(norm));
  }

  private static String refusal(org.junit.jupiter.api.function.Executable made) {
    return assertThrows(IllegalArgumentException.class, made).getMessage();
  }
}
