package dev.unrolling.benchmark;

import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Precision;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What LibTorch does at best on a device, as measured: the two limits that no step can pass.
 *
 * @param operationsPerSecond multiplications and additions, in a product of large square matrices
 * @param bytesPerSecond read and written, in a copy too large for a cache
 */
public record Throughput(double operationsPerSecond, double bytesPerSecond) {

  private static final long MATRIX = 8192;
  private static final long IMAGES = 8;
  private static final long CHANNELS = 512;
  private static final long SIDE = 16;
  private static final long COPIED = 64_000_000;
  private static final int ROUNDS = 10;

  /** Checks the ranges. */
  public Throughput {
    if (!(operationsPerSecond > 0 && bytesPerSecond > 0)) {
      throw new IllegalArgumentException(
          "a throughput is positive, not "
              + operationsPerSecond
              + " operations and "
              + bytesPerSecond
              + " bytes a second");
    }
  }

  /**
   * Measures a device in the precision of an engine's training steps, in a few seconds. The device
   * should be idle. On a CPU a convolution stands for the product of matrices: oneDNN computes it,
   * on all threads, while the BLAS has one.
   *
   * @param engine of LibTorch
   * @throws IllegalArgumentException if it is another's
   */
  public static Throughput measure(Engine engine) {
    if (!engine.name().equals("torch")) {
      throw new IllegalArgumentException(
          "the throughput of engine torch is measured, not of " + engine.name());
    }
    boolean isCuda = engine.device().startsWith("cuda");
    // As a training step of the engine computes.
    torch.set_num_threads(engine.threads());
    openblas.blas_set_num_threads(1);
    if (isCuda) {
      torch.globalContext().setAllowTF32CuDNN(engine.precision() == Precision.TF32);
      torch.globalContext().setAllowTF32CuBLAS(engine.precision() == Precision.TF32);
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard frozen = new NoGradGuard()) {
      Device device = new Device(engine.device());
      TensorOptions options =
          new TensorOptions(type(engine.precision())).device(new DeviceOptional(device));
      Tensor source = torch.zeros(new long[] {COPIED}, options);
      Tensor target = torch.empty_like(source);
      double bytes = 2.0 * COPIED * source.element_size();
      Runnable finish = isCuda ? () -> torch.cuda_synchronize(device.index()) : () -> {};
      return new Throughput(
          isCuda ? matrixOperations(options, finish) : convolutionOperations(options, finish),
          bytes / fastest(() -> target.copy_(source), finish));
    }
  }

  private static ScalarType type(Precision precision) {
    return switch (precision) {
      case BFLOAT16 -> ScalarType.BFloat16;
      case FLOAT64 -> ScalarType.Double;
      case FLOAT32, TF32 -> ScalarType.Float;
    };
  }

  private static double matrixOperations(TensorOptions options, Runnable finish) {
    Tensor factor = torch.rand(new long[] {MATRIX, MATRIX}, options);
    return 2.0 * MATRIX * MATRIX * MATRIX / fastest(() -> torch.mm(factor, factor), finish);
  }

  private static double convolutionOperations(TensorOptions options, Runnable finish) {
    Tensor images =
        torch
            .rand(new long[] {IMAGES, CHANNELS, SIDE, SIDE}, options)
            .contiguous(MemoryFormat.ChannelsLast);
    Tensor kernels = torch.rand(new long[] {CHANNELS, CHANNELS, 3, 3}, options);
    long[] ones = {1, 1};
    return 2.0
        * (IMAGES * SIDE * SIDE * CHANNELS * CHANNELS * 9)
        / fastest(
            () -> torch.conv2d(images, kernels, new TensorOptional(), ones, ones, ones, 1), finish);
  }

  /**
   * Seconds of the fastest of some rounds, after one that is not counted: what else the machine
   * does makes a round slower, and nothing makes it faster. Each frees what it made.
   */
  private static double fastest(Supplier<Tensor> work, Runnable finish) {
    double seconds = Double.POSITIVE_INFINITY;
    for (int round = 0; round <= ROUNDS; round++) {
      long begin = System.nanoTime();
      try (PointerScope scope = new PointerScope()) {
        work.get();
        finish.run();
      }
      double taken = 1e-9 * (System.nanoTime() - begin);
      seconds = round == 0 ? seconds : Math.min(seconds, taken);
    }
    return seconds;
  }
}
