package dev.unrolling.notebook.screen;

/** Where a thing puts its forms. */
public final class RenderContext {
  private final DisplayData container = new DisplayData();

  public DisplayData getOutputContainer() {
    return container;
  }
}
