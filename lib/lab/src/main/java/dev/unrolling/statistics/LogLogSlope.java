package dev.unrolling.statistics;

import org.apache.commons.math3.stat.regression.SimpleRegression;
import tech.tablesaw.api.Table;

/** The power with which one positive quantity goes like another. */
public final class LogLogSlope {

  private LogLogSlope() {}

  /**
   * The slope of the least-squares line through {@code (log x, log y)}.
   *
   * @param x positive, at least 2 different values
   * @param y positive, as many
   */
  public static double fit(double[] x, double[] y) {
    SimpleRegression line = new SimpleRegression();
    for (int i = 0; i < x.length; i++) {
      line.addData(Math.log(x[i]), Math.log(y[i]));
    }
    return line.getSlope();
  }

  /** The same of two columns of a table. */
  public static double fit(Table table, String x, String y) {
    return fit(Tables.values(table, x), Tables.values(table, y));
  }
}
