package dev.unrolling.forgetting.inputs;

import dev.unrolling.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads pairs of models. */
public final class ModelPairs {

  private ModelPairs() {}

  /**
   * Reads a model before and after its training.
   *
   * @param before zip of DL4J's ModelSerializer, or {@code .safetensors} or {@code .npz}
   * @param after of the same kind
   * @param settings of the training, as far as the files do not tell
   * @param architecture of weights alone; a zip brings its own
   * @param engine that computes with weights alone
   * @throws IOException if a zip is none of DL4J's
   * @throws IllegalArgumentException if something is given that a file tells, or missing that none
   *     does
   */
  public static ModelPair read(
      Path before,
      Path after,
      RunSettings settings,
      Optional<String> architecture,
      Supplier<Engine> engine)
      throws IOException {
    if (isWeights(before) != isWeights(after)) {
      throw new IllegalArgumentException(
          before
              + " and "
              + after
              + " are not of one kind; give two zips of DL4J, or two of weights");
    }
    if (!isWeights(before)) {
      if (architecture.isPresent() || settings.momentum() > 0) {
        throw new IllegalArgumentException(
            "--architecture and --momentum are for files of weights; a zip of DL4J tells both");
      }
      return Dl4jPair.read(before, after, settings.rate());
    }
    if (architecture.isEmpty() || settings.rate().isEmpty()) {
      throw new IllegalArgumentException(
          before
              + " holds weights alone; give the network by --architecture, e.g. resnet8-8, and the"
              + " learning rate by --rate");
    }
    return new WeightsPair(
        before,
        after,
        architecture.get(),
        engine.get(),
        settings.rate().getAsDouble(),
        settings.momentum());
  }

  private static boolean isWeights(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".safetensors") || name.endsWith(".npz");
  }
}
