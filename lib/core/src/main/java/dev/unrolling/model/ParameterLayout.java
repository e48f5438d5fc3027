package dev.unrolling.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Name, shape and offset of every value of a network in one flat vector: trainable weights in the
 * order in which PyTorch's {@code parameters()} lists them, or running statistics.
 *
 * @param entries in the order of the flat vector, without gaps
 */
public record ParameterLayout(List<Entry> entries) {

  /** What a value is, which decides how it starts. */
  public enum Kind {
    /** Weight of a convolution or dense layer. */
    WEIGHT,
    /** Bias of a convolution or dense layer. */
    BIAS,
    /** Factor of a batch norm, 1 at first. */
    SCALE,
    /** Summand of a batch norm, 0 at first. */
    SHIFT,
    /** Running mean of a batch norm, 0 at first. */
    RUNNING_MEAN,
    /** Running variance (unbiased) of a batch norm, 1 at first. */
    RUNNING_VARIANCE
  }

  /**
   * One tensor in the flat vector.
   *
   * @param name path of the layer and role, e.g. {@code "residual1.body.conv2.weight"}
   * @param kind what it is
   * @param shape row-major
   * @param offset of its first value
   * @param fanIn number of inputs that one output of the layer sees (1 for a batch norm)
   */
  public record Entry(String name, Kind kind, List<Integer> shape, long offset, int fanIn) {
    /** Number of values. */
    public long size() {
      return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** Path of the layer that it belongs to: the name without the role. */
    public String layer() {
      return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }
  }

  /** Copies the list. */
  public ParameterLayout {
    entries = List.copyOf(entries);
  }

  /** Number of values in all: p for the weights. */
  public long size() {
    return entries.stream().mapToLong(Entry::size).sum();
  }

  /** Paths of the layers that have values, in order; a batch norm is one too. */
  public List<String> layers() {
    return entries.stream().map(Entry::layer).distinct().toList();
  }

  static ParameterLayout ofParameters(List<Layer> layers) {
    return of(layers, false);
  }

  static ParameterLayout ofRunningStatistics(List<Layer> layers) {
    return of(layers, true);
  }

  private static ParameterLayout of(List<Layer> layers, boolean statistics) {
    Collector all = new Collector(statistics);
    all.visit("", layers);
    return new ParameterLayout(all.entries);
  }

  /** Collects the entries of layers, in order. */
  private static final class Collector {
    private final boolean statistics;
    private final List<Entry> entries = new ArrayList<>();
    private long offset;

    Collector(boolean statistics) {
      this.statistics = statistics;
    }

    void visit(String path, List<Layer> layers) {
      Map<String, Integer> seen = new HashMap<>();
      for (Layer layer : layers) {
        if (layer instanceof Layer.Convolution c) {
          String name = path + numbered("conv", seen);
          int fanIn = c.in() * c.kernel() * c.kernel();
          add(
              name + ".weight",
              Kind.WEIGHT,
              List.of(c.out(), c.in(), c.kernel(), c.kernel()),
              fanIn);
          if (c.bias()) {
            add(name + ".bias", Kind.BIAS, List.of(c.out()), fanIn);
          }
        } else if (layer instanceof Layer.Dense d) {
          String name = path + numbered("dense", seen);
          add(name + ".weight", Kind.WEIGHT, List.of(d.out(), d.in()), d.in());
          if (d.bias()) {
            add(name + ".bias", Kind.BIAS, List.of(d.out()), d.in());
          }
        } else if (layer instanceof Layer.BatchNorm b) {
          String name = path + numbered("norm", seen);
          add(name + ".weight", Kind.SCALE, List.of(b.channels()), 1);
          add(name + ".bias", Kind.SHIFT, List.of(b.channels()), 1);
          add(name + ".running_mean", Kind.RUNNING_MEAN, List.of(b.channels()), 1);
          add(name + ".running_var", Kind.RUNNING_VARIANCE, List.of(b.channels()), 1);
        } else if (layer instanceof Layer.Residual r) {
          String name = path + numbered("residual", seen);
          visit(name + ".body.", r.body());
          visit(name + ".shortcut.", r.shortcut());
        } else if (layer instanceof Layer.UserModel f) {
          for (Entry entry : statistics ? f.statistics() : f.parameters()) {
            add(path + entry.name(), entry.kind(), entry.shape(), entry.fanIn());
          }
        }
      }
    }

    private static String numbered(String kind, Map<String, Integer> seen) {
      return kind + seen.merge(kind, 1, Integer::sum);
    }

    private void add(String name, Kind kind, List<Integer> shape, int fanIn) {
      boolean isStatistic = kind == Kind.RUNNING_MEAN || kind == Kind.RUNNING_VARIANCE;
      if (isStatistic == statistics) {
        Entry entry = new Entry(name, kind, shape, offset, fanIn);
        entries.add(entry);
        offset += entry.size();
      }
    }
  }
}
