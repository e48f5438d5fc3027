package dev.unrolling.engine.torch;

import dev.unrolling.data.AugmentedImages;
import dev.unrolling.data.Batch;
import dev.unrolling.data.ImageDataset;
import dev.unrolling.engine.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Images that stay on a device as bytes: a step sends the indices of its batch, and the device
 * looks the normalised values up. The values are those of {@link ImageDataset#writeExample}, bit
 * for bit. A data set is sent when it is first used, and freed once nothing refers to it.
 */
final class DeviceImages {

  private static final int SENT_TOGETHER = 1000;
  private static final int BYTE_VALUES = 256;

  /**
   * A data set on the device.
   *
   * @param bytes {@code (example, values)}
   * @param table float64, what each byte of each channel is normalised to
   * @param firstRows {@code (1, channel, 1)}, where a channel begins in the table
   */
  private record Resident(Tensor bytes, Tensor table, Tensor firstRows) {}

  private final Map<ImageDataset, Resident> sets = new WeakHashMap<>();

  /**
   * Normalised values of a batch of an {@link ImageDataset} or of {@link AugmentedImages}, {@code
   * (examples, values)}; valid in the scope at hand.
   */
  Tensor values(TorchEngine engine, Batch batch) {
    Optional<AugmentedImages> augmented =
        batch.dataset() instanceof AugmentedImages moved ? Optional.of(moved) : Optional.empty();
    ImageDataset images =
        augmented.map(AugmentedImages::images).orElseGet(() -> (ImageDataset) batch.dataset());
    Resident set = resident(engine, images);
    long[] indices = Arrays.stream(batch.indices()).asLongStream().toArray();
    try (NoGradGuard frozen = new NoGradGuard()) {
      Tensor asTheyAre =
          set.bytes
              .index_select(0, engine.integers(indices))
              .view(batch.size(), set.firstRows.size(1), -1);
      Tensor rows =
          augmented
              .map(moved -> moved(engine, asTheyAre, moved, batch.indices()))
              .orElse(asTheyAre)
              .add(set.firstRows);
      return set.table
          .to(engine.scalarType())
          .index_select(0, rows.flatten())
          .view(batch.size(), images.exampleSize());
    }
  }

  /**
   * Pictures moved and mirrored on the device, to which three numbers a picture are sent, in one
   * copy.
   *
   * @param bytes {@code (examples, channel, height * width)}
   */
  private static Tensor moved(
      TorchEngine engine, Tensor bytes, AugmentedImages augmented, int... indices) {
    int[] shape = augmented.exampleShape();
    List<AugmentedImages.Move> moves = Arrays.stream(indices).mapToObj(augmented::move).toList();
    Tensor drawn =
        engine
            .integers(
                Stream.<ToLongFunction<AugmentedImages.Move>>of(
                        AugmentedImages.Move::down,
                        AugmentedImages.Move::right,
                        move -> move.mirrored() ? 1 : 0)
                    .flatMapToLong(number -> moves.stream().mapToLong(number))
                    .toArray())
            .view(3, indices.length, 1, 1);
    Tensor rows = positions(engine, shape[1]).view(1, -1, 1).add(drawn.select(0, 0));
    Tensor straight = positions(engine, shape[2]).view(1, 1, -1);
    Tensor mirrored = straight.neg().add(new Scalar(shape[2] - 1L));
    Tensor columns =
        torch
            .where(drawn.select(0, 2).gt(new Scalar(0L)), mirrored, straight)
            .add(drawn.select(0, 1));
    Tensor inside = within(rows, shape[1]).logical_and(within(columns, shape[2]));
    Tensor places =
        clamped(rows, shape[1]).mul(new Scalar((long) shape[2])).add(clamped(columns, shape[2]));
    long[] wide = {indices.length, shape[0], (long) shape[1] * shape[2]};
    return bytes
        .gather(2, places.view(indices.length, 1, wide[2]).expand(wide))
        .mul(inside.view(indices.length, 1, wide[2]).to(ScalarType.Byte));
  }

  private static Tensor positions(TorchEngine engine, int count) {
    return torch.arange(
        new Scalar((long) count),
        new TensorOptions(ScalarType.Long).device(new DeviceOptional(engine.place())));
  }

  private static Tensor within(Tensor positions, int count) {
    return positions.ge(new Scalar(0L)).logical_and(positions.lt(new Scalar((long) count)));
  }

  private static Tensor clamped(Tensor positions, int count) {
    return positions.clamp(
        new ScalarOptional(new Scalar(0L)), new ScalarOptional(new Scalar(count - 1L)));
  }

  private synchronized Resident resident(TorchEngine engine, ImageDataset images) {
    return sets.computeIfAbsent(images, set -> send(engine.withPrecision(Precision.FLOAT64), set));
  }

  private static Resident send(TorchEngine engine, ImageDataset images) {
    double[] table = table(images);
    int channels = table.length / BYTE_VALUES;
    long[] firstRows = LongStream.range(0, channels).map(c -> c * BYTE_VALUES).toArray();
    try (NativeScope scope = new NativeScope()) {
      return new Resident(
          TorchEngine.keep(bytes(engine, images)),
          engine.tensor(table, table.length),
          TorchEngine.keep(engine.integers(firstRows).view(1, channels, 1)));
    }
  }

  /** What each byte of each channel is normalised to. */
  private static double[] table(ImageDataset images) {
    double[] mean = images.mean();
    double[] std = images.std();
    double[] table = new double[mean.length * BYTE_VALUES];
    for (int i = 0; i < table.length; i++) {
      int channel = i / BYTE_VALUES;
      table[i] = ((i % BYTE_VALUES) / 255.0 - mean[channel]) / std[channel];
    }
    return table;
  }

  private static Tensor bytes(TorchEngine engine, ImageDataset images) {
    int size = images.exampleSize();
    Tensor all =
        torch.zeros(
            new long[] {images.size(), size},
            new TensorOptions(ScalarType.Byte).device(new DeviceOptional(engine.place())));
    byte[] part = new byte[SENT_TOGETHER * size];
    for (int first = 0; first < images.size(); first += SENT_TOGETHER) {
      int count = Math.min(SENT_TOGETHER, images.size() - first);
      for (int i = 0; i < count; i++) {
        images.writeBytes(first + i, part, i * size);
      }
      try (BytePointer host = new BytePointer(part)) {
        Transfers.toDevice(host, ScalarType.Byte, all.narrow(0, first, count));
      }
    }
    return all;
  }
}
