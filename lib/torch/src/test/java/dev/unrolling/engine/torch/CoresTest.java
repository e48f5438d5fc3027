package dev.unrolling.engine.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoresTest {

  @TempDir Path folder;

  private OptionalInt of(String arch, Map<String, String> environment, String... processors)
      throws IOException {
    Path file = folder.resolve("cpuinfo");
    return Cores.known(
        arch, environment, Files.writeString(file, String.join("\n\n", processors) + "\n\n"));
  }

  private static String processor(int number, int chip, int core) {
    return String.format(
        "processor\t: %d%nphysical id\t: %d%nsiblings\t: 4%ncore id\t\t: %d%ncpu cores\t: 2",
        number, chip, core);
  }

  @Test
  void theNumberIsLibTorchsOwn() {
    TorchNatives.load();
    assertEquals(torch.intraop_default_num_threads(), Cores.threads());
    assertEquals(
        torch.intraop_default_num_threads(),
        Engines.open("torch", "cpu", Precision.FLOAT32).threads());
  }

  @Test
  void aCoreCountsOnceHoweverManyProcessorsItShows() throws IOException {
    String[] two = {processor(0, 0, 0), processor(1, 0, 4), processor(2, 0, 0), processor(3, 0, 4)};
    assertEquals(OptionalInt.of(2), of("amd64", Map.of(), two));
    String[] chips = {processor(0, 0, 0), processor(1, 1, 0)};
    assertEquals(OptionalInt.of(2), of("amd64", Map.of(), chips));
  }

  @Test
  void whatLinuxDoesNotSayIsNotKnown() throws IOException {
    String one = processor(0, 0, 0);
    assertEquals(OptionalInt.empty(), of("aarch64", Map.of(), one));
    assertEquals(OptionalInt.empty(), of("amd64", Map.of("OMP_NUM_THREADS", "3"), one));
    assertEquals(OptionalInt.empty(), of("amd64", Map.of("MKL_NUM_THREADS", "3"), one));
    assertEquals(OptionalInt.empty(), of("amd64", Map.of(), one, "processor\t: 1"));
    assertEquals(OptionalInt.empty(), of("amd64", Map.of(), ""));
    assertEquals(OptionalInt.empty(), Cores.known("amd64", Map.of(), folder.resolve("none")));
  }

  /** In a JVM of its own: who lists results has no wait for native code. */
  @Test
  void anEngineIsOpenedWithoutNativeCode() throws IOException, InterruptedException {
    ProcessBuilder opening =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-verbose:class",
                "-cp",
                System.getProperty("java.class.path"),
                Opening.class.getName())
            .redirectErrorStream(true);
    opening.environment().keySet().removeIf(name -> name.endsWith("_NUM_THREADS"));
    Process process = opening.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains(TorchEngine.class.getName() + " "));
    boolean isAsked =
        Cores.known(System.getProperty("os.arch"), Map.of(), Path.of("/proc/cpuinfo")).isEmpty();
    assertEquals(isAsked, said.contains("org.bytedeco.pytorch.global.torch "));
  }

  /** Opens the engine and ends. */
  static final class Opening {

    private Opening() {}

    /** Takes nothing. */
    public static void main(String[] arguments) {
      assertFalse(Engines.open("torch", "cpu", Precision.FLOAT32).threads() < 1);
    }
  }
}
