package dev.unrolling.benchmark;

import dev.unrolling.model.Architecture;
import dev.unrolling.model.Layer;
import dev.unrolling.model.Shapes;
import java.util.List;

/**
 * The least that a network's training asks of a machine for one example: what its convolutions and
 * dense layers compute, and what they must read and write. Everything between them (norms, ReLU,
 * pooling, sums) is taken to be free, so a time made of it is a floor for a step, unless a library
 * convolves by an algorithm of fewer multiplications, such as Winograd's.
 *
 * @param forward multiplications, each with an addition, of a forward pass
 * @param backward of the backward pass: as many for the gradient of the weights and as many for
 *     that of the layer's input, which a layer on the network's input does not need
 * @param values read and written: forward a layer's input and output; backward the output's
 *     gradient, the input, and the input's gradient where it is needed
 * @param weights of the network, each read forward and backward and written once a step
 */
public record Workload(long forward, long backward, long values, long weights) {

  /**
   * Counts.
   *
   * @throws IllegalArgumentException if the architecture is in an engine's own words
   */
  public static Workload of(Architecture architecture) {
    Count count = new Count();
    count.chain(architecture.layers(), new Place(architecture.inputShape(), false));
    return new Workload(
        count.forward, count.backward, count.values, architecture.parameters().size());
  }

  /**
   * Multiplications and additions of a training step.
   *
   * @param batchSize examples
   */
  public double stepOperations(int batchSize) {
    return 2.0 * batchSize * (forward + backward);
  }

  /**
   * Bytes that a training step reads and writes.
   *
   * @param batchSize examples
   * @param valueBytes of a value between layers
   * @param weightBytes of a weight
   */
  public double stepBytes(int batchSize, int valueBytes, int weightBytes) {
    return (double) valueBytes * batchSize * values + 3.0 * weightBytes * weights;
  }

  /**
   * What flows between two layers.
   *
   * @param shape of one example
   * @param learned whether a weight lies before it, so that its gradient is needed
   */
  private record Place(List<Integer> shape, boolean learned) {

    long size() {
      return Shapes.size(shape);
    }
  }

  private static final class Count {
    private long forward;
    private long backward;
    private long values;

    Place chain(List<Layer> layers, Place start) {
      Place place = start;
      for (Layer layer : layers) {
        place = after(layer, place);
      }
      return place;
    }

    private Place after(Layer layer, Place in) {
      List<Integer> shape = Shapes.after(layer, in.shape);
      if (layer instanceof Layer.Convolution c) {
        Place out = new Place(shape, true);
        add(in, out, out.size() * c.in() * c.kernel() * c.kernel());
        return out;
      }
      if (layer instanceof Layer.Dense d) {
        Place out = new Place(shape, true);
        add(in, out, (long) d.in() * d.out());
        return out;
      }
      if (layer instanceof Layer.Residual r) {
        boolean body = chain(r.body(), in).learned;
        return new Place(shape, chain(r.shortcut(), in).learned || body);
      }
      return new Place(shape, in.learned || layer instanceof Layer.BatchNorm);
    }

    private void add(Place in, Place out, long multiplications) {
      forward += multiplications;
      backward += (in.learned ? 2 : 1) * multiplications;
      values += 2 * in.size() + 2 * out.size() + (in.learned ? in.size() : 0);
    }
  }
}
