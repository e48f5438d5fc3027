package dev.unrolling.engine.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.bytedeco.pytorch.global.torch;

/** The number of threads that LibTorch takes by itself, as far as can be without loading it. */
final class Cores {

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  private Cores() {}

  /** {@code intraop_default_num_threads}: one a core, unless the environment says otherwise. */
  static int threads() {
    OptionalInt cores = known(System.getProperty("os.arch"), System.getenv(), PROCESSORS);
    if (cores.isPresent()) {
      return cores.getAsInt();
    }
    TorchNatives.load();
    return torch.intraop_default_num_threads();
  }

  /**
   * The cores that Linux lists for a processor of Intel's or AMD's; empty where it does not list
   * them for each, for other kinds, and where the environment names a number.
   */
  static OptionalInt known(String arch, Map<String, String> environment, Path processors) {
    if (!arch.equals("amd64")
        || environment.containsKey("OMP_NUM_THREADS")
        || environment.containsKey("MKL_NUM_THREADS")) {
      return OptionalInt.empty();
    }
    try {
      Set<List<String>> cores = new HashSet<>();
      for (String processor : Files.readString(processors).strip().split("\\R\\R")) {
        List<String> place =
            processor
                .lines()
                .filter(line -> line.startsWith("physical id") || line.startsWith("core id"))
                .toList();
        if (place.size() != 2) {
          return OptionalInt.empty();
        }
        cores.add(place);
      }
      return OptionalInt.of(cores.size());
    } catch (IOException none) {
      return OptionalInt.empty();
    }
  }
}
