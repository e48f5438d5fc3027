package dev.unrolling.engine.torch;

import dev.unrolling.data.AugmentedImages;
import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.ImageDataset;
import dev.unrolling.data.SoftLabels;
import dev.unrolling.engine.Examples;
import dev.unrolling.engine.Objective.Criterion;
import dev.unrolling.model.Architecture;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** A batch as tensors on the engine's device; valid in the scope at hand. */
final class TorchExamples {

  private TorchExamples() {}

  /** Values in the network's input shape, {@code (batch, ...)}. */
  static Tensor input(TorchEngine engine, Architecture architecture, Batch batch) {
    long[] shape = Examples.shape(batch, architecture);
    Tensor input = values(engine, architecture, batch).view(shape);
    return shape.length == 4 && engine.channelsLast()
        ? input.contiguous(MemoryFormat.ChannelsLast)
        : input;
  }

  private static Tensor values(TorchEngine engine, Architecture architecture, Batch batch) {
    Dataset dataset = batch.dataset();
    if (engine.residentImages().isPresent()
        && (dataset instanceof ImageDataset || dataset instanceof AugmentedImages)) {
      architecture.checkExampleShape(dataset.name(), dataset.exampleShape());
      return engine.residentImages().get().values(engine, batch);
    }
    double[] values = Examples.values(batch, architecture);
    try (Tensor kept = engine.tensor(values, values.length)) {
      return kept.view(-1);
    }
  }

  /** Labels, {@code (batch)}, int64; soft ones, {@code (batch, classes)}, as the weights are. */
  static Tensor labels(
      TorchEngine engine, Architecture architecture, Batch batch, Criterion criterion) {
    if (batch.dataset() instanceof SoftLabels) {
      double[][] targets = Examples.targets(batch, architecture, criterion);
      double[] flat = Arrays.stream(targets).flatMapToDouble(Arrays::stream).toArray();
      // View, not the tensor itself: the scope at hand frees it.
      try (Tensor kept = engine.tensor(flat, targets.length, architecture.classes())) {
        return kept.view(targets.length, architecture.classes());
      }
    }
    return engine.integers(Examples.labels(batch, architecture, criterion));
  }
}
