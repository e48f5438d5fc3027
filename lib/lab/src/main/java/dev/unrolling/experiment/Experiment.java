package dev.unrolling.experiment;

import dev.unrolling.engine.Precision;
import dev.unrolling.plot.Figure;
import dev.unrolling.settings.Scale;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tech.tablesaw.api.Table;

/**
 * A computation, the settings to run it with, and how to read what comes out.
 *
 * @param <S> settings of a run
 * @param id e.g. {@code "E1"}
 * @param title what it shows
 * @param computation what is run
 * @param runs the runs of a scale; the first is the base setting
 * @param engine computed on unless another is named, e.g. {@code "torch"}
 * @param precision of weights and computation unless another is named
 * @param reading of a scale's table of finished runs: figures, and where there are any a summary
 *     and verdicts
 */
public record Experiment<S extends Record>(
    String id,
    String title,
    Computation<S, ?> computation,
    Function<Scale, List<S>> runs,
    String engine,
    Precision precision,
    Reading reading) {

  /** The base setting of a scale. */
  public S base(Scale scale) {
    return runs.apply(scale).get(0);
  }

  /**
   * The figures of a table, by the names of their files; the scale stands in their titles, and what
   * would show nothing is left out.
   *
   * @param scale of the runs
   * @param table of finished runs
   */
  public Map<String, Figure> figures(Scale scale, Table table) {
    Map<String, Figure> shown = new LinkedHashMap<>(reading.figures(scale, table));
    shown.values().removeIf(figure -> figure.data().isEmpty());
    shown.replaceAll((name, figure) -> figure.withNote(scale + " scale"));
    return shown;
  }
}
