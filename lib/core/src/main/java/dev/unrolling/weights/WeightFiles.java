package dev.unrolling.weights;

import dev.unrolling.data.DataException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Tensors by name in a file: {@code .safetensors}, or {@code .npz} as NumPy writes it (a zip of
 * arrays in its formats 1.0 and 2.0). A file of 16, 32 or 64-bit floating point values and 64-bit
 * counts is read, and it is read whole or refused: damage, gaps, trailing bytes and names that come
 * twice are errors.
 *
 * <pre>{@code
 * # in Python, from a PyTorch model
 * safetensors.torch.save_file(model.state_dict(), "model.safetensors")
 * numpy.savez("model.npz", **{k: v.cpu().numpy() for k, v in model.state_dict().items()})
 * }</pre>
 */
public final class WeightFiles {

  private WeightFiles() {}

  /**
   * Reads all tensors of a file.
   *
   * @param file that ends in {@code .safetensors} or {@code .npz}
   * @return in the order of the file
   * @throws DataException if the file is missing, damaged or holds other types
   * @throws IllegalArgumentException if the name ends otherwise
   */
  public static Map<String, Tensor> read(Path file) {
    return isNpz(file) ? Npz.read(file) : Safetensors.read(file);
  }

  /**
   * Writes tensors, whole or not at all.
   *
   * @param file that ends in {@code .safetensors} or {@code .npz}
   * @param tensors in the order in which they are to stand
   * @throws IllegalArgumentException if the name ends otherwise, or the format has no such type
   * @throws java.io.UncheckedIOException if the file cannot be written
   */
  public static void write(Path file, Map<String, Tensor> tensors) {
    if (isNpz(file)) {
      Npz.write(file, tensors);
    } else {
      Safetensors.write(file, tensors);
    }
  }

  private static boolean isNpz(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".npz") && !name.endsWith(".safetensors")) {
      throw new IllegalArgumentException(
          file
              + " ends in neither .safetensors nor .npz; save a PyTorch model for us by"
              + " safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")");
    }
    return name.endsWith(".npz");
  }

  static DataException damaged(Path file, String found, String expected) {
    return new DataException(
        file + ": found " + found + ", expected " + expected + "; nothing of it was taken");
  }
}
