package dev.unrolling.model;

import dev.unrolling.model.Layer.AveragePool;
import dev.unrolling.model.Layer.BatchNorm;
import dev.unrolling.model.Layer.Convolution;
import dev.unrolling.model.Layer.MaxPool;
import dev.unrolling.model.Layer.Relu;
import dev.unrolling.model.Layer.Residual;
import java.util.ArrayList;
import java.util.List;

/** The layers before the dense one of the {@link Architectures}. */
final class LayerStacks {

  private LayerStacks() {}

  /** Layers, and an average pool, smaller than asked where they leave less. */
  static List<Layer> pooled(List<Integer> inputShape, List<Layer> body, int kernel) {
    List<Integer> shape = Shapes.after("", body, inputShape);
    List<Layer> layers = new ArrayList<>(body);
    layers.add(new AveragePool(Math.min(kernel, Math.min(shape.get(1), shape.get(2)))));
    return layers;
  }

  /** Stages of {channels, convolutions}, each ended by a max pool. */
  static List<Layer> vgg(List<Integer> inputShape, int[][] stages) {
    List<Layer> layers = new ArrayList<>();
    int channels = inputShape.get(0);
    for (int[] stage : stages) {
      for (int i = 0; i < stage[1]; i++) {
        layers.add(new Convolution(channels, stage[0], 3, 1, 1, true));
        layers.add(new BatchNorm(stage[0]));
        layers.add(new Relu());
        channels = stage[0];
      }
      layers.add(new MaxPool(2));
    }
    return layers;
  }

  /** Two 5 x 5 convolutions of stride 2, each with an activation, and a 4 x 4 average pool. */
  static List<Layer> cnn(
      List<Integer> inputShape, int channels, Layer activation, boolean batchNorm) {
    List<Layer> layers = new ArrayList<>();
    int in = inputShape.get(0);
    for (int i = 0; i < 2; i++) {
      layers.add(new Convolution(in, channels, 5, 2, 2, !batchNorm));
      if (batchNorm) {
        layers.add(new BatchNorm(channels));
      }
      layers.add(activation);
      in = channels;
    }
    return pooled(inputShape, layers, 4);
  }

  /**
   * A stem, stages of {@code blocks} each, and an average pool over all that is left of the height.
   */
  static List<Layer> residual(List<Integer> inputShape, int stride, int[] widths, int blocks) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Convolution(inputShape.get(0), widths[0], 3, stride, 1, false));
    layers.add(new BatchNorm(widths[0]));
    layers.add(new Relu());
    int in = widths[0];
    for (int stage = 0; stage < widths.length; stage++) {
      for (int block = 0; block < blocks; block++) {
        layers.add(basicBlock(in, widths[stage], stage > 0 && block == 0 ? 2 : 1));
        layers.add(new Relu());
        in = widths[stage];
      }
    }
    return pooled(inputShape, layers, Integer.MAX_VALUE);
  }

  private static Layer basicBlock(int in, int out, int stride) {
    List<Layer> body =
        List.of(
            new Convolution(in, out, 3, stride, 1, false),
            new BatchNorm(out),
            new Relu(),
            new Convolution(out, out, 3, 1, 1, false),
            new BatchNorm(out));
    List<Layer> shortcut =
        stride == 1 && in == out
            ? List.of()
            : List.of(new Convolution(in, out, 1, stride, 0, false), new BatchNorm(out));
    return new Residual(body, shortcut);
  }
}
