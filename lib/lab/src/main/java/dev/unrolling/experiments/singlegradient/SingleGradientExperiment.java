package dev.unrolling.experiments.singlegradient;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiments.singlegradient.SingleGradientSettings.Forgotten;
import dev.unrolling.metrics.ForgettingDistance;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import dev.unrolling.unlearning.theory.LeadingTerm;
import dev.unrolling.unlearning.theory.SigmaMeasurement;
import dev.unrolling.unlearning.theory.UnlearningError;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * C2.2, claims 2.2 and 2.4b by experiment: M and M' walk in lock step, the forgotten gradient at
 * w_0 is added back, and what is left is compared with its leading term, known before anything is
 * trained. Meant for float64.
 */
public final class SingleGradientExperiment
    implements Computation<SingleGradientSettings, SingleGradientExperiment.Row>,
        ExperimentProvider {

  private static final Objective OBJECTIVE = Objective.crossEntropy();

  /**
   * What a run leaves.
   *
   * @param engine that computed
   * @param settings of the run; each is a column
   * @param steps t
   * @param gradientNorm norm of what is added back for each unit of the factor
   * @param forgettingDistance v of doing nothing
   * @param v with the paper's factor
   * @param vCorrected with the factor corrected for momentum
   * @param predicted norm of the leading term of v; missing with momentum and where a term of first
   *     order comes before
   * @param remainder norm of w'' - w' without the leading term; missing as that is
   * @param sigma on the last batch; missing if no products are spent on it
   * @param e1 unlearning error with one eta; missing as sigma is
   */
  public record Row(
      String engine,
      SingleGradientSettings settings,
      int steps,
      double gradientNorm,
      double forgettingDistance,
      double v,
      double vCorrected,
      double predicted,
      double remainder,
      double sigma,
      double e1) {}

  @Override
  public String name() {
    return "single-gradient";
  }

  @Override
  public String data(SingleGradientSettings settings) {
    return settings.data();
  }

  @Override
  public Class<Row> rowType() {
    return Row.class;
  }

  @Override
  public List<Experiment<?>> experiments() {
    return List.of(
        new Experiment<>(
            "C2.2",
            "what single gradient unlearning leaves",
            this,
            SingleGradientSettings::all,
            "torch",
            Precision.FLOAT64,
            SingleGradientFigures::all));
  }

  @Override
  public List<Row> run(SingleGradientSettings settings, RunContext context) {
    Dataset train = context.data().of(settings.data()).train();
    BatchOrder order = order(settings, train);
    Removal removal = settings.forgotten().removal(order.forgetBatch());
    SgdTrainer trainer =
        new SgdTrainer(OBJECTIVE, Schedule.constant(settings.rate()))
            .withMomentum(settings.momentum());
    Architecture architecture = Architectures.named(settings.model(), train.classes());
    try (Network original = context.engine().network(architecture, settings.seed());
        Network start = original.copy();
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, removal)) {
      trainer.trainInLockStep(original, retrained, order, removal, recorder);
      try (ParameterVector target = retrained.weights();
          ParameterVector unlearned = new SingleGradientUnlearning().unlearnedWeights(recorder);
          ParameterVector corrected =
              new SingleGradientUnlearning(GradientFactor.MOMENTUM_CORRECTED)
                  .unlearnedWeights(recorder)) {
        double v = VerificationError.value(unlearned, target);
        double vCorrected = VerificationError.value(corrected, target);
        double predicted = Double.NaN;
        double remainder = Double.NaN;
        if (settings.momentum() == 0 && settings.forgotten() != Forgotten.POINT_REMAINING) {
          try (LeadingTerm term =
                  new UnrolledSgd(trainer).leadingTerm(start, order, order.steps(), removal);
              ParameterVector sum = term.sum()) {
            predicted = sum.norm2();
            remainder = unlearned.addInPlace(-1, target).addInPlace(-1, sum).norm2();
          }
        }
        double sigma = sigma(settings, original, order.batch(order.steps() - 1));
        return List.of(
            new Row(
                context.engine().name(),
                settings,
                order.steps(),
                recorder.startGradient().norm2(),
                ForgettingDistance.value(original, retrained),
                v,
                vCorrected,
                predicted,
                remainder,
                sigma,
                Double.isNaN(sigma)
                    ? sigma
                    : UnlearningError.oneEta()
                        .value(
                            settings.rate(), recorder.movement(), order.steps(), List.of(sigma))));
      }
    }
  }

  private static double sigma(SingleGradientSettings settings, Network network, Batch batch) {
    if (settings.sigmaProducts() == 0) {
      return Double.NaN;
    }
    return SigmaMeasurement.standard()
        .withMethod(SigmaMeasurement.lanczos().withMaxProducts(settings.sigmaProducts())::dominant)
        .measure(network, batch, OBJECTIVE)
        .value();
  }

  private static BatchOrder order(SingleGradientSettings settings, Dataset train) {
    int[] others =
        Subsets.stratified(train, settings.batchSize() * settings.others(), settings.seed());
    return BatchOrder.fixed(train, others, settings.batchSize(), settings.epochs())
        .withForgetBatch(forgetBatch(settings, train, others), settings.position());
  }

  /** As many of one class as asked, the rest as many of each class as can be. */
  private static Batch forgetBatch(SingleGradientSettings settings, Dataset train, int[] others) {
    int[] free = Subsets.rest(train, others);
    int label = settings.forgetSeed() % train.classes();
    int pure = (int) Math.round(settings.pureShare() * settings.batchSize());
    int[] ofClass =
        Arrays.stream(free)
            .filter(i -> train.label(i) == label)
            .skip((long) settings.batchSize() * (settings.forgetSeed() / train.classes()))
            .limit(pure)
            .toArray();
    int mixed = settings.batchSize() - pure;
    int[] rest =
        mixed == 0
            ? new int[0]
            : Subsets.stratified(
                train,
                Arrays.stream(free)
                    .filter(i -> Arrays.stream(ofClass).noneMatch(j -> i == j))
                    .toArray(),
                mixed,
                settings.seed() + 1 + settings.forgetSeed());
    return Batch.of(train, IntStream.concat(Arrays.stream(ofClass), Arrays.stream(rest)).toArray());
  }
}
