package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNBatchNormHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class OneDnnTest {

  @Test
  void layersOfTheCpuBackendHaveTheirHelpers() {
    String version = Engines.open("dl4j", "cpu", Precision.FLOAT32).version();
    assertTrue(version.contains(", oneDNN helpers"), version);
    Architecture a = Architectures.tanhCnnWithBatchNorm(2, 10);
    long size = a.parameters().size() + a.runningStatistics().size();
    LayerGraph graph =
        new LayerGraph(
            GraphConfiguration.of(a, DataType.FLOAT, Mode.TRAINING).configuration(), size);
    assertInstanceOf(MKLDNNConvHelper.class, graph.getLayer("conv1").getHelper());
    assertInstanceOf(MKLDNNBatchNormHelper.class, graph.getLayer("norm1").getHelper());
  }

  @Test
  void makingANetworkLeavesTheGlobalGeneratorAlone() {
    Nd4j.getRandom().setSeed(5);
    double expected = Nd4j.getRandom().nextDouble();
    Nd4j.getRandom().setSeed(5);
    Engines.open("dl4j", "cpu", Precision.FLOAT32).network(Architectures.tanhCnn(2, 10), 1).close();
    org.junit.jupiter.api.Assertions.assertEquals(expected, Nd4j.getRandom().nextDouble());
  }
}
