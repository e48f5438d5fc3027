package dev.unrolling.model;

import java.util.List;

/**
 * One layer of an {@link Architecture}. Images are {@code (batch, channel, height, width)}. A size
 * below 1, or a padding below 0, is refused with an {@link IllegalArgumentException}.
 */
public sealed interface Layer {

  /**
   * Two-dimensional convolution; weight {@code (out, in, kernel, kernel)}, bias {@code (out)}.
   *
   * @param in input channels
   * @param out output channels
   * @param kernel height and width of the kernel
   * @param stride step of the kernel
   * @param padding zeros on each side
   * @param bias whether a bias is added
   */
  record Convolution(int in, int out, int kernel, int stride, int padding, boolean bias)
      implements Layer {
    /** Checks the ranges. */
    public Convolution {
      check("a convolution's in", in, 1);
      check("a convolution's out", out, 1);
      check("a convolution's kernel", kernel, 1);
      check("a convolution's stride", stride, 1);
      check("a convolution's padding", padding, 0);
    }
  }

  /**
   * Batch normalisation over each channel, as PyTorch's defaults: epsilon 1e-5, running statistics
   * moved by 0.1; weight and bias {@code (channels)}.
   *
   * @param channels input and output channels
   */
  record BatchNorm(int channels) implements Layer {
    /** Added to the variance. */
    public static final double EPSILON = 1e-5;

    /** Share of the batch's statistics in the new running ones. */
    public static final double MOMENTUM = 0.1;

    /** Checks the range. */
    public BatchNorm {
      check("a batch norm's channels", channels, 1);
    }
  }

  /**
   * Fully connected layer; weight {@code (out, in)}, bias {@code (out)}.
   *
   * @param in input features
   * @param out output features
   * @param bias whether a bias is added
   */
  record Dense(int in, int out, boolean bias) implements Layer {
    /** Checks the ranges. */
    public Dense {
      check("a dense layer's in", in, 1);
      check("a dense layer's out", out, 1);
    }
  }

  /** Rectified linear unit. */
  record Relu() implements Layer {}

  /** Hyperbolic tangent: smooth, for the checks of Taylor expansions. */
  record Tanh() implements Layer {}

  /**
   * Maximum over windows that do not overlap.
   *
   * @param kernel height, width and stride of the window
   */
  record MaxPool(int kernel) implements Layer {
    /** Checks the range. */
    public MaxPool {
      check("a pool's kernel", kernel, 1);
    }
  }

  /**
   * Mean over windows that do not overlap.
   *
   * @param kernel height, width and stride of the window
   */
  record AveragePool(int kernel) implements Layer {
    /** Checks the range. */
    public AveragePool {
      check("a pool's kernel", kernel, 1);
    }
  }

  /** {@code (batch, channel, height, width)} to {@code (batch, channel * height * width)}. */
  record Flatten() implements Layer {}

  /**
   * Sum of two paths from one input.
   *
   * @param body the layers of the main path
   * @param shortcut the layers of the other path; empty for the identity
   */
  record Residual(List<Layer> body, List<Layer> shortcut) implements Layer {
    /** Copies both lists. */
    public Residual {
      body = List.copyOf(body);
      shortcut = List.copyOf(shortcut);
    }
  }

  /**
   * A user's own model as a whole, in the words of the one engine that can build it: the only layer
   * of its architecture.
   *
   * @param engine the engine's name, e.g. {@code "dl4j"}
   * @param configuration what it is made of, as that engine writes it
   * @param smooth whether the logits have derivatives of every order by the weights everywhere
   * @param parameters trainable weights, in order; the offsets are not read
   * @param statistics running statistics, in order; the offsets are not read
   */
  record UserModel(
      String engine,
      String configuration,
      boolean smooth,
      List<ParameterLayout.Entry> parameters,
      List<ParameterLayout.Entry> statistics)
      implements Layer {
    /** Copies both lists. */
    public UserModel {
      parameters = List.copyOf(parameters);
      statistics = List.copyOf(statistics);
    }
  }

  private static void check(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(what + " must be at least " + least + ", not " + value);
    }
  }
}
