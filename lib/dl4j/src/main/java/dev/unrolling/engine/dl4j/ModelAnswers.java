package dev.unrolling.engine.dl4j;

import dev.unrolling.data.Batch;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a user's model of one input and one output answers, by its own layers and loss.
 *
 * @param model left as it is
 */
record ModelAnswers(Model model) {

  /** Examples that are computed together. */
  private static final int CHUNK = 256;

  /** Number of outputs for a shape of example; empty if it is not taken. */
  Optional<Integer> outputs(int... exampleShape) {
    long[] shape = new long[exampleShape.length + 1];
    Arrays.setAll(shape, i -> i == 0 ? 1 : exampleShape[i - 1]);
    try {
      INDArray output = output(Nd4j.zeros(model.params().dataType(), shape));
      return output.rank() == 2 ? Optional.of((int) output.size(1)) : Optional.empty();
    } catch (RuntimeException refused) {
      return Optional.empty();
    }
  }

  private INDArray output(INDArray features) {
    return model instanceof MultiLayerNetwork network
        ? network.output(features)
        : ((ComputationGraph) model).output(features)[0];
  }

  /** The model's own loss on some examples, mean over them; with what regularisation adds. */
  double loss(Batch examples) {
    return mean(
        examples,
        data ->
            model instanceof MultiLayerNetwork network
                ? network.score(data)
                : ((ComputationGraph) model).score(data));
  }

  /** Share of some examples whose largest output is that of their class, 0 to 1. */
  double accuracy(Batch examples) {
    return mean(
        examples,
        data -> {
          INDArray found = output(data.getFeatures()).argMax(1);
          return found
              .eq(data.getLabels().argMax(1))
              .castTo(DataType.DOUBLE)
              .meanNumber()
              .doubleValue();
        });
  }

  private static double mean(Batch examples, ToDoubleFunction<DataSet> ofSome) {
    double sum = 0;
    for (Batch some : Batch.parts(examples.dataset(), examples.indices(), CHUNK)) {
      sum += some.size() * ofSome.applyAsDouble(UserData.of(some));
    }
    return sum / examples.size();
  }
}
