package dev.unrolling.engine.dl4j;

import dev.unrolling.data.Subsets;
import dev.unrolling.engine.SgdStep;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What single gradient unlearning must know of a training run. {@link ForgettingListener} writes it
 * during {@code fit}; one who kept the untrained model's zip can write it by hand.
 *
 * @param startParameters w_0: {@code params()} of the model before its training; copied
 * @param factor of the gradient: with {@code Sgd} the sum of the learning rates of the visits to
 *     what is to be forgotten, with {@code Nesterovs} as {@link #nesterovsFactor} says
 * @param batchSize number of examples in the batches that were visited, at least 1
 * @param visits what is known of the visits beyond the factor
 * @param run the run that a listener saw; empty if written by hand
 * @param retrained what the retrained model does at the visits
 */
public record ForgettingRecord(
    INDArray startParameters,
    double factor,
    int batchSize,
    Optional<Visits> visits,
    Optional<Run> run,
    RetrainedStep retrained) {

  /**
   * The visits to what is to be forgotten.
   *
   * @param count number of them, at least 1
   * @param rateSum sum of the learning rates there
   * @param velocityShare how much of the gradient at the visits the velocity of {@code Nesterovs}
   *     holds at the end, negated: \( \sum_s \eta_s \mu^{t-1-s} \), at least 0
   */
  public record Visits(int count, double rateSum, double velocityShare) {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException naming the one that is out of range
     */
    public Visits {
      if (count < 1 || !(rateSum > 0) || !(velocityShare >= 0)) {
        throw new IllegalArgumentException(
            "visits need a count of at least 1, a positive sum of rates and a share of the"
                + " velocity of at least 0, not "
                + count
                + ", "
                + rateSum
                + " and "
                + velocityShare);
      }
    }
  }

  /**
   * By what a listener's record knows its run again, so that it is not put to another.
   *
   * @param batch SHA-256 of what is to be forgotten
   * @param trained SHA-256 of the model's parameters when the record was taken
   */
  public record Run(String batch, String trained) {}

  /**
   * Copies and checks.
   *
   * @throws IllegalArgumentException if w_0 is missing, there was no visit, or no batch
   */
  public ForgettingRecord {
    if (startParameters == null || startParameters.isEmpty()) {
      throw new IllegalArgumentException(
          "single gradient unlearning needs w_0, the parameters from before training: attach a"
              + " ForgettingListener before fit, or read the zip of the untrained model");
    }
    if (startParameters.wasClosed()) {
      throw new IllegalArgumentException(
          "w_0 was closed; read the zip of the untrained model again");
    }
    if (!(factor > 0) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException(
          "the factor (the sum of the visits' rates) must be positive, not " + factor);
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size must be at least 1, not " + batchSize);
    }
    startParameters = startParameters.dup();
  }

  /**
   * A record by hand. With {@code Nesterovs} the share of the visits in the velocity stays unknown:
   * {@link #nesterovs} knows it.
   */
  public ForgettingRecord(INDArray startParameters, double factor, int batchSize) {
    this(
        startParameters,
        factor,
        batchSize,
        Optional.empty(),
        Optional.empty(),
        RetrainedStep.SKIPPED);
  }

  /**
   * A record by hand of a run with {@code Sgd}.
   *
   * @param rates of the visits, one each
   */
  public static ForgettingRecord sgd(INDArray startParameters, int batchSize, double... rates) {
    double sum = Arrays.stream(rates).sum();
    return of(startParameters, sum, batchSize, new Visits(rates.length, sum, 0));
  }

  /**
   * A record by hand of a run with {@code Nesterovs} at a constant rate and momentum.
   *
   * @param rate eta
   * @param momentum mu in [0, 1)
   * @param steps t, the number of steps taken
   * @param visits the steps, from 0, at which the batch was seen; all before t
   */
  public static ForgettingRecord nesterovs(
      INDArray startParameters,
      int batchSize,
      double rate,
      double momentum,
      int steps,
      int... visits) {
    ListenerState.Sums sums = nesterovsSums(rate, momentum, steps, visits);
    Visits seen = new Visits(sums.visits(), sums.rateSum(), sums.velocityShare());
    return of(startParameters, sums.factor(), batchSize, seen);
  }

  private static ForgettingRecord of(
      INDArray startParameters, double factor, int batchSize, Visits visits) {
    return new ForgettingRecord(
        startParameters,
        factor,
        batchSize,
        Optional.of(visits),
        Optional.empty(),
        RetrainedStep.SKIPPED);
  }

  /** The same run, compared with a model that is retrained in another way. */
  public ForgettingRecord withRetrained(RetrainedStep step) {
    return new ForgettingRecord(startParameters, factor, batchSize, visits, run, step);
  }

  /**
   * The factor at a constant rate eta with DL4J's {@code Nesterovs}, whose step is \( v_{s+1} = \mu
   * v_s - \eta g_s, \; w_{s+1} = w_s - \mu v_s + (1 + \mu) v_{s+1} \). A gradient seen at step s
   * moves the weights by \( -\eta (1 + \mu) g \) at once and by \( -\eta \mu^{k+1} g \) k steps
   * later, so that by step t
   *
   * <p>\( factor = \eta \sum_s (1 - \mu^{t-s+1}) / (1 - \mu), \)
   *
   * <p>and the velocity holds \( -\eta \sum_s \mu^{t-1-s} g \) of it.
   *
   * <p>As with every momentum (claim 2.2) it is exact to first order against a model that was
   * retrained with a zero gradient at the visits; against one that skipped these steps, a
   * first-order term of the other batches is left.
   *
   * @param rate eta
   * @param momentum mu in [0, 1)
   * @param steps t, the number of steps taken
   * @param visits the steps, from 0, at which the batch was seen; all before t
   */
  public static double nesterovsFactor(double rate, double momentum, int steps, int... visits) {
    return nesterovsSums(rate, momentum, steps, visits).factor();
  }

  private static ListenerState.Sums nesterovsSums(
      double rate, double momentum, int steps, int... visits) {
    SgdStep update = new SgdStep(rate, momentum); // checks the ranges
    Subsets.checkDistinct(visits);
    Set<Integer> seen = Arrays.stream(visits).boxed().collect(Collectors.toSet());
    for (int visit : visits) {
      if (visit < 0 || visit >= steps) {
        throw new IllegalArgumentException(
            "a visit must be at a step from 0 to " + (steps - 1) + ", not " + visit);
      }
    }
    ListenerState.Sums sums = ListenerState.Sums.NONE;
    for (int step = 0; step < steps; step++) {
      sums = sums.next(update.rate(), update.momentum(), seen.contains(step));
    }
    return sums;
  }

  /** In few words: w_0 by its length. */
  @Override
  public String toString() {
    return "ForgettingRecord["
        + startParameters.length()
        + " parameters before training, factor "
        + factor
        + ", a batch of "
        + batchSize
        + visits.map(seen -> ", " + seen.count() + " visits").orElse(", by hand")
        + ", M' at a visit: "
        + retrained
        + "]";
  }
}
