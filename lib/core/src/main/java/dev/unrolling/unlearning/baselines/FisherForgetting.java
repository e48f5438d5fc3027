package dev.unrolling.unlearning.baselines;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.FisherDiagonal;
import dev.unrolling.unlearning.baselines.parts.Retargeted;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Fisher forgetting (Golatkar, Achille and Soatto, CVPR 2020): Gaussian noise on every weight, less
 * of it where what stays depends on the weight, \( w_i + \sqrt{\alpha \min(1 / (F_i + 10^{-8}),
 * 10^3)} \, n_i \), F being the diagonal of Fisher's information over what stays; both bounds are
 * those of their scripts. A label a picture is drawn from M's answer, where they go through all
 * classes, and the rows of a forgotten class in the last layer are not treated apart.
 *
 * <p>Alpha must be searched; the default, 1e-6, is of the size that their scripts use.
 *
 * @param noise alpha, finite and at least 0
 * @param examples of what stays that F is the mean over, at least 1: one gradient each
 */
public record FisherForgetting(double noise, int examples) implements UnlearningMethod {

  private static final double LEAST = 1e-8;
  private static final double MOST = 1e3;

  /** Checks the ranges. */
  public FisherForgetting {
    if (!(noise >= 0) || Double.isInfinite(noise) || examples < 1) {
      throw new IllegalArgumentException(
          "the noise must be finite and at least 0 and the examples at least 1, not "
              + noise
              + " and "
              + examples);
    }
  }

  /** Noise of 1e-6, F over 1,000 examples. */
  public FisherForgetting() {
    this(1e-6, 1000);
  }

  @Override
  public String name() {
    return "fisher";
  }

  @Override
  public String displayName() {
    return "Fisher forgetting";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(Math.min(examples, size.retained()));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the request has no retain set
   */
  @Override
  public Network unlearn(UnlearningRequest request) {
    Batch retained = request.requireRetained(name());
    int[] drawn = Subsets.byKeys(retained.indices(), request.seed());
    Batch some =
        Batch.of(retained.dataset(), Arrays.copyOf(drawn, Math.min(examples, drawn.length)));
    Network trained = request.trained();
    Batch answered =
        new Retargeted(retained.dataset()).withDrawnLabels(trained, some, request.seed()).of(some);
    double[] fisher = FisherDiagonal.of(trained, answered, 1).toDoubleVector();
    Random random = new Random(request.seed());
    double[] added =
        Arrays.stream(fisher)
            .map(f -> Math.sqrt(noise * Math.min(1 / (f + LEAST), MOST)) * random.nextGaussian())
            .toArray();
    Network unlearned = trained.copy();
    try (ParameterVector weights = trained.weights();
        ParameterVector blur = unlearned.vector(Nd4j.createFromArray(added))) {
      unlearned.setWeights(weights.addInPlace(1, blur));
    }
    unlearned.restore(unlearned.saveState().withoutVelocity());
    return unlearned;
  }
}
