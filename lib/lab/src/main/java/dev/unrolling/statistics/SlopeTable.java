package dev.unrolling.statistics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Fitted powers of a variable, group by group. */
public final class SlopeTable {

  private SlopeTable() {}

  /**
   * A row for each group of equal keys, in their order: the keys, then a slope a quantity; missing
   * where a value is.
   */
  public static Table of(Table table, List<String> keys, String variable, List<String> quantities) {
    Map<List<String>, List<Integer>> groups = new LinkedHashMap<>();
    for (int row = 0; row < table.rowCount(); row++) {
      int at = row;
      List<String> key = keys.stream().map(name -> table.column(name).getString(at)).toList();
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
    }
    Table slopes = Table.create("slopes");
    for (int i = 0; i < keys.size(); i++) {
      int column = i;
      slopes.addColumns(
          StringColumn.create(keys.get(i), groups.keySet().stream().map(key -> key.get(column))));
    }
    for (String quantity : quantities) {
      DoubleColumn column = DoubleColumn.create(quantity);
      groups
          .values()
          .forEach(
              rows -> {
                Table group = table.rows(rows.stream().mapToInt(Integer::intValue).toArray());
                column.append(LogLogSlope.fit(group, variable, quantity));
              });
      slopes.addColumns(column);
    }
    return slopes;
  }
}
