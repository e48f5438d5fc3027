package dev.unrolling.engine.torch;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The one way of values between host and device, counted: what a GPU is sent, and where the host
 * waits for it, can be read off a run on the CPU.
 */
final class Transfers {

  /**
   * How often a thread has called.
   *
   * @param toDevice copies from host to device
   * @param toHost copies from device to host, a number that is read included
   * @param waits how often the host waited until the device had done all that was asked of it
   */
  record Counts(long toDevice, long toHost, long waits) {

    Counts plus(Counts more) {
      return new Counts(toDevice + more.toDevice, toHost + more.toHost, waits + more.waits);
    }

    Counts minus(Counts earlier) {
      return plus(new Counts(-earlier.toDevice, -earlier.toHost, -earlier.waits));
    }
  }

  private static final Counts SENT = new Counts(1, 0, 0);
  private static final Counts SENT_AND_WAITED = new Counts(1, 0, 1);
  private static final Counts READ = new Counts(0, 1, 1);

  private static final ThreadLocal<Counts> COUNTS =
      ThreadLocal.withInitial(() -> new Counts(0, 0, 0));

  private Transfers() {}

  /** Those of the calling thread so far. */
  static Counts counts() {
    return COUNTS.get();
  }

  private static void count(Counts one) {
    COUNTS.set(COUNTS.get().plus(one));
  }

  /**
   * Copies host memory to a new tensor. The device is not waited for: memory that is not
   * page-locked has been read when CUDA returns.
   */
  static Tensor toDevice(
      Pointer host, ScalarType type, Device place, ScalarType wanted, long... shape) {
    count(SENT);
    return onHost(host, type, shape).to(place, wanted, true, true, new MemoryFormatOptional());
  }

  /** Copies host memory into a tensor that is there, and waits until that is done. */
  static void toDevice(Pointer host, ScalarType type, Tensor target) {
    count(SENT_AND_WAITED);
    target.copy_(onHost(host, type, target.sizes().vec().get()));
  }

  /** Copies a tensor to host memory of the same type and size. */
  static void toHost(Tensor tensor, Pointer target) {
    count(READ);
    Tensor host = tensor.detach().cpu().contiguous();
    Pointer.memcpy(target, host.data_ptr(), host.numel() * host.element_size());
  }

  /** The value of a tensor that holds one. */
  static double number(Tensor tensor) {
    count(READ);
    return tensor.item_double();
  }

  private static Tensor onHost(Pointer host, ScalarType type, long... shape) {
    return torch.from_blob(host, shape, new TensorOptions(type));
  }
}
