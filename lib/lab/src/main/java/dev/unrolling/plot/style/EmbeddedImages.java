package dev.unrolling.plot.style;

import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.awt.image.RenderedImage;
import java.awt.image.renderable.RenderableImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.apache.batik.svggen.DOMTreeManager;
import org.apache.batik.svggen.GenericImageHandler;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.w3c.dom.Element;

/**
 * Puts pictures into an SVG, enlarged pixel by pixel. Batik's own handler needs its codecs, and
 * resamples pictures to the size they are drawn at, which blurs small ones.
 */
public final class EmbeddedImages implements GenericImageHandler {
  private static final String SVG = "http://www.w3.org/2000/svg";
  private static final int ENLARGED = 4;

  @Override
  public void setDOMTreeManager(DOMTreeManager manager) {
    // The document comes with each element.
  }

  @Override
  public Element createElement(SVGGeneratorContext context) {
    return context.getDOMFactory().createElementNS(SVG, "image");
  }

  @Override
  public AffineTransform handleImage(
      Image image, Element element, int x, int y, int width, int height, SVGGeneratorContext c) {
    return embed(image, element, x, y, width, height);
  }

  @Override
  public AffineTransform handleImage(
      RenderedImage image, Element element, int x, int y, int w, int h, SVGGeneratorContext c) {
    throw new UnsupportedOperationException("figures draw buffered images only");
  }

  @Override
  public AffineTransform handleImage(
      RenderableImage image,
      Element element,
      double x,
      double y,
      double width,
      double height,
      SVGGeneratorContext context) {
    throw new UnsupportedOperationException("figures draw buffered images only");
  }

  private static AffineTransform embed(
      Image image, Element element, int x, int y, int width, int height) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(enlarge(image), "png", bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException("writing to memory failed", impossible);
    }
    element.setAttribute("x", Integer.toString(x));
    element.setAttribute("y", Integer.toString(y));
    element.setAttribute("width", Integer.toString(width));
    element.setAttribute("height", Integer.toString(height));
    element.setAttribute("preserveAspectRatio", "none");
    element.setAttributeNS(
        "http://www.w3.org/1999/xlink",
        "xlink:href",
        "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray()));
    return new AffineTransform();
  }

  /** Each pixel as a square of pixels, so that a viewer that smooths does not blur. */
  private static BufferedImage enlarge(Image image) {
    int width = ENLARGED * image.getWidth(null);
    int height = ENLARGED * image.getHeight(null);
    BufferedImage large = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = large.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    g.drawImage(image, 0, 0, width, height, null);
    g.dispose();
    return large;
  }
}
