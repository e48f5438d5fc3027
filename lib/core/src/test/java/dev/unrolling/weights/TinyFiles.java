package dev.unrolling.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files that NumPy and safetensors have written (make.py beside them says how). */
public final class TinyFiles {

  private TinyFiles() {}

  /** Copies {@code tiny.npz} or {@code tiny.safetensors} to a folder. */
  public static Path copy(String name, Path folder) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = TinyFiles.class.getResourceAsStream(name)) {
      Files.copy(in, file);
    }
    return file;
  }

  /** What make.py put into the tensor whose first value is the k-th of all. */
  public static double[] values(int k, int size, boolean variance) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      double value = ((k + i) * 23 % 55 - 27) / 64.0;
      values[i] = variance ? Math.abs(value) + 0.5 : value;
    }
    return values;
  }
}
