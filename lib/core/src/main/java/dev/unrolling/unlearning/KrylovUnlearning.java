package dev.unrolling.unlearning;

import dev.unrolling.curvature.DatasetHessian;
import dev.unrolling.curvature.FunctionProduct;
import dev.unrolling.curvature.Lanczos;
import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.training.Removal;
import dev.unrolling.unlearning.recording.DerivativeCost;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Unlearning with one Hessian for all steps (claim 2.11, ours): between {@link
 * SingleGradientUnlearning}, which knows no curvature, and {@link TrajectoryUnlearning}, which
 * knows that of each step. With one symmetric H, what a visit s took away has faded by \( f_s(H) \)
 * after t steps, so that
 *
 * <p>\[ w'' = w_t + \sum_s \eta_s f_s(H) \nabla L(w_0, x^*), \quad f_s(\lambda) = \prod_{s \lt i
 * \lt t} (1 - \eta_i \lambda), \]
 *
 * <p>over the steps i that M' takes. The sum is one function of H times the gradient, which {@link
 * Lanczos#apply} finds from a few products, however many steps there were; with momentum the factor
 * is that of the pair of d and the difference of the running sums. Where M' skips a visit and there
 * is momentum, the visit counts as a step without gradient. H is of the objective of the first
 * step.
 *
 * @param products m, at least 1
 * @param examples of what stays that H is the mean over, at least 1: whole batches of the first
 *     epoch, as many as hold so many
 * @param weights where H is taken
 * @param mode of batch norm in H: {@link Mode#TRAINING} is that of the steps
 * @param clipped whether eigenvalues are taken into 0 to 1 / eta, so that nothing grows from step
 *     to step or turns its sign: negative curvature of a sample does not last over a run
 */
public record KrylovUnlearning(
    int products, int examples, HessianAt weights, Mode mode, boolean clipped)
    implements RecordedUnlearning {

  /** Where the Hessian is taken. */
  public enum HessianAt {
    /** At w_0. */
    START,
    /** At w_t. */
    END,
    /** The mean of what both give. */
    BOTH
  }

  /** Checks the ranges. */
  public KrylovUnlearning {
    if (products < 1 || examples < 1) {
      throw new IllegalArgumentException(
          "products and examples must be at least 1, not " + products + " and " + examples);
    }
  }

  /** 16 products of a Hessian over 320 examples at w_0, in training mode, clipped. */
  public KrylovUnlearning() {
    this(16, 320, HessianAt.START, Mode.TRAINING, true);
  }

  /** This method with another number of products, at least 1. */
  public KrylovUnlearning withProducts(int number) {
    return new KrylovUnlearning(number, examples, weights, mode, clipped);
  }

  /** This method with a Hessian over another number of examples, at least 1. */
  public KrylovUnlearning withExamples(int number) {
    return new KrylovUnlearning(products, number, weights, mode, clipped);
  }

  /** This method with the Hessian at other weights. */
  public KrylovUnlearning withHessianAt(HessianAt place) {
    return new KrylovUnlearning(products, examples, place, mode, clipped);
  }

  /** This method with batch norm in another mode. */
  public KrylovUnlearning withMode(Mode other) {
    return new KrylovUnlearning(products, examples, weights, other, clipped);
  }

  /** This method with eigenvalues as they are. */
  public KrylovUnlearning withoutClipping() {
    return new KrylovUnlearning(products, examples, weights, mode, false);
  }

  @Override
  public String name() {
    return "krylov";
  }

  @Override
  public String displayName() {
    return "one Hessian";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    long places = weights == HessianAt.BOTH ? 2 : 1;
    long taken = places * products * Math.min(examples, size.retained());
    return OptionalLong.of(new DerivativeCost(size.forgotten(), taken).inGradients());
  }

  @Override
  public boolean readsEndsAlone() {
    return true;
  }

  @Override
  public ParameterVector unlearnedWeights(ForgettingRecorder recorder) {
    try (FunctionProduct undone = undone(recorder)) {
      return recorder.network().weights().addInPlace(1, undone.value());
    }
  }

  /**
   * What is to be added to w_t, with an estimate of what more products would change in its norm and
   * the number of products with H.
   *
   * @param recorder a listener of the run, up to date with its network
   * @return a result that the caller closes
   * @throws IllegalStateException if the recorder has watched no step
   */
  public FunctionProduct undone(ForgettingRecorder recorder) {
    recorder.requireSteps();
    try (Network start = recorder.network().copy()) {
      start.setWeights(recorder.startWeights());
      List<Network> places =
          switch (weights) {
            case START -> List.of(start);
            case END -> List.of(recorder.network());
            case BOTH -> List.of(start, recorder.network());
          };
      ParameterVector sum = recorder.startWeights().copy().scaleInPlace(0);
      double error = 0;
      int taken = 0;
      for (Network place : places) {
        List<ParameterVector> gradients = recorder.startGradients();
        for (int part = 0; part < gradients.size(); part++) {
          double[] visits = recorder.visitWeights(part);
          try (FunctionProduct found =
              new Lanczos()
                  .apply(
                      DatasetHessian.ofBatches(
                          place, sample(recorder.order()), objective(recorder), mode),
                      gradients.get(part),
                      lambda -> response(recorder, visits, lambda),
                      products)) {
            sum.addInPlace(1.0 / places.size(), found.value());
            error += found.error() / places.size();
            taken += found.products();
          }
        }
      }
      return new FunctionProduct(sum, error, taken);
    }
  }

  /** What this costs beside the gradient that the record holds. */
  public DerivativeCost cost(ForgettingRecorder recorder) {
    long each = sample(recorder.order()).stream().mapToLong(Batch::size).sum();
    int places = weights == HessianAt.BOTH ? 2 : 1;
    return new DerivativeCost(0, places * products * each * recorder.startGradients().size());
  }

  private static Objective objective(ForgettingRecorder recorder) {
    return recorder.trainer().objective(recorder.order(), 0);
  }

  /** The first batches that are no visit. */
  private List<Batch> sample(BatchOrder order) {
    List<Batch> batches = new ArrayList<>();
    int held = 0;
    for (int step = 0; step < order.batchesPerEpoch() && held < examples; step++) {
      if (!order.isForgetVisit(step)) {
        batches.add(order.batch(step));
        held += order.batch(step).size();
      }
    }
    if (batches.isEmpty()) {
      throw new IllegalArgumentException(
          "nothing stays in this order, so there is no Hessian of it");
    }
    return batches;
  }

  /**
   * How far M' is from M after all steps along an eigenvector, if each visit's gradient is the
   * eigenvector times its weight.
   */
  private double response(ForgettingRecorder recorder, double[] visits, double lambda) {
    Removal removal = recorder.removal();
    double difference = 0;
    double velocity = 0;
    for (int i = 0; i < recorder.stepsDone(); i++) {
      SgdStep step = recorder.trainer().update(recorder.order(), i);
      double curvature = clipped ? Math.min(Math.max(lambda, 0), 1 / step.rate()) : lambda;
      boolean visit = recorder.order().isForgetVisit(i);
      if (visit && !(removal instanceof Removal.WithoutPoint)) {
        curvature =
            removal instanceof Removal.ZeroGradient
                ? recorder.trainer().objective(recorder.order(), i).weightDecay()
                : 0;
      }
      velocity = step.momentum() * velocity + curvature * difference - visits[i];
      difference -= step.rate() * velocity;
    }
    return difference;
  }
}
