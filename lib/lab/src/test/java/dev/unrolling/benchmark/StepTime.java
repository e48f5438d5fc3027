package dev.unrolling.benchmark;

import dev.unrolling.data.Batch;
import dev.unrolling.data.RealData;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architectures;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One SGD step of a ResNet-18 on real CIFAR-10 pictures, float32, until its loss is known. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
public class StepTime {

  /** Name of the engine. */
  @Param({"torch", "dl4j"})
  public String engine;

  /** Examples in the batch. */
  @Param("32")
  public int batchSize;

  private Network network;
  private Batch batch;

  /** Makes the network. */
  @Setup(Level.Trial)
  public void open() {
    Engine opened = Engines.open(engine, "cpu", Precision.FLOAT32);
    System.out.println(opened.version() + ", " + opened.threads() + " threads");
    network = opened.network(Architectures.resnet18(10), 0);
    batch = Batch.of(RealData.cifar10Test(), IntStream.range(0, batchSize).toArray());
  }

  /** Frees it. */
  @TearDown(Level.Trial)
  public void close() {
    network.close();
  }

  /** A step; returns the loss. */
  @Benchmark
  public double step() {
    return network.step(batch, Objective.crossEntropy(), SgdStep.plain(0.01)).value();
  }
}
