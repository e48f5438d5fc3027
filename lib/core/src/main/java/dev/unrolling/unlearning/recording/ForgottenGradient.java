package dev.unrolling.unlearning.recording;

import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The gradient of what is to be forgotten at some weights, under the objective of each visit that
 * is undone by it. Where gamma falls from visit to visit these differ, but only in the weight of
 * the penalty, in which the gradient is affine. With \( g \) that of the first such visit, at its
 * \( \gamma_1 \), and \( p \) the penalty's part of it,
 *
 * <p>\[ g(\gamma) = g + (\gamma / \gamma_1 - 1) \, p, \quad p = g(\gamma_1) - g(0). \]
 *
 * <p>So there is one vector, and a second only if gamma falls between the visits.
 */
final class ForgottenGradient implements AutoCloseable {

  private final double gamma;
  private final ParameterVector first;
  private final Optional<ParameterVector> penalty;

  private ForgottenGradient(
      double gamma, ParameterVector first, Optional<ParameterVector> penalty) {
    this.gamma = gamma;
    this.first = first;
    this.penalty = penalty;
  }

  /**
   * Takes it.
   *
   * @param visits the objectives of the visits to be undone, in order, at least one
   * @param gradient gives a new vector, the gradient under an objective
   */
  static ForgottenGradient of(
      List<Objective> visits, Function<Objective, ParameterVector> gradient) {
    Objective first = visits.get(0);
    ParameterVector atFirst = gradient.apply(first);
    return new ForgottenGradient(
        first.gamma(),
        atFirst,
        falls(visits)
            ? Optional.of(
                gradient.apply(first.withGamma(0)).scaleInPlace(-1).addInPlace(1, atFirst))
            : Optional.empty());
  }

  /** One that {@link #vectors} were taken from. */
  static ForgottenGradient restored(List<Objective> visits, List<ParameterVector> vectors) {
    return new ForgottenGradient(
        visits.get(0).gamma(), vectors.get(0), vectors.stream().skip(1).findFirst());
  }

  /** How many vectors it takes to undo some visits. */
  static int size(List<Objective> visits) {
    return falls(visits) ? 2 : 1;
  }

  private static boolean falls(List<Objective> visits) {
    return visits.stream().anyMatch(visit -> visit.gamma() != visits.get(0).gamma());
  }

  /** The gradient under the objective of the first visit. */
  ParameterVector first() {
    return first;
  }

  /** What the penalty's part weighs in the gradient of a visit, beside the first visit's. */
  double penaltyWeight(Objective visit) {
    return visit.gamma() == gamma ? 0 : visit.gamma() / gamma - 1;
  }

  /** Adds a multiple of the first visit's gradient, and one of the penalty's part. */
  ParameterVector addTo(ParameterVector target, double scale, double ofPenalty) {
    target.addInPlace(scale, first);
    penalty.ifPresent(part -> target.addInPlace(ofPenalty, part));
    return target;
  }

  /** All that it holds. */
  List<ParameterVector> vectors() {
    return Stream.concat(Stream.of(first), penalty.stream()).toList();
  }

  @Override
  public void close() {
    vectors().forEach(ParameterVector::close);
  }
}
