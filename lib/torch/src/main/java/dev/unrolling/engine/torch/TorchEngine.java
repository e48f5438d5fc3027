package dev.unrolling.engine.torch;

import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architecture;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * LibTorch on one device in one precision, and the way of values in and out of it.
 *
 * @param device e.g. {@code "cpu"} or {@code "cuda:0"}
 * @param precision of weights and computation
 * @param threads of the CPU, at least 1
 * @param channelsLast whether images lie in memory with the channel as the fastest index; the other
 *     order rounds otherwise in the last bits
 * @param residentImages keeps image sets on the device; empty where batches are made on the host,
 *     which on a CPU needs no second copy of the set
 */
record TorchEngine(
    String device,
    Precision precision,
    int threads,
    boolean channelsLast,
    Optional<DeviceImages> residentImages)
    implements Engine {

  static final String NAME = "torch";

  TorchEngine {
    if (threads < 1) {
      throw new IllegalArgumentException("an engine needs at least 1 thread, not " + threads);
    }
    if (precision == Precision.TF32 && !isCuda(device)) {
      throw new IllegalArgumentException(
          "tf32 is a format of NVIDIA's GPUs, which "
              + device
              + " does not have; float32, float64 and bfloat16 are there");
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    String libTorch;
    try {
      libTorch = Loader.getVersion("org.bytedeco", "pytorch");
    } catch (java.io.IOException unknown) {
      libTorch = "of unknown version";
    }
    String layout = channelsLast ? Layout.CHANNELS_LAST : Layout.CHANNELS_FIRST;
    return "LibTorch "
        + libTorch
        + (isCuda(device) || !channelsLast ? ", " + layout : "")
        + (isCuda(device) && TorchNatives.timesCudnn() ? ", cuDNN's fastest algorithms" : "");
  }

  @Override
  public TorchEngine withPrecision(Precision other) {
    boolean last =
        isCuda(device) ? Layout.isChannelsLast(device, other, System.getenv()) : channelsLast;
    return new TorchEngine(device, other, threads, last, residentImages);
  }

  @Override
  public Engine withThreads(int other) {
    return new TorchEngine(device, precision, other, channelsLast, residentImages);
  }

  static boolean isCuda(String device) {
    return device.startsWith("cuda");
  }

  /** Begins all that computes but a training step: {@link #enter(Precision)} as measured. */
  void enter() {
    enter(precision.measured());
  }

  /**
   * Sets the number of threads of what follows, which LibTorch keeps for each calling thread, and
   * whether a GPU may round to TF32, which it keeps for the process. The BLAS below gets one
   * thread, in the whole process: LibTorch splits the work itself, and threads of BLAS would spin
   * while they wait, which starves a busy machine.
   */
  void enter(Precision products) {
    if (torch.get_num_threads() != threads) {
      torch.set_num_threads(threads);
    }
    if (openblas.blas_get_num_threads() != 1) {
      openblas.blas_set_num_threads(1);
    }
    if (isCuda(device)) {
      torch.globalContext().setAllowTF32CuDNN(products == Precision.TF32);
      torch.globalContext().setAllowTF32CuBLAS(products == Precision.TF32);
    }
  }

  /** Whether tensors of another engine can be mixed with those of this one. */
  boolean sharesTensorsWith(TorchEngine other) {
    return device.equals(other.device) && precision.measured() == other.precision.measured();
  }

  @Override
  public Network network(Architecture architecture, INDArray weights) {
    TorchNatives.load();
    return new TorchNetwork(this, architecture, weights);
  }

  ScalarType scalarType() {
    return precision.dataType() == DataType.DOUBLE ? ScalarType.Double : ScalarType.Float;
  }

  /** Copies float64 values from a buffer to a new tensor of this device and precision. */
  Tensor tensor(double[] values, long... shape) {
    checkLength(values.length, shape);
    try (NativeScope scope = new NativeScope()) {
      return keep(toDevice(new DoublePointer(values), ScalarType.Double, shape));
    }
  }

  /** Copies an array of any floating type to a new rank-1 tensor of this device and precision. */
  Tensor tensor(INDArray array) {
    if (array.dataType() != DataType.FLOAT && array.dataType() != DataType.DOUBLE) {
      return tensor(array.castTo(DataType.DOUBLE));
    }
    boolean isFloat = array.dataType() == DataType.FLOAT;
    ScalarType type = isFloat ? ScalarType.Float : ScalarType.Double;
    INDArray dense = array.dup('c');
    try (NativeScope scope = new NativeScope()) {
      return keep(toDevice(dense.data().addressPointer(), type, dense.length()));
    } finally {
      // The tensor borrows the array's memory, which ND4J frees once nothing refers to the array.
      Reference.reachabilityFence(dense);
    }
  }

  /** A copy of a tensor in host memory, of this precision. */
  INDArray array(Tensor tensor, long... shape) {
    checkLength(tensor.numel(), shape);
    try (NativeScope scope = new NativeScope()) {
      INDArray array = Nd4j.createUninitialized(precision.dataType(), shape);
      Transfers.toHost(tensor.detach().to(scalarType()), array.data().addressPointer());
      return array;
    }
  }

  /** LibTorch trusts the shape, and would read or write past the end. */
  private static void checkLength(long values, long... shape) {
    if (values != Arrays.stream(shape).reduce(1, Math::multiplyExact)) {
      throw new IllegalStateException(
          values + " values do not fill the shape " + Arrays.toString(shape));
    }
  }

  /** Copies integers to a new int64 tensor of this device; valid in the scope at hand. */
  Tensor integers(long... values) {
    return Transfers.toDevice(
        new LongPointer(values), ScalarType.Long, place(), ScalarType.Long, values.length);
  }

  Device place() {
    return new Device(device);
  }

  private Tensor toDevice(Pointer host, ScalarType type, long... shape) {
    return Transfers.toDevice(host, type, place(), scalarType(), shape);
  }

  /**
   * Lets a tensor outlive the pointer scope at hand. Whoever keeps it closes it; should that be
   * forgotten, the garbage collector frees it.
   */
  static Tensor keep(Tensor tensor) {
    return tensor.retainReference();
  }

  /** A copy on the same device, kept. */
  static Tensor copy(Tensor tensor) {
    try (NativeScope scope = new NativeScope()) {
      return keep(tensor.clone());
    }
  }
}
