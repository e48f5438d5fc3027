package dev.unrolling.unlearning.recording;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Removal;
import dev.unrolling.training.Step;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the visits so far took from the weights, and what they have put into the running sum of
 * momentum, both measured as they came: what amnesiac unlearning takes back.
 *
 * <p>With \( v_{k+1} = \mu v_k + g_k \) and M' taking the same gradients elsewhere, the two running
 * sums differ by \( d_k \), where a step that both take makes \( d_{k+1} = \mu d_k \), a visit at
 * which M' follows all but \( g^* \) makes \( d_{k+1} = \mu d_k + g^* \), and one that M' skips, so
 * that its sum stays, \( d_{k+1} = d_k + v_{k+1} - v_k \).
 */
final class TakenByVisits implements AutoCloseable {

  private final Network network;
  private final Removal removal;
  private ParameterVector weights;
  private Optional<ParameterVector> velocity;
  private Optional<ParameterVector> weightsBefore = Optional.empty();
  private Optional<ParameterVector> velocityBefore = Optional.empty();
  private Optional<ParameterVector> gradient = Optional.empty();

  /**
   * @param network M, before its first step
   * @param momentum whether there is any
   */
  TakenByVisits(Network network, Removal removal, boolean momentum) {
    this.network = network;
    this.removal = removal;
    this.weights = zero();
    this.velocity = momentum ? Optional.of(zero()) : Optional.empty();
  }

  private ParameterVector zero() {
    return network.weights().scaleInPlace(0);
  }

  /**
   * Looks at M before it visits what is to be forgotten.
   *
   * @param ofForgotten gives a new vector, the gradient of what is forgotten under an objective
   */
  void beforeVisit(Step step, Function<Objective, ParameterVector> ofForgotten) {
    boolean point = removal instanceof Removal.WithoutPoint;
    if (removal instanceof Removal.SkippedStep) {
      velocityBefore = velocity.map(share -> runningSum());
    } else if (point || velocity.isPresent()) {
      gradient = Optional.of(ofForgotten.apply(step.objective()));
    }
    if (point) {
      weights.addInPlace(step.update().rate(), gradient.orElseThrow());
    } else {
      weightsBefore = Optional.of(network.weights());
    }
  }

  /** Looks at M after each step. */
  void afterStep(Step step) {
    weightsBefore.ifPresent(
        before -> {
          try (ParameterVector after = network.weights()) {
            weights.addInPlace(1, before.addInPlace(-1, after));
          }
        });
    velocity.ifPresent(share -> afterStep(step, share));
    closeBefore();
  }

  private void afterStep(Step step, ParameterVector share) {
    if (velocityBefore.isEmpty()) {
      share.scaleInPlace(step.update().momentum());
    }
    gradient.ifPresent(g -> share.addInPlace(1, g));
    velocityBefore.ifPresent(
        before -> {
          try (ParameterVector after = runningSum()) {
            share.addInPlace(1, after).addInPlace(-1, before);
          }
        });
  }

  /** M's running sum of momentum now: a new vector. */
  ParameterVector runningSum() {
    INDArray sum = network.saveState().velocity();
    return sum.isEmpty() ? zero() : network.vector(sum);
  }

  private void closeBefore() {
    Stream.of(weightsBefore, velocityBefore, gradient)
        .flatMap(Optional::stream)
        .forEach(ParameterVector::close);
    weightsBefore = Optional.empty();
    velocityBefore = Optional.empty();
    gradient = Optional.empty();
  }

  /** What is to be added to w_t. */
  ParameterVector weights() {
    return weights;
  }

  /** What is to be taken out of the running sum; empty without momentum. */
  Optional<ParameterVector> velocity() {
    return velocity;
  }

  /** All that it has measured, in host memory. */
  List<INDArray> vectors() {
    return Stream.concat(Stream.of(weights), velocity.stream())
        .map(ParameterVector::toArray)
        .toList();
  }

  /** Goes on from what {@link #vectors} gave. */
  void resume(List<INDArray> vectors) {
    int expected = velocity.isPresent() ? 2 : 1;
    if (vectors.size() != expected) {
      throw new IllegalArgumentException(
          "the recorder goes on from "
              + expected
              + " vectors, not from "
              + vectors.size()
              + "; give it what one of the same trainer had collected");
    }
    ParameterVector ofWeights = network.vector(vectors.get(0));
    Optional<ParameterVector> ofVelocity = velocity.map(old -> network.vector(vectors.get(1)));
    close();
    weights = ofWeights;
    velocity = ofVelocity;
  }

  @Override
  public void close() {
    closeBefore();
    weights.close();
    velocity.ifPresent(ParameterVector::close);
  }
}
