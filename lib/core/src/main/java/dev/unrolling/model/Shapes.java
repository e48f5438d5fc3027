package dev.unrolling.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Shapes of one example between layers, without the batch: {@code (channel, height, width)} or
 * {@code (feature)}.
 */
public final class Shapes {

  private Shapes() {}

  /**
   * The shape that a layer makes of another.
   *
   * @param layer of any kind but {@link Layer.UserModel}, whose shapes are its engine's
   * @param input of one example
   * @throws IllegalArgumentException naming the layer, what it takes and {@code input}, if they do
   *     not fit
   */
  public static List<Integer> after(Layer layer, List<Integer> input) {
    if (layer instanceof Layer.Convolution c) {
      require(isPicture(input) && input.get(0) == c.in(), c, picture(c.in()), input);
      long smallest = c.kernel() - 2L * c.padding();
      String least = "at least " + smallest + " x " + smallest + " pixels";
      require(Math.min(input.get(1), input.get(2)) >= smallest, c, least, input);
      return List.of(c.out(), convolved(input.get(1), c), convolved(input.get(2), c));
    }
    if (layer instanceof Layer.BatchNorm b) {
      String channels = picture(b.channels()) + " or (" + b.channels() + ")";
      require(input.get(0) == b.channels(), b, channels, input);
      return input;
    }
    if (layer instanceof Layer.Dense d) {
      String features = "(" + d.in() + ")" + (isPicture(input) ? " behind a Flatten" : "");
      require(!isPicture(input) && input.get(0) == d.in(), d, features, input);
      return List.of(d.out());
    }
    if (layer instanceof Layer.MaxPool m) {
      return pooled(m, m.kernel(), input);
    }
    if (layer instanceof Layer.AveragePool a) {
      return pooled(a, a.kernel(), input);
    }
    if (layer instanceof Layer.Flatten) {
      return List.of(Math.toIntExact(size(input)));
    }
    if (layer instanceof Layer.Residual r) {
      List<Integer> body = after("body ", r.body(), input);
      List<Integer> shortcut = after("shortcut ", r.shortcut(), input);
      if (!body.equals(shortcut)) {
        throw new IllegalArgumentException(
            "a Residual, adds paths of one shape, not "
                + text(body)
                + " of its body and "
                + text(shortcut)
                + " of its shortcut");
      }
      return body;
    }
    if (layer instanceof Layer.UserModel f) {
      throw new IllegalArgumentException(
          "what a network in the words of engine " + f.engine() + " computes is not known here");
    }
    return input;
  }

  /**
   * The shape behind a chain of layers.
   *
   * @param path put before the position of a layer
   * @throws IllegalArgumentException if a layer does not fit, naming its position too
   */
  static List<Integer> after(String path, List<Layer> layers, List<Integer> input) {
    List<Integer> shape = input;
    for (int i = 0; i < layers.size(); i++) {
      try {
        shape = after(layers.get(i), shape);
        checkSize(shape);
      } catch (IllegalArgumentException refused) {
        throw new IllegalArgumentException(
            path + place(i, layers) + ", " + refused.getMessage(), refused.getCause());
      }
    }
    return shape;
  }

  /** Where a batch norm sees a single value of each channel in an example, if one does. */
  static Optional<String> loneNorm(List<Layer> layers, List<Integer> input) {
    List<Integer> shape = input;
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      Optional<String> found = Optional.empty();
      if (layer instanceof Layer.BatchNorm && size(shape) == shape.get(0)) {
        found = Optional.of(", " + layer);
      } else if (layer instanceof Layer.Residual r) {
        List<Integer> here = shape;
        found =
            loneNorm(r.body(), here)
                .map(place -> ", a Residual, body " + place)
                .or(() -> loneNorm(r.shortcut(), here).map(p -> ", a Residual, shortcut " + p));
      } else if (layer instanceof Layer.UserModel) {
        return Optional.empty();
      }
      if (found.isPresent()) {
        return Optional.of(place(i, layers) + found.get());
      }
      shape = after(layer, shape);
    }
    return Optional.empty();
  }

  /** Number of values. */
  public static long size(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  /** Fails if a shape is not one of pictures or features, or holds too many values. */
  static void checkSize(List<Integer> shape) {
    boolean known = shape.size() == 1 || shape.size() == 3;
    if (!known || shape.stream().anyMatch(extent -> extent < 1)) {
      throw new IllegalArgumentException(
          "examples have the shape (channel, height, width) or (feature), each at least 1, not "
              + text(shape));
    }
    if (shape.stream().mapToDouble(extent -> extent).reduce(1, (a, b) -> a * b)
        > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "an example of shape " + text(shape) + " has more than " + Integer.MAX_VALUE + " values");
    }
  }

  /** A shape as messages show it. */
  static String text(List<Integer> shape) {
    List<String> extents = new ArrayList<>();
    shape.forEach(extent -> extents.add(extent.toString()));
    return "(" + String.join(", ", extents) + ")";
  }

  private static String place(int index, List<Layer> layers) {
    return "layer " + (index + 1) + " of " + layers.size();
  }

  private static List<Integer> pooled(Layer pool, int kernel, List<Integer> input) {
    String least = "pictures of at least " + kernel + " x " + kernel + " pixels";
    boolean fits = isPicture(input) && Math.min(input.get(1), input.get(2)) >= kernel;
    require(fits, pool, least, input);
    return List.of(input.get(0), input.get(1) / kernel, input.get(2) / kernel);
  }

  private static int convolved(int extent, Layer.Convolution c) {
    long positions = (extent + 2L * c.padding() - c.kernel()) / c.stride() + 1;
    return (int) Math.min(Integer.MAX_VALUE, positions);
  }

  private static boolean isPicture(List<Integer> shape) {
    return shape.size() == 3;
  }

  private static String picture(int channels) {
    return "(" + channels + ", height, width)";
  }

  private static void require(boolean fits, Layer layer, String taken, List<Integer> given) {
    if (!fits) {
      throw new IllegalArgumentException(layer + ", takes " + taken + ", not " + text(given));
    }
  }
}
