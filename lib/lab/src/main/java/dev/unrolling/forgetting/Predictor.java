package dev.unrolling.forgetting;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.forgetting.ForgettingReport.Estimate;
import dev.unrolling.forgetting.inputs.KnownRun;
import dev.unrolling.forgetting.inputs.ModelPair;
import dev.unrolling.forgetting.inputs.Snapshot;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.unlearning.KrylovUnlearning;
import dev.unrolling.unlearning.RecordedUnlearning;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.TrajectoryUnlearning;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.theory.LeadingTerm;
import dev.unrolling.unlearning.theory.SigmaMeasurement;
import dev.unrolling.unlearning.theory.UnlearningError;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What is known of the error of unlearning without training again. */
final class Predictor {

  /** Products that measuring sigma takes, about: see {@link SigmaMeasurement#lanczos}. */
  private static final int SIGMA_PRODUCTS = 15;

  private final ModelPair pair;
  private final BatchOrder order;
  private final long retrainingCost;

  /**
   * A predictor for a request.
   *
   * @param order of the run
   * @param retrainingCost gradients of one example that training again costs
   */
  Predictor(ModelPair pair, BatchOrder order, long retrainingCost) {
    this.pair = pair;
    this.order = order;
    this.retrainingCost = retrainingCost;
  }

  /** What was asked for, or one Hessian where that costs no more than training again. */
  Prediction chosen(Optional<Prediction> asked) {
    return asked.orElse(isDearer() ? Prediction.NONE : Prediction.ONE_HESSIAN);
  }

  private boolean isDearer() {
    return cost(Prediction.ONE_HESSIAN) > retrainingCost;
  }

  /** Why v is not predicted, where nobody said that it should not be. */
  List<String> unpredicted(Optional<Prediction> asked, boolean retrains) {
    if (asked.isPresent() || !isDearer()) {
      return List.of();
    }
    return List.of(
        "v is not predicted: that would cost about "
            + Sentences.count(cost(Prediction.ONE_HESSIAN))
            + " gradients, more than the "
            + Sentences.count(retrainingCost)
            + " of training again; --predict one-hessian has it predicted all the same"
            + (retrains ? "" : ", --retrain gives the true v"));
  }

  /** Plain SGD with the rates of the run. */
  static SgdTrainer trainer(ModelPair pair, BatchOrder order) {
    double[] rates = pair.rates(order);
    return new SgdTrainer(pair.objective(), (any, step) -> rates[step])
        .withMomentum(pair.momentum());
  }

  /** The unlearning error in both forms, and the predicted v of an unlearned model. */
  List<Estimate> estimates(Prediction prediction, Snapshot unlearned, boolean singleGradient) {
    List<Estimate> found = new ArrayList<>();
    if (prediction == Prediction.NONE) {
      return found;
    }
    found.addAll(unlearningErrors());
    String claim =
        switch (prediction) {
          case LEADING_TERM -> "2.4b, the leading term";
          case TRAJECTORY -> "2.10, along the trajectory";
          default -> "2.11, one Hessian for all steps";
        };
    found.add(
        estimate(
            "predicted v",
            "distance to the retrained model, predicted by claim " + claim,
            () ->
                prediction == Prediction.LEADING_TERM
                    ? leadingTerm(singleGradient)
                    : distance(
                        prediction == Prediction.TRAJECTORY
                            ? new TrajectoryUnlearning()
                            : new KrylovUnlearning(),
                        unlearned)));
    return found;
  }

  private List<Estimate> unlearningErrors() {
    double[] rates = pair.rates(order);
    double rate = Arrays.stream(rates).average().orElseThrow();
    Batch sample = sample();
    Estimate measured =
        estimate(
            "sigma",
            "largest |eigenvalue| of the Hessian at w_t on a batch of " + sample.size(),
            () -> {
              requirePlain();
              try (Network network = pair.trained().network()) {
                return SigmaMeasurement.standard()
                    .measure(network, sample, pair.objective())
                    .value();
              }
            });
    if (measured.value() == null) {
      return List.of(
          new Estimate("unlearning error e", null, measured.how()),
          new Estimate("unlearning error e_1", null, measured.how()));
    }
    double moved = pair.trained().distance(pair.start());
    return List.of(
        measured,
        new Estimate(
            "unlearning error e",
            UnlearningError.published()
                .value(rate, moved, order.steps(), List.of(measured.value())),
            "as published (claim 2.3), in the unit of a weight cubed: not to be set beside v"),
        new Estimate(
            "unlearning error e_1",
            UnlearningError.oneEta().value(rate, moved, order.steps(), List.of(measured.value())),
            "with one learning rate (claim 2.4), in the unit of a weight: made of bounds, so above v"
                + " as a rule"));
  }

  private Batch sample() {
    return order.batch(order.isForgetVisit(0) ? order.batchesPerEpoch() - 1 : 0);
  }

  private void requirePlain() {
    if (!pair.stepsAsWeDo()) {
      throw new IllegalArgumentException(
          "known for plain SGD alone, and the updater has momentum " + pair.momentum());
    }
  }

  private double leadingTerm(boolean singleGradient) {
    requirePlain();
    if (!singleGradient) {
      throw new IllegalArgumentException("the leading term is that of a single gradient");
    }
    try (Network start = pair.start().network();
        LeadingTerm term =
            new UnrolledSgd(trainer(pair, order))
                .leadingTerm(start, order, order.steps(), Removal.skippedStep())) {
      return term.predictedError();
    }
  }

  private double distance(RecordedUnlearning better, Snapshot unlearned) {
    requirePlain();
    try (Network network = pair.start().network();
        ForgettingRecorder record =
            KnownRun.record(
                network, pair.trained(), order, trainer(pair, order), Removal.skippedStep());
        ParameterVector aim = better.unlearnedWeights(record);
        Network found = unlearned.network();
        ParameterVector reached = found.weights()) {
      return aim.distance(reached);
    }
  }

  /** What cannot be had is said, and no reason to leave the request unserved. */
  private static Estimate estimate(String name, String how, Supplier<Double> value) {
    try {
      return new Estimate(name, value.get(), how);
    } catch (IllegalArgumentException | ArithmeticException | IllegalStateException refused) {
      return new Estimate(name, null, "not known: " + refused.getMessage());
    }
  }

  /** Gradients of one example that a prediction takes, about, with those for sigma. */
  long cost(Prediction prediction) {
    if (prediction == Prediction.NONE) {
      return 0;
    }
    long run = 0;
    for (int step = 0; step < order.steps(); step++) {
      run += order.batch(step).size();
    }
    int forgotten = order.forgetBatch().size();
    int retained = Math.toIntExact(run / order.epochs()) - forgotten;
    RequestSize size = new RequestSize(forgotten, retained, order.epochs());
    return 2L * SIGMA_PRODUCTS * sample().size()
        + (prediction == Prediction.ONE_HESSIAN
            ? new KrylovUnlearning().gradients(size).orElseThrow()
            : 3 * run);
  }
}
