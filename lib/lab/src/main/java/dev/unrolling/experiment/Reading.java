package dev.unrolling.experiment;

import dev.unrolling.plot.Figure;
import dev.unrolling.settings.Scale;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import tech.tablesaw.api.Table;

/** How a table of finished runs is read: what it shows, what it comes to, what it says. */
@FunctionalInterface
public interface Reading {

  /** The figures, by the names of their files, in the order in which they are shown. */
  Map<String, Figure> figures(Scale scale, Table table);

  /** What each run came to, in few columns; empty if figures say all. */
  default Optional<Table> summary(Table table) {
    return Optional.empty();
  }

  /** What it says of the claims; the same functions at each scale. */
  default List<Verdict> verdicts(Scale scale, Table table) {
    return List.of();
  }

  /** A reading of three functions. */
  static Reading of(
      BiFunction<Scale, Table, Map<String, Figure>> figures,
      UnaryOperator<Table> summary,
      BiFunction<Scale, Table, Verdict[]> verdicts) {
    return new Reading() {
      @Override
      public Map<String, Figure> figures(Scale scale, Table table) {
        return figures.apply(scale, table);
      }

      @Override
      public Optional<Table> summary(Table table) {
        return Optional.of(summary.apply(table));
      }

      @Override
      public List<Verdict> verdicts(Scale scale, Table table) {
        return List.of(verdicts.apply(scale, table));
      }
    };
  }
}
