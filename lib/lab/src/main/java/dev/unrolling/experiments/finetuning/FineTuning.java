package dev.unrolling.experiments.finetuning;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiment.StateListener;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.saved.SavedRun;
import dev.unrolling.training.schedule.GammaDecay;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import dev.unrolling.unlearning.recording.VisitCounts;
import dev.unrolling.unlearning.theory.SigmaMeasurement;
import dev.unrolling.unlearning.theory.UnlearningErrorRecorder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Verification error v and unlearning error e over the steps of fine-tuning: experiments E1 to E5
 * and E7 are grids of such runs. M and M' walk in lock step from the same pre-trained weights; on
 * the way, sigma is measured on the batch of the step, in evaluation mode, of the objective being
 * trained, and averaged over the measurements so far (the authors' choice; {@code sigma} in the
 * table is the single measurement).
 *
 * <p>The authors' script for E1 takes a stored gradient after the first step of each epoch, and
 * tests the pre-trained network in training mode; here the gradient is that at w_0, of each visit's
 * objective, and a test changes nothing. Their script for E3 leaves the network in evaluation mode
 * after the first Hessian; here every step trains in training mode.
 */
public final class FineTuning implements Computation<FineTuningSettings, FineTuningRow> {

  /** How M' leaves out a visit. */
  public static final Removal LEFT_OUT = Removal.skippedStep();

  /**
   * What a run begins with.
   *
   * @param data that it reads
   * @param architecture of its network
   * @param start w_0 and what else the network holds there
   * @param order of fine-tuning, with the forget batch in each epoch
   * @param trainer of fine-tuning
   */
  public record Prepared(
      DataSets.Parts data,
      Architecture architecture,
      NetworkState start,
      BatchOrder order,
      SgdTrainer trainer) {}

  /** What a stopped run has beside the states of its networks. */
  private record Notes(VisitCounts counts, FineTuningMeasurements.Measured measured) {}

  @Override
  public String name() {
    return "fine-tuning";
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public String data(FineTuningSettings settings) {
    return settings.data();
  }

  @Override
  public Class<FineTuningRow> rowType() {
    return FineTuningRow.class;
  }

  /** Runs from the same pre-trained weights. */
  @Override
  public Object group(FineTuningSettings settings) {
    return List.of(FineTuningPretraining.of(settings), settings.pretrainingPrecision());
  }

  @Override
  public List<FineTuningRow> run(FineTuningSettings settings, RunContext context) {
    return run(settings, context, network -> network);
  }

  /**
   * Runs.
   *
   * @param fromPretraining makes of the pre-trained network the one at w_0; owns what it gets
   */
  public static List<FineTuningRow> run(
      FineTuningSettings settings, RunContext context, UnaryOperator<Network> fromPretraining) {
    Prepared run = prepare(settings, context);
    SgdTrainer trainer = run.trainer();
    BatchOrder order = run.order();
    DataSets.Parts data = run.data();
    Batch test = Batch.of(data.test(), Subsets.stratified(data.test(), settings.testExamples(), 0));
    try (Network original =
            fromPretraining.apply(context.network(run.architecture(), run.start()));
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, LEFT_OUT);
        FineTuningMeasurements measurements =
            new FineTuningMeasurements(settings, test, recorder)) {
      SgdTrainer rest =
          context
              .resume()
              .map(stopped -> resume(stopped, original, retrained, recorder, measurements))
              .map(trainer::withFirstStep)
              .orElse(trainer);
      rest.trainInLockStep(
          original,
          retrained,
          order,
          LEFT_OUT,
          recorder,
          measurements,
          new StateListener(
              context,
              step ->
                  state(context, step.stepsDone(), original, retrained, recorder, measurements)));
      return measurements.rows();
    }
  }

  /**
   * What a run begins with: the pre-trained weights, computed if they are not there yet. Momentum
   * begins at 0, as with the authors' new optimizer.
   */
  public static Prepared prepare(FineTuningSettings settings, RunContext context) {
    DataSets.Parts data = context.data().of(settings.data());
    int[] drawn = Subsets.stratified(data.train(), settings.examples(), settings.seed());
    Batch forget = Batch.of(data.train(), Arrays.copyOf(drawn, settings.batchSize()));
    int[] others = Arrays.copyOfRange(drawn, settings.batchSize(), drawn.length);
    NetworkState start =
        context
            .shared()
            .get(
                FineTuningPretraining.of(settings),
                settings.pretrainingPrecision(),
                pretraining -> FineTuningPretraining.train(settings, forget, others, pretraining))
            .withoutVelocity();
    BatchOrder order =
        BatchOrder.shuffled(
                data.train(), others, settings.batchSize(), settings.epochs(), settings.seed())
            .withForgetBatch(forget, settings.position());
    SgdTrainer trainer =
        trainer(settings)
            .withGammaDecay(new GammaDecay(settings.gammaDivisor(), settings.gammaEpochs()))
            .withProgress(context.reporter("fine-tuning"));
    return new Prepared(data, architecture(settings, data.train()), start, order, trainer);
  }

  /** A recorder of the unlearning error in a run, as all runs of these settings measure it. */
  public static UnlearningErrorRecorder errors(
      FineTuningSettings settings, ForgettingRecorder recorder) {
    return new UnlearningErrorRecorder(
        recorder.network(),
        recorder.order(),
        recorder.trainer(),
        settings.measureEvery(),
        SigmaMeasurement.standard()
            .withMethod(SigmaMeasurement.lanczos().withSeed(settings.seed())::dominant));
  }

  /**
   * The paper's method. With momentum a visit goes on moving the weights (claim 2.2), which its
   * corrected factor knows; without, both factors are the same.
   */
  public static SingleGradientUnlearning singleGradient(FineTuningSettings settings) {
    return new SingleGradientUnlearning(
        settings.momentum() > 0 ? GradientFactor.MOMENTUM_CORRECTED : GradientFactor.SUM_OF_RATES);
  }

  private static SavedRun state(
      RunContext context,
      int step,
      Network original,
      Network retrained,
      ForgettingRecorder recorder,
      FineTuningMeasurements measurements) {
    ForgettingRecorder.Collected collected = recorder.collected();
    List<NetworkState> states =
        new ArrayList<>(List.of(original.saveState(), retrained.saveState()));
    collected.vectors().forEach(vector -> states.add(NetworkState.of(vector)));
    measurements.segmentStart().ifPresent(vector -> states.add(NetworkState.of(vector)));
    return context.savedRun(step, states, new Notes(collected.counts(), measurements.measured()));
  }

  /** Puts all back where the run stopped; gives the next step. */
  private static int resume(
      SavedRun stopped,
      Network original,
      Network retrained,
      ForgettingRecorder recorder,
      FineTuningMeasurements measurements) {
    Notes notes = RunContext.notes(stopped, Notes.class);
    List<NetworkState> states = stopped.networks();
    original.restore(states.get(0));
    retrained.restore(states.get(1));
    List<INDArray> vectors = states.stream().skip(2).map(NetworkState::weights).toList();
    int recorded = recorder.collected().vectors().size();
    recorder.resume(new ForgettingRecorder.Collected(notes.counts(), vectors.subList(0, recorded)));
    measurements.resume(notes.measured(), vectors.stream().skip(recorded).findFirst());
    return stopped.step();
  }

  static Architecture architecture(FineTuningSettings settings, Dataset train) {
    return Architectures.named(settings.model(), train.classes());
  }

  static Objective objective(FineTuningSettings settings) {
    return Objective.crossEntropy()
        .withGamma(settings.gamma())
        .withWeightDecay(settings.weightDecay());
  }

  static SgdTrainer trainer(FineTuningSettings settings) {
    return new SgdTrainer(objective(settings), Schedule.constant(settings.rate()))
        .withMomentum(settings.momentum());
  }
}
