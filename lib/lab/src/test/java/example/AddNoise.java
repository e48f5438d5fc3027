package example;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.TunableMethod;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.factory.Nd4j;

/** A method of one's own: Gaussian noise on all weights, whatever is to be forgotten. */
public record AddNoise(double deviation) implements TunableMethod {

  /** What {@code UnlearningMethods.named("add-noise")} makes. */
  public AddNoise() {
    this(0.01);
  }

  @Override
  public String name() {
    return "add-noise";
  }

  @Override
  public List<Double> candidates() {
    return List.of(0.001, 0.01, 0.1);
  }

  @Override
  public UnlearningMethod with(double candidate, SgdPlan plan) {
    return new AddNoise(candidate);
  }

  @Override
  public Network unlearn(UnlearningRequest request) {
    Network unlearned = request.trained().copy();
    Random random = new Random(request.seed());
    double[] noise =
        random.doubles(unlearned.layout().size()).map(u -> random.nextGaussian()).toArray();
    try (ParameterVector weights = unlearned.weights();
        ParameterVector added = unlearned.vector(Nd4j.createFromArray(noise))) {
      unlearned.setWeights(weights.addInPlace(deviation, added));
    }
    return unlearned;
  }
}
