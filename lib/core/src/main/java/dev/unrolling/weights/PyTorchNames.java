package dev.unrolling.weights;

import dev.unrolling.model.Architecture;
import dev.unrolling.model.Layer;
import dev.unrolling.model.ParameterLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names that PyTorch's modules give to the layers of an architecture. */
final class PyTorchNames {

  /** Ways to write the modules down. */
  enum Style {
    /** Attributes, as in kuangliu's ResNets: conv1, bn1, layer1.0.conv1, shortcut.0, linear. */
    LAYERS,
    /** The same in torchvision's words: downsample.0, fc. */
    TORCHVISION,
    /** Two chains, as in kuangliu's VGGs: features.0, classifier. */
    FEATURES,
    /** One chain: 0, 1, ... */
    SEQUENTIAL;

    Map<String, String> names(Architecture architecture) {
      return new PyTorchNames(this, architecture).names();
    }
  }

  private final Style style;
  private final Architecture architecture;

  /** From our path of a layer to theirs. */
  private final Map<String, String> modules = new LinkedHashMap<>();

  private final Map<String, Integer> seen = new LinkedHashMap<>();

  private PyTorchNames(Style style, Architecture architecture) {
    this.style = style;
    this.architecture = architecture;
  }

  private Map<String, String> names() {
    walk(architecture.layers());
    Map<String, String> names = new LinkedHashMap<>();
    for (ParameterLayout.Entry entry : StateDict.entries(architecture)) {
      int dot = entry.name().lastIndexOf('.');
      String module = dot < 0 ? null : modules.get(entry.name().substring(0, dot));
      if (module == null) {
        throw unnamed(entry.name());
      }
      names.put(entry.name(), module + entry.name().substring(dot));
    }
    return names;
  }

  private void walk(List<Layer> layers) {
    long dense = layers.stream().filter(Layer.Dense.class::isInstance).count();
    int flattened = 0;
    int stage = 1;
    int block = 0;
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      if (layer instanceof Layer.Flatten) {
        flattened = i + 1;
      } else if (layer instanceof Layer.Convolution) {
        chained("conv", "conv", "features.", i);
      } else if (layer instanceof Layer.BatchNorm) {
        chained("norm", "bn", "features.", i);
      } else if (layer instanceof Layer.Dense) {
        String ours = numbered("dense");
        String last = style == Style.TORCHVISION ? "fc" : "linear";
        modules.put(
            ours,
            switch (style) {
              case LAYERS, TORCHVISION -> last + (dense == 1 ? "" : seen.get("dense"));
              case FEATURES -> "classifier" + (dense == 1 ? "" : "." + (i - flattened));
              case SEQUENTIAL -> String.valueOf(i);
            });
      } else if (layer instanceof Layer.Residual residual) {
        String ours = numbered("residual");
        if (style == Style.FEATURES || style == Style.SEQUENTIAL) {
          throw unnamed(ours);
        }
        // A stage begins where the shape changes, but the first begins in any case.
        if (seen.get("residual") > 1) {
          boolean changes = !residual.shortcut().isEmpty();
          stage += changes ? 1 : 0;
          block = changes ? 0 : block + 1;
        }
        block(ours, "layer" + stage + "." + block, residual);
      }
    }
  }

  /** A layer of the main chain. */
  private void chained(String kind, String attribute, String chain, int place) {
    String ours = numbered(kind);
    modules.put(
        ours,
        switch (style) {
          case LAYERS, TORCHVISION -> attribute + seen.get(kind);
          case FEATURES -> chain + place;
          case SEQUENTIAL -> String.valueOf(place);
        });
  }

  private void block(String ours, String theirs, Layer.Residual residual) {
    int convolutions = 0;
    int norms = 0;
    for (Layer layer : residual.body()) {
      if (layer instanceof Layer.Convolution) {
        modules.put(ours + ".body.conv" + ++convolutions, theirs + ".conv" + convolutions);
      } else if (layer instanceof Layer.BatchNorm) {
        modules.put(ours + ".body.norm" + ++norms, theirs + ".bn" + norms);
      }
    }
    String shortcut = theirs + (style == Style.TORCHVISION ? ".downsample." : ".shortcut.");
    convolutions = 0;
    norms = 0;
    for (int i = 0; i < residual.shortcut().size(); i++) {
      Layer layer = residual.shortcut().get(i);
      if (layer instanceof Layer.Convolution) {
        modules.put(ours + ".shortcut.conv" + ++convolutions, shortcut + i);
      } else if (layer instanceof Layer.BatchNorm) {
        modules.put(ours + ".shortcut.norm" + ++norms, shortcut + i);
      }
    }
  }

  private String numbered(String kind) {
    return kind + seen.merge(kind, 1, Integer::sum);
  }

  private IllegalArgumentException unnamed(String ours) {
    return new IllegalArgumentException(
        "PyTorch's names ("
            + style
            + ") have none for "
            + ours
            + " of "
            + architecture.name()
            + "; give the names as a WeightNames of your own");
  }
}
