package dev.unrolling.plot.style;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The one look of all figures. Colours are those of Okabe and Ito, told apart by colour-blind eyes
 * (their yellow is left out: too pale on white); each comes with its own marker and dash pattern,
 * so that a figure survives a grey printer. Sizes are logical pixels of a figure {@value #WIDTH}
 * wide.
 */
public final class HouseStyle {
  public static final int WIDTH = 640;
  public static final int PLOT_HEIGHT = 320;
  public static final int MARKER_SIZE = 8;

  public static final Color INK = new Color(0x22, 0x22, 0x22);
  public static final Color FAINT_INK = new Color(0x59, 0x59, 0x59);
  public static final Color AXIS = new Color(0x80, 0x80, 0x80);
  public static final Color GRID = new Color(0xE4, 0xE4, 0xE4);
  public static final Color MINOR_GRID = new Color(0xF3, 0xF3, 0xF3);

  public static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);
  public static final Font SUBTITLE = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  public static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
  public static final Font TICK = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

  private static final List<Color> COLOURS =
      List.of(
          new Color(0x00, 0x72, 0xB2), // blue
          new Color(0xD5, 0x5E, 0x00), // vermillion
          new Color(0x00, 0x9E, 0x73), // bluish green
          new Color(0xCC, 0x79, 0xA7), // reddish purple
          new Color(0xE6, 0x9F, 0x00), // orange
          new Color(0x56, 0xB4, 0xE9), // sky blue
          new Color(0x00, 0x00, 0x00)); // black

  private static final List<Marker> MARKERS =
      List.of(
          SeriesMarkers.CIRCLE,
          SeriesMarkers.SQUARE,
          SeriesMarkers.TRIANGLE_UP,
          SeriesMarkers.DIAMOND,
          SeriesMarkers.TRIANGLE_DOWN,
          SeriesMarkers.CROSS,
          SeriesMarkers.PLUS);

  private static final List<double[]> DASHES =
      List.of(
          new double[] {},
          new double[] {8, 4},
          new double[] {2, 4},
          new double[] {10, 4, 2, 4},
          new double[] {14, 5},
          new double[] {10, 4, 2, 4, 2, 4});

  private HouseStyle() {}

  public static Color colour(int index) {
    return COLOURS.get(index % COLOURS.size());
  }

  /** Of another period than the colours, so that no two of the first 42 series look alike. */
  public static double[] dashes(int index) {
    return DASHES.get(index % DASHES.size()).clone();
  }

  /** Another one when the colours begin again: points have no dashes to be told apart by. */
  public static Marker marker(int index) {
    return MARKERS.get((index + index / COLOURS.size()) % MARKERS.size());
  }

  public static Color translucent(Color colour, double opacity) {
    return new Color(
        colour.getRed(), colour.getGreen(), colour.getBlue(), (int) Math.round(255 * opacity));
  }

  public static BasicStroke stroke(double width) {
    return new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  }

  public static void prepare(Graphics2D g) {
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
  }

  /**
   * A chart that is plot area only: it draws series in the unit square and nothing around them.
   * Ticks, grid, titles and legend are ours, because XChart's linear ticks stop at 1e-10, its
   * logarithmic ones run into each other, and its legend neither wraps nor shows dashes.
   */
  public static XYChart chart(int width, int height) {
    XYChart chart = new XYChartBuilder().width(width).height(height).build();
    XYStyler styler = chart.getStyler();
    Color clear = new Color(255, 255, 255, 0);
    styler.setChartBackgroundColor(clear);
    styler.setPlotBackgroundColor(clear);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesVisible(false);
    styler.setPlotTicksMarksVisible(false);
    styler.setChartTitleVisible(false);
    styler.setLegendVisible(false);
    styler.setAxisTicksVisible(false);
    styler.setAxisTitlesVisible(false);
    styler.setChartPadding(0);
    styler.setPlotMargin(0);
    styler.setPlotContentSize(1.0);
    styler.setMarkerSize(MARKER_SIZE);
    styler.setXAxisMin(0.0);
    styler.setXAxisMax(1.0);
    styler.setYAxisMin(0.0);
    styler.setYAxisMax(1.0);
    return chart;
  }
}
