package dev.unrolling.engine.dl4j;

import dev.unrolling.model.Architecture;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The computations with running statistics. Without batch norm they are those of training; with it,
 * those of a network into whose layers the norms are folded, made at the first need.
 */
final class Evaluator {

  private record Folded(NormFolding folding, GraphModel model) {}

  private final Architecture architecture;
  private final GraphModel training;
  private final DataType type;
  private Optional<Folded> folded = Optional.empty();

  Evaluator(Architecture architecture, GraphModel training, DataType type) {
    this.architecture = architecture;
    this.training = training;
    this.type = type;
  }

  INDArray logits(INDArray input, INDArray weights, INDArray statistics) {
    if (statistics.isEmpty()) {
      training.load(weights);
      return training.logits(input);
    }
    Folded twin = folded();
    twin.model().load(twin.folding().fold(weights, statistics));
    return twin.model().logits(input);
  }

  /**
   * Goes forward and back.
   *
   * @param derivative from logits to the loss's derivative by them
   * @param gradient receives the derivative by the weights
   */
  void pass(
      INDArray input,
      INDArray weights,
      INDArray statistics,
      UnaryOperator<INDArray> derivative,
      INDArray gradient) {
    if (statistics.isEmpty()) {
      training.load(weights);
      training.pass(input, derivative, gradient);
      return;
    }
    Folded twin = folded();
    INDArray foldedWeights = twin.folding().fold(weights, statistics);
    twin.model().load(foldedWeights);
    INDArray foldedGradient = Nd4j.zerosLike(foldedWeights);
    twin.model().pass(input, derivative, foldedGradient);
    twin.folding().unfold(foldedGradient, weights, statistics, gradient);
  }

  private Folded folded() {
    if (folded.isEmpty()) {
      NormFolding folding = new NormFolding(architecture);
      folded = Optional.of(new Folded(folding, new GraphModel(folding.folded(), type)));
    }
    return folded.get();
  }
}
