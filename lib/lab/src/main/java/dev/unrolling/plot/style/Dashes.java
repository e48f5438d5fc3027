package dev.unrolling.plot.style;

import java.util.stream.DoubleStream;

/**
 * Cuts a polyline into dashes. XChart draws each segment of a line on its own, so that a dash
 * pattern begins anew at each point and a dense dashed line looks solid; we hand it the dashes.
 */
public final class Dashes {
  private final double[] pattern;
  private final DoubleStream.Builder xs = DoubleStream.builder();
  private final DoubleStream.Builder ys = DoubleStream.builder();
  private int part;
  private double left;

  private Dashes(double[] pattern) {
    this.pattern = pattern;
    restart();
  }

  /**
   * The dashes of a line, with a NaN after each.
   *
   * @param line places and values, two rows; NaN in either is a gap
   * @param pattern lengths drawn and left out in turn, in the line's own unit; empty for solid
   */
  public static double[][] cut(double[][] line, double[] pattern) {
    if (pattern.length == 0) {
      return line;
    }
    Dashes dashes = new Dashes(pattern);
    for (int i = 1; i < line[0].length; i++) {
      double length = Math.hypot(line[0][i] - line[0][i - 1], line[1][i] - line[1][i - 1]);
      if (Double.isNaN(length)) {
        dashes.lift();
        dashes.restart();
      } else {
        dashes.walk(line, i, length);
      }
    }
    return new double[][] {dashes.xs.build().toArray(), dashes.ys.build().toArray()};
  }

  private void restart() {
    part = 0;
    left = pattern[0];
  }

  private void walk(double[][] line, int end, double length) {
    double done = 0;
    touch(line, end, 0);
    while (length - done > left) {
      done += left;
      touch(line, end, done / length);
      if (part % 2 == 0) {
        lift();
      }
      part = (part + 1) % pattern.length;
      left = pattern[part];
      touch(line, end, done / length);
    }
    left -= length - done;
    touch(line, end, 1);
  }

  /** Goes on to a share of the segment that ends at a point, if within a dash. */
  private void touch(double[][] line, int end, double share) {
    if (part % 2 == 0) {
      xs.add(line[0][end - 1] + share * (line[0][end] - line[0][end - 1]));
      ys.add(line[1][end - 1] + share * (line[1][end] - line[1][end - 1]));
    }
  }

  private void lift() {
    xs.add(Double.NaN);
    ys.add(Double.NaN);
  }
}
