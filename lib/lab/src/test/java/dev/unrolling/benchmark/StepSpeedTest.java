package dev.unrolling.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.RealData;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import org.junit.jupiter.api.Test;

class StepSpeedTest {

  private static final Engine CPU = Engines.open("torch", "cpu", Precision.FLOAT32);
  private static final Architecture NARROW = Architectures.resnet8(4, 10);

  private static StepSpeed measure(Throughput best, int batchSize) {
    return StepSpeed.measure(CPU, best, NARROW, RealData.cifar10Test(), batchSize, 2);
  }

  @Test
  void aThroughputIsThatOfAMachine() {
    Throughput best = Throughput.measure(CPU);
    // From a slow core to beyond the largest GPU; a unit forgotten would lie outside.
    assertTrue(
        best.operationsPerSecond() > 1e9 && best.operationsPerSecond() < 1e16, best.toString());
    assertTrue(best.bytesPerSecond() > 1e8 && best.bytesPerSecond() < 1e14, best.toString());
    Engine other = Engines.open("dl4j", "cpu", Precision.FLOAT32);
    String message =
        assertThrows(IllegalArgumentException.class, () -> Throughput.measure(other)).getMessage();
    assertEquals("the throughput of engine torch is measured, not of dl4j", message);
  }

  @Test
  void aLargerBatchTakesLonger() {
    Throughput best = new Throughput(1e12, 1e12);
    StepSpeed large = measure(best, 256);
    StepSpeed small = measure(best, 4);
    assertTrue(large.seconds() > small.seconds());
    assertEquals(64, large.floorSeconds() / small.floorSeconds(), 30);
  }

  @Test
  void theFloorIsTheLargerOfOperationsAndBytes() {
    Workload work = Workload.of(NARROW);
    Throughput slowSums = new Throughput(1e6, 1e30);
    Throughput slowMemory = new Throughput(1e30, 1e6);
    assertEquals(
        work.stepOperations(32) / 1e6,
        StepSpeed.floor(work, Precision.FLOAT32, slowSums, 32),
        1e-9);
    assertEquals(
        work.stepBytes(32, 4, 4) / 1e6,
        StepSpeed.floor(work, Precision.FLOAT32, slowMemory, 32),
        1e-9);
    assertEquals(
        work.stepBytes(32, 2, 4) / 1e6,
        StepSpeed.floor(work, Precision.BFLOAT16, slowMemory, 32),
        1e-9);
    assertEquals(work.stepOperations(32) / 1e6, measure(slowSums, 32).floorSeconds(), 1e-9);
  }
}
