package dev.unrolling.engine.torch;

import dev.unrolling.data.Batch;
import dev.unrolling.data.ImageDataset;
import dev.unrolling.engine.Precision;
import java.util.Arrays;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.NoGradGuard;
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

  /** Normalised values of a batch, {@code (examples, values)}; valid in the scope at hand. */
  Tensor values(TorchEngine engine, ImageDataset images, Batch batch) {
    Resident set = resident(engine, images);
    long[] indices = Arrays.stream(batch.indices()).asLongStream().toArray();
    try (NoGradGuard frozen = new NoGradGuard()) {
      Tensor rows =
          set.bytes
              .index_select(0, engine.integers(indices))
              .view(batch.size(), set.firstRows.size(1), -1)
              .add(set.firstRows);
      return set.table
          .to(engine.scalarType())
          .index_select(0, rows.flatten())
          .view(batch.size(), images.exampleSize());
    }
  }

  private synchronized Resident resident(TorchEngine engine, ImageDataset images) {
    return sets.computeIfAbsent(images, set -> send(engine.withPrecision(Precision.FLOAT64), set));
  }

  private static Resident send(TorchEngine engine, ImageDataset images) {
    double[] table = table(images);
    int channels = table.length / BYTE_VALUES;
    long[] firstRows = LongStream.range(0, channels).map(c -> c * BYTE_VALUES).toArray();
    try (PointerScope scope = new PointerScope()) {
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
        Tensor sent =
            torch.from_blob(host, new long[] {count, size}, new TensorOptions(ScalarType.Byte));
        all.narrow(0, first, count).copy_(sent);
      }
    }
    return all;
  }
}
