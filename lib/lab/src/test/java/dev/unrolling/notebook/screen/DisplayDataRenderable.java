package dev.unrolling.notebook.screen;

import java.util.Set;

/** A thing that knows how to show itself. */
public interface DisplayDataRenderable {
  default Set<String> getPreferredRenderTypes() {
    return Set.of("*");
  }

  void render(RenderContext context);
}
