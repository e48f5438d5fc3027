package dev.unrolling.notebook.screen;

import java.util.ArrayList;
import java.util.List;

/** A kernel's functions; keeps what was shown. */
public final class Display {
  private static final List<DisplayData> SHOWN = new ArrayList<>();

  private Display() {}

  public static List<DisplayData> shown() {
    return SHOWN;
  }

  public static DisplayData render(Object object) {
    DisplayDataRenderable renderable = (DisplayDataRenderable) object;
    if (!renderable.getPreferredRenderTypes().contains("*")) {
      throw new IllegalStateException("asked for no type");
    }
    RenderContext context = new RenderContext();
    renderable.render(context);
    return context.getOutputContainer();
  }

  public static String display(Object object) {
    SHOWN.add(render(object));
    return "id" + SHOWN.size();
  }

  public static void updateDisplay(String id, Object object) {
    SHOWN.set(Integer.parseInt(id.substring(2)) - 1, render(object));
  }
}
