package dev.unrolling.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.engine.Precision;
import dev.unrolling.model.Layer;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A part of the sweep that takes seconds; {@code environment/benchmark --sweep} takes hours. */
class NativeSweepTest {

  private static void assertFindsNothing(long[] cases, int threads, String instructions) {
    NativeSweep sweep = new NativeSweep();
    sweep.run(cases, NativeSweep.environment(threads, instructions));
    assertEquals(List.of(), sweep.findings());
  }

  /**
   * The shortcut of a narrow ResNet, which oneDNN's own kernel wrote past its memory for whenever
   * the batch was no multiple of the threads.
   */
  @ParameterizedTest
  @CsvSource({"''", "AVX2"})
  void narrowShortcutsLeaveTheHeapWhole(String instructions) {
    assertFindsNothing(shortcuts(), 2, instructions);
  }

  private static long[] shortcuts() {
    LongStream.Builder cases = LongStream.builder();
    for (int channels : new int[] {4, 8, 15}) {
      Layer shortcut = new Layer.Convolution(channels, 2 * channels, 1, 2, 0, false);
      for (int threads : new int[] {2, 3, 6}) {
        for (int batch : new int[] {3, 5, 8, 32}) {
          cases.add(Case.find(Precision.FLOAT32, threads, batch, channels, 8, shortcut));
        }
        cases.add(Case.find(Precision.BFLOAT16, threads, 5, channels, 13, shortcut));
      }
      cases.add(Case.find(Precision.FLOAT32, 1, 1, channels, 64, shortcut));
      cases.add(Case.find(Precision.FLOAT32, 12, 32, channels, 8, shortcut));
    }
    return cases.build().toArray();
  }

  @ParameterizedTest
  @CsvSource({"3, ''"})
  void aSampleOfAllLayersIsRight(int threads, String instructions) {
    assertFindsNothing(NativeSweep.drawn(1, threads, 30), threads, instructions);
  }

  @Test
  void aCrashIsTracedToItsCaseAndTheRestIsRun() {
    long fine = Case.find(Precision.FLOAT32, 1, 2, 3, 2, new Layer.Flatten());
    NativeSweep sweep = new NativeSweep();
    sweep.run(new long[] {fine, SweepChild.CRASH, fine}, NativeSweep.environment(1, ""));
    assertEquals(1, sweep.findings().size(), sweep.toString());
    String found = sweep.findings().get(0);
    assertTrue(found.startsWith("CRASHED case on purpose"), found);
    assertTrue(found.contains("SIGSEGV") && found.contains("BytePointer_get"), found);
    String[] last =
        sweep.toString().lines().filter(l -> l.startsWith("all ")).findFirst().get().split("\\s+");
    assertEquals("3", last[1]);
    assertEquals("1", last[5]);
  }
}
