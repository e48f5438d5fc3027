package dev.unrolling.engine.torch;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** LibTorch's native code: for which device it is, and how it comes to be loaded. */
final class TorchNatives {

  private static final String CUDNN_VARIABLE = "UNROLLING_CUDNN_BENCHMARK";

  private static final String GPU = "/org/bytedeco/pytorch/linux-x86_64-gpu/";
  private static final Pattern MISSING = Pattern.compile("(\\S+): cannot open shared object file");

  private static final String FRAMES = "\nException raised from ";

  private TorchNatives() {}

  /**
   * Whether cuDNN is to time its algorithms for each shape and take the fastest, which the
   * environment may forbid with 0.
   */
  static boolean timesCudnn() {
    return !"0".equals(System.getenv(CUDNN_VARIABLE));
  }

  /** Whether the class path holds the natives for a GPU. */
  static boolean areForGpu() {
    return TorchNatives.class.getResource(GPU + "libtorch_cuda.so") != null;
  }

  /**
   * Loads LibTorch and has float32 mean float32: on a GPU its convolutions would otherwise round
   * their factors to ten bits (TF32).
   *
   * @throws IllegalStateException if a library it needs is missing, naming it
   */
  static void load() {
    try {
      if (areForGpu()) {
        unpackForGpu();
      }
      torch.globalContext().setAllowTF32CuDNN(false);
      torch.globalContext().setAllowTF32CuBLAS(false);
      torch.globalContext().setBenchmarkCuDNN(timesCudnn());
    } catch (LinkageError | IOException e) {
      throw new IllegalStateException("LibTorch could not be loaded: " + reason(e), e);
    }
  }

  /**
   * Unpacks what the CUDA part is linked with. JavaCPP unpacks each library just before it loads
   * it, and tries the CUDA part first: where nothing is unpacked yet that fails in silence, and the
   * first process on a machine would see no GPU.
   */
  private static void unpackForGpu() throws IOException {
    for (String name : List.of("libc10.so", "libc10_cuda.so", "libtorch_cpu.so")) {
      Loader.cacheResources(TorchNatives.class, GPU + name);
    }
  }

  /** Why something could not be loaded: the library that is missing, if one is named. */
  static String reason(Throwable failure) {
    Optional<Throwable> cause = Optional.of(failure);
    while (cause.isPresent()) {
      String message = String.valueOf(cause.get().getMessage());
      Matcher matcher = MISSING.matcher(message);
      if (matcher.find()) {
        return matcher.group(1)
            + " is missing; environment/gpu/README.md says where CUDA's libraries come from";
      }
      cause = Optional.ofNullable(cause.get().getCause());
    }
    return String.valueOf(failure.getMessage());
  }

  /**
   * Calls LibTorch; what it refuses is told in its own words, without the frames of its native
   * stack.
   *
   * @throws IllegalStateException saying what it refused
   */
  static <T> T shortened(Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException refused) {
      String message = String.valueOf(refused.getMessage());
      int frames = message.indexOf(FRAMES);
      if (frames < 0) {
        throw refused;
      }
      // Not as its cause, which would print the frames after all.
      IllegalStateException plain =
          new IllegalStateException("LibTorch refused: " + message.substring(0, frames).strip());
      plain.setStackTrace(refused.getStackTrace());
      throw plain;
    }
  }
}
