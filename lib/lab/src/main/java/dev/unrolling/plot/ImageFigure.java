package dev.unrolling.plot;

import dev.unrolling.plot.style.Heading;
import dev.unrolling.plot.style.HouseStyle;
import dev.unrolling.plot.style.TextMetrics;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Pictures in rows and columns, each pixel of theirs a whole number of ours. */
final class ImageFigure extends Figure {
  private static final int EDGE = 12;
  private static final int GAP = 10;
  private static final Font CAPTION = HouseStyle.SUBTITLE.deriveFont(11.5f);
  private static final int CAPTION_HEIGHT = 15;

  private final String title;
  private final List<BufferedImage> images;
  private final List<String> captions;
  private final int columns;

  ImageFigure(String title, List<BufferedImage> images, List<String> captions, int columns) {
    if (images.isEmpty() || columns < 1 || images.size() != captions.size()) {
      throw new IllegalArgumentException(
          String.format(
              "%d images, %d captions, %d columns; it takes at least one image, a caption each and"
                  + " at least one column",
              images.size(), captions.size(), columns));
    }
    this.title = title;
    this.images = List.copyOf(images);
    this.captions = List.copyOf(captions);
    this.columns = Math.min(columns, images.size());
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public Figure withNote(String note) {
    return new ImageFigure(Heading.join(title, note), images, captions, columns);
  }

  @Override
  public Table data() {
    IntColumn numbers = IntColumn.indexColumn("image", images.size(), 0);
    return Table.create(title, numbers, StringColumn.create("caption", captions));
  }

  @Override
  ImageFigure atWidth(int logical) {
    return this;
  }

  @Override
  public int width() {
    return HouseStyle.WIDTH;
  }

  private double cell() {
    return (width() - 2.0 * EDGE + GAP) / columns;
  }

  /** How many of our pixels show one of theirs; halves are whole in the saved PNG. */
  private double zoom() {
    int widest = images.stream().mapToInt(BufferedImage::getWidth).max().orElse(1);
    double fits = (cell() - GAP) / widest;
    return fits >= 0.5 ? Math.floor(2 * fits) / 2 : fits;
  }

  private double rowHeight() {
    int tallest = images.stream().mapToInt(BufferedImage::getHeight).max().orElse(1);
    return zoom() * tallest + captionLines() * CAPTION_HEIGHT + GAP;
  }

  private int captionLines() {
    return captions.stream().mapToInt(caption -> lines(caption).size()).max().orElse(0);
  }

  private List<String> lines(String caption) {
    return TextMetrics.wrap(caption, CAPTION, cell() - 4);
  }

  @Override
  int height() {
    int rows = (images.size() + columns - 1) / columns;
    return (int) Math.ceil(top() + rows * rowHeight() + EDGE - GAP);
  }

  private double top() {
    return EDGE + new Heading(title, width() - 2 * EDGE).height() + 4;
  }

  @Override
  void paint(Graphics2D g) {
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    new Heading(title, width() - 2 * EDGE).paint(g, EDGE, EDGE);
    for (int i = 0; i < images.size(); i++) {
      BufferedImage image = images.get(i);
      double middle = EDGE + (i % columns + 0.5) * cell() - GAP / 2.0;
      double y = Math.round(top() + i / columns * rowHeight());
      int width = (int) Math.round(image.getWidth() * zoom());
      int height = (int) Math.round(image.getHeight() * zoom());
      g.drawImage(image, (int) Math.round(middle - width / 2.0), (int) y, width, height, null);
      double baseline = y + height + 13;
      for (String line : lines(captions.get(i))) {
        TextMetrics.paint(
            g, line, CAPTION, HouseStyle.INK, middle, baseline, TextMetrics.Align.CENTRE);
        baseline += CAPTION_HEIGHT;
      }
    }
  }
}
