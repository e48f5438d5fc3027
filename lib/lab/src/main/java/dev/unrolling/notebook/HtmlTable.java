package dev.unrolling.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/**
 * A Tablesaw table as HTML: numbers to the right with four digits that count, texts to the left.
 */
final class HtmlTable {
  private static final int MOST_ROWS = 40;
  private static final int SHOWN_ROWS = 30;

  private HtmlTable() {}

  /**
   * The table; of a long one the first rows and how many follow.
   *
   * @param file where all rows stand, named under a long table
   */
  static String of(Table table, String file) {
    int shown = table.rowCount() > MOST_ROWS ? SHOWN_ROWS : table.rowCount();
    List<NumberText> formats = table.columns().stream().map(HtmlTable::format).toList();
    List<String> headers = new ArrayList<>();
    for (Column<?> column : table.columns()) {
      headers.add(
          Html.cell(
              align(column), "font-weight:bold;white-space:nowrap", Html.escape(column.name())));
    }
    StringBuilder html = new StringBuilder(Html.table()).append(Html.headerRow(headers));
    html.append("<tbody>");
    for (int row = 0; row < shown; row++) {
      int at = row;
      html.append(
          Html.row(
              IntStream.range(0, table.columnCount())
                  .mapToObj(i -> cell(table.column(i), formats.get(i), at))
                  .toList()));
    }
    html.append("</tbody></table></div>");
    if (shown < table.rowCount()) {
      html.append("<div style=\"opacity:0.75\">… and ")
          .append(table.rowCount() - shown)
          .append(" more rows in ")
          .append(Html.escape(file))
          .append("</div>");
    }
    return html.toString();
  }

  private static String align(Column<?> column) {
    return column instanceof NumericColumn ? "right" : "left";
  }

  private static NumberText format(Column<?> column) {
    return column instanceof NumericColumn<?> numbers
        ? NumberText.of(numbers.asDoubleArray())
        : NumberText.of(new double[0]);
  }

  private static String cell(Column<?> column, NumberText format, int row) {
    if (column instanceof NumericColumn<?> numbers) {
      return Html.cell("right", "white-space:nowrap", format.html(numbers.getDouble(row)));
    }
    String text = column.isMissing(row) ? "–" : column.getString(row);
    return Html.cell("left", "", Html.escape(text));
  }
}
