package dev.unrolling.plot;

import dev.unrolling.plot.style.Heading;
import dev.unrolling.plot.style.HouseStyle;
import dev.unrolling.plot.style.TextMetrics;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.List;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Several plots in rows and columns. */
final class PanelFigure extends Figure {
  private static final int EDGE = 12;
  private static final int PANEL_WIDTH = 440;

  private final String title;
  private final int columns;
  private final List<Plot> plots;
  private final int width;

  PanelFigure(String title, int columns, List<Plot> plots) {
    this(title, columns, plots, 0);
  }

  private PanelFigure(String title, int columns, List<Plot> plots, int width) {
    if (plots.isEmpty() || columns < 1) {
      throw new IllegalArgumentException(
          plots.size() + " panels in " + columns + " columns; it takes at least one of each");
    }
    this.title = title;
    this.columns = Math.min(columns, plots.size());
    this.plots = List.copyOf(plots);
    this.width = width;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public Figure withNote(String note) {
    return new PanelFigure(Heading.join(title, note), columns, plots, width);
  }

  @Override
  public Table data() {
    Table all = Table.create(title);
    for (int i = 0; i < plots.size(); i++) {
      Table one = plots.get(i).data();
      String name = plots.get(i).title().isBlank() ? "panel " + (i + 1) : plots.get(i).title();
      StringColumn panel = StringColumn.create("panel");
      one.forEach(row -> panel.append(name.replace('\n', ' ')));
      one.insertColumn(0, panel);
      all = i == 0 ? one : join(all, one);
    }
    return all;
  }

  private static Table join(Table above, Table below) {
    for (String spread : List.of("low", "high")) {
      for (Table table : List.of(above, below)) {
        Table other = table == above ? below : above;
        if (other.containsColumn(spread) && !table.containsColumn(spread)) {
          table.addColumns(other.column(spread).emptyCopy(table.rowCount()));
        }
      }
    }
    return above.append(below);
  }

  List<Plot> plots() {
    return plots;
  }

  /** Narrower than one plot alone, the panels stand one under the other. */
  @Override
  PanelFigure atWidth(int logical) {
    return logical < HouseStyle.WIDTH ? new PanelFigure(title, 1, plots, logical) : this;
  }

  @Override
  public int width() {
    return width > 0 ? width : columns == 1 ? HouseStyle.WIDTH : columns * PANEL_WIDTH;
  }

  @Override
  int height() {
    return (int) Math.ceil(layOut().height());
  }

  @Override
  void paint(Graphics2D g) {
    Layout layout = layOut();
    layout.heading().paint(g, EDGE, EDGE);
    for (Placed panel : layout.panels()) {
      AffineTransform before = g.getTransform();
      g.translate(panel.x(), panel.y());
      panel.painter().paint(g);
      g.setTransform(before);
    }
    double below = layout.legend().height() + layout.notes().size() * PlotPainter.NOTE_ROW;
    double legendTop = layout.height() - EDGE - below;
    layout.legend().paint(g, EDGE, legendTop);
    PlotPainter.paintNotes(g, layout.notes(), EDGE, legendTop + layout.legend().height());
  }

  private record Placed(PlotPainter painter, double x, double y) {}

  private record Layout(
      Heading heading, List<Placed> panels, Legend legend, List<String> notes, double height) {}

  /** What all bands and bars are, said once, if those of all panels are the same. */
  private List<String> commonSpread() {
    List<String> all =
        plots.stream()
            .filter(plot -> plot.all().stream().anyMatch(Series::hasSpread))
            .map(plot -> Series.spreads(plot.all()))
            .distinct()
            .toList();
    return all.size() == 1 && plots.size() > 1 && !all.get(0).isEmpty()
        ? TextMetrics.wrap(all.get(0), HouseStyle.SUBTITLE, width() - 2 * EDGE)
        : List.of();
  }

  private Layout layOut() {
    double panelWidth = (double) width() / columns;
    List<Legend.Entry> common = Legend.entries(plots.get(0).all());
    boolean shared =
        plots.size() > 1
            && plots.stream().allMatch(plot -> Legend.entries(plot.all()).equals(common));
    Heading heading = new Heading(title, width() - 2 * EDGE);
    List<String> notes = commonSpread();
    Legend legend = new Legend(shared ? common : List.of(), width() - 2 * EDGE);
    List<Placed> placed = new ArrayList<>();
    double y = heading.height() == 0 ? 0 : EDGE + heading.height();
    for (int first = 0; first < plots.size(); first += columns) {
      List<Plot> row = plots.subList(first, Math.min(first + columns, plots.size()));
      double headings =
          row.stream()
              .mapToDouble(plot -> new PlotPainter(plot, panelWidth).headingHeight())
              .max()
              .orElse(0);
      double height = 0;
      for (int i = 0; i < row.size(); i++) {
        PlotPainter painter =
            new PlotPainter(row.get(i), panelWidth, headings, !shared, notes.isEmpty());
        placed.add(new Placed(painter, i * panelWidth, y));
        height = Math.max(height, painter.height());
      }
      y += height;
    }
    double below = legend.height() + notes.size() * PlotPainter.NOTE_ROW;
    return new Layout(heading, placed, legend, notes, below == 0 ? y : y + below + EDGE);
  }
}
