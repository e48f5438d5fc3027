package dev.unrolling.engine.dl4j;

import dev.unrolling.model.Architecture;
import dev.unrolling.model.Layer;
import dev.unrolling.model.ParameterLayout;
import dev.unrolling.model.ParameterLayout.Entry;
import dev.unrolling.model.ParameterLayout.Kind;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network with running statistics as one without batch norm: a norm that reads running mean m and
 * variance v after a layer W x + b is the layer
 *
 * <p>\( W' = s W, \quad b' = s (b - m) + \beta, \quad s = \gamma / \sqrt{v + \epsilon} \)
 *
 * <p>with s per output channel. DL4J's own derivative through a norm in evaluation mode is that of
 * batch statistics, so evaluation goes this way, and derivatives come back by the chain rule.
 */
final class NormFolding {

  /** A layer and the norm behind it, or a layer alone, and their one layer here. */
  private record Fold(
      Entry weight,
      Optional<Entry> bias,
      Optional<Norm> norm,
      Entry foldedWeight,
      Optional<Entry> foldedBias) {}

  private record Norm(Entry scale, Entry shift, Entry mean, Entry variance) {}

  private final Architecture folded;
  private final List<Fold> folds = new ArrayList<>();

  /**
   * Folds.
   *
   * @throws IllegalArgumentException if a norm does not directly follow a convolution or dense
   *     layer
   */
  NormFolding(Architecture architecture) {
    this.folded =
        new Architecture(
            architecture.name(),
            architecture.inputShape(),
            architecture.classes(),
            without(architecture.layers()));
    Cursor from = new Cursor(architecture.parameters());
    Cursor to = new Cursor(folded.parameters());
    Iterator<Entry> statistics = architecture.runningStatistics().entries().iterator();
    while (from.at(Kind.WEIGHT)) {
      Entry weight = from.next();
      Optional<Entry> bias = from.nextIf(Kind.BIAS);
      Optional<Norm> norm =
          from.nextIf(Kind.SCALE)
              .map(scale -> new Norm(scale, from.next(), statistics.next(), statistics.next()));
      folds.add(new Fold(weight, bias, norm, to.next(), to.nextIf(Kind.BIAS)));
    }
  }

  /** The network without norms. */
  Architecture folded() {
    return folded;
  }

  /** Weights of the network without norms. */
  INDArray fold(INDArray weights, INDArray statistics) {
    INDArray result = Nd4j.zeros(weights.dataType(), folded.parameters().size());
    for (Fold fold : folds) {
      INDArray weight = rows(result, fold.foldedWeight());
      weight.assign(rows(weights, fold.weight()));
      fold.bias().ifPresent(b -> part(result, fold.foldedBias()).assign(part(weights, b)));
      fold.norm()
          .ifPresent(
              norm -> {
                INDArray s = deviation(statistics, norm).rdivi(part(weights, norm.scale()));
                weight.muliColumnVector(s.reshape(s.length(), 1));
                part(result, fold.foldedBias())
                    .subi(part(statistics, norm.mean()))
                    .muli(s)
                    .addi(part(weights, norm.shift()));
              });
    }
    return result;
  }

  /**
   * The chain rule back.
   *
   * @param foldedGradient by the weights of the network without norms
   * @param gradient receives the derivative by the weights
   */
  void unfold(INDArray foldedGradient, INDArray weights, INDArray statistics, INDArray gradient) {
    for (Fold fold : folds) {
      INDArray byWeight = rows(gradient, fold.weight());
      byWeight.assign(rows(foldedGradient, fold.foldedWeight()));
      if (fold.norm().isEmpty()) {
        fold.bias()
            .ifPresent(b -> part(gradient, b).assign(part(foldedGradient, fold.foldedBias())));
        continue;
      }
      Norm norm = fold.norm().get();
      INDArray byBias = part(foldedGradient, fold.foldedBias());
      INDArray deviation = deviation(statistics, norm);
      INDArray centre = part(statistics, norm.mean()).neg();
      fold.bias().ifPresent(b -> centre.addi(part(weights, b)));
      part(gradient, norm.shift()).assign(byBias);
      INDArray byScale = byWeight.mul(rows(weights, fold.weight())).sum(1);
      part(gradient, norm.scale()).assign(byScale.addi(centre.muli(byBias)).divi(deviation));
      INDArray s = part(weights, norm.scale()).div(deviation);
      byWeight.muliColumnVector(s.reshape(s.length(), 1));
      fold.bias().ifPresent(b -> part(gradient, b).assign(byBias.mul(s)));
    }
  }

  private static INDArray deviation(INDArray statistics, Norm norm) {
    INDArray variance = part(statistics, norm.variance());
    return org.nd4j.linalg.ops.transforms.Transforms.sqrt(
        variance.add(Layer.BatchNorm.EPSILON), false);
  }

  private static INDArray part(INDArray flat, Optional<Entry> entry) {
    return part(flat, entry.orElseThrow());
  }

  private static INDArray part(INDArray flat, Entry entry) {
    return GraphModel.part(flat, entry);
  }

  /** A weight as (out, values seen by one output). A view. */
  private static INDArray rows(INDArray flat, Entry weight) {
    return part(flat, weight).reshape('c', weight.shape().get(0), weight.fanIn());
  }

  private static List<Layer> without(List<Layer> layers) {
    List<Layer> result = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      boolean normed = i + 1 < layers.size() && layers.get(i + 1) instanceof Layer.BatchNorm;
      Layer layer = layers.get(i);
      if (layer instanceof Layer.BatchNorm) {
        throw new IllegalArgumentException(
            "engine dl4j evaluates a batch norm only directly behind a convolution or dense layer,"
                + " not at position "
                + i
                + " of "
                + layers
                + "; engine torch evaluates any");
      } else if (normed && layer instanceof Layer.Convolution c) {
        result.add(
            new Layer.Convolution(c.in(), c.out(), c.kernel(), c.stride(), c.padding(), true));
        i++;
      } else if (normed && layer instanceof Layer.Dense d) {
        result.add(new Layer.Dense(d.in(), d.out(), true));
        i++;
      } else if (layer instanceof Layer.Residual r) {
        result.add(new Layer.Residual(without(r.body()), without(r.shortcut())));
      } else {
        result.add(layer);
      }
    }
    return result;
  }

  /** Reads the entries of a layout in order, with a look at the next. */
  private static final class Cursor {
    private final List<Entry> entries;
    private int next;

    Cursor(ParameterLayout layout) {
      this.entries = layout.entries();
    }

    boolean at(Kind kind) {
      return next < entries.size() && entries.get(next).kind() == kind;
    }

    Entry next() {
      return entries.get(next++);
    }

    Optional<Entry> nextIf(Kind kind) {
      return at(kind) ? Optional.of(next()) : Optional.empty();
    }
  }
}
