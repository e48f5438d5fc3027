package dev.unrolling.plot;

import dev.unrolling.plot.style.HouseStyle;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import tech.tablesaw.api.Table;

/**
 * A picture in the house style that knows the numbers it shows. Figures do not change: each method
 * that adds something returns a new one.
 */
public abstract sealed class Figure permits Plot, ImageFigure, PanelFigure {

  /** Pixels a logical pixel in saved and shown pictures: sharp on today's screens. */
  public static final int PIXELS = 2;

  /** What {@link #save} wrote. */
  public record Files(Path png, Path svg, Path csv) {}

  Figure() {}

  /**
   * An empty plot whose series are lines with markers.
   *
   * @param title a second line, after {@code \n}, is set smaller: room for the scale
   * @param x label of the x axis, with its unit
   * @param y label of the y axis, with its unit
   */
  public static Plot lines(String title, String x, String y) {
    return Plot.empty(title, x, y, Series.Kind.LINE);
  }

  /**
   * An empty plot whose series are points.
   *
   * @param title a second line, after {@code \n}, is set smaller: room for the scale
   * @param x label of the x axis, with its unit
   * @param y label of the y axis, with its unit
   */
  public static Plot scatter(String title, String x, String y) {
    return Plot.empty(title, x, y, Series.Kind.POINTS);
  }

  /**
   * Pictures side by side, small ones enlarged without blurring.
   *
   * @param title as in {@link #lines}
   * @param images of equal size
   * @param captions one an image
   * @param columns how many stand in a row, at least 1
   * @throws IllegalArgumentException if there is no image, or not one caption each
   */
  public static Figure images(
      String title, List<BufferedImage> images, List<String> captions, int columns) {
    return new ImageFigure(title, images, captions, columns);
  }

  /**
   * Several plots in one picture. Plots with the same series share one legend.
   *
   * @param columns how many stand in a row, at least 1
   * @param plots in reading order
   * @throws IllegalArgumentException if there is none
   */
  public static Figure panels(int columns, Plot... plots) {
    return new PanelFigure("", columns, List.of(plots));
  }

  /**
   * Several plots in one picture, under a common title.
   *
   * @param title as in {@link #lines}
   * @param columns how many stand in a row, at least 1
   * @param plots in reading order
   * @throws IllegalArgumentException if there is none
   */
  public static Figure panels(String title, int columns, List<Plot> plots) {
    return new PanelFigure(title, columns, plots);
  }

  /** The title, with {@code \n} between its lines. */
  public abstract String title();

  /** The same figure with a further line under its title, e.g. {@code "quick scale"}. */
  public abstract Figure withNote(String note);

  /**
   * The numbers shown, one row a point. A plot: {@code series, x, y}, with {@code low, high} where
   * a series has a spread; gaps are missing values; a vertical line has no y and a horizontal one
   * no x. Panels: {@code panel} before these. Images: {@code image, caption}.
   */
  public abstract Table data();

  /** Width in logical pixels. */
  public abstract int width();

  /** The same figure laid out for another width in logical pixels, as far as it can be. */
  abstract Figure atWidth(int logical);

  /** Height in logical pixels. */
  abstract int height();

  /** Paints the figure, its upper left corner at the origin, on a white ground. */
  abstract void paint(Graphics2D g);

  /**
   * The figure as pixels.
   *
   * @param scale pixels a logical pixel
   */
  public BufferedImage image(double scale) {
    BufferedImage image =
        new BufferedImage(
            (int) Math.round(width() * scale),
            (int) Math.round(height() * scale),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      g.setColor(Color.WHITE);
      g.fillRect(0, 0, image.getWidth(), image.getHeight());
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
      g.scale(scale, scale);
      HouseStyle.prepare(g);
      paint(g);
    } finally {
      g.dispose();
    }
    return image;
  }

  /**
   * Writes {@code name.png} (two pixels a logical pixel, 300 dpi), {@code name.svg} and {@code
   * name.csv} (exactly the plotted numbers), each atomically, over those that are there.
   *
   * @param folder made if it is not there
   * @param name of letters, digits, {@code . _ -}
   * @throws IllegalArgumentException if the name has other characters
   * @throws java.io.UncheckedIOException if a file cannot be written; none is left half written
   */
  public Files save(Path folder, String name) {
    return FigureWriter.save(this, folder, name);
  }

  /**
   * Writes the figure as a printed page takes it, at 300 dpi: {@code name-column.png} and {@code
   * .svg} for a column of 3.5 inches, {@code name-page.png} and {@code .svg} for a page of 7.2, and
   * {@code name.csv}.
   *
   * @param folder made if it is not there
   * @param name of letters, digits, {@code . _ -}
   */
  public void saveForPrint(Path folder, String name) {
    FigureWriter.saveForPrint(this, folder, name);
  }
}
