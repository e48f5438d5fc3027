package dev.unrolling.experiment;

import dev.unrolling.engine.Precision;
import java.util.List;
import java.util.function.Function;

/**
 * One of the paper's experiments: a computation and the settings to run it with.
 *
 * @param <S> settings of a run
 * @param id e.g. {@code "E1"}
 * @param title what it shows
 * @param computation what is run
 * @param runs the runs of a scale; the first is the base setting
 * @param engine computed on unless another is named, e.g. {@code "torch"}
 * @param precision of weights and computation unless another is named
 */
public record Experiment<S extends Record>(
    String id,
    String title,
    Computation<S, ?> computation,
    Function<Scale, List<S>> runs,
    String engine,
    Precision precision) {

  /** The base setting of a scale. */
  public S base(Scale scale) {
    return runs.apply(scale).get(0);
  }
}
