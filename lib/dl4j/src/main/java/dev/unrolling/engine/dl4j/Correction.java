package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.dl4j.ParameterPart.Role;
import dev.unrolling.engine.dl4j.UnlearningReport.Momentum;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * What single gradient unlearning changes in a trained DL4J model: weights, and the velocity of
 * {@code Nesterovs}. With g the mean gradient at w_0 of the batch, and of the l1 and l2 that the
 * retrained model leaves out with it, the weights gain \( factor \, g \) and the velocity, which
 * DL4J keeps with the sign of a step, \( \sum_s \eta_s \mu^{t-1-s} \, g \). A weight decay of DL4J
 * acts after the updater: it passes no velocity.
 */
final class Correction {

  private final ForgettingRecord record;
  private final List<ParameterPart> parts;
  private final List<UserStatement> statements;

  /** DL4J's sum over the examples; it divides in its updater. */
  private final INDArray gradient;

  /** Of what regularisation adds to a gradient, at w_0. */
  private final INDArray penalty;

  /** Of what weight decay took at all the visits. */
  private final INDArray decay;

  private Momentum momentum = Momentum.NONE;
  private double moved;

  private Correction(
      Model start, ForgettingRecord record, List<UserStatement> statements, INDArray gradient) {
    this.record = record;
    this.parts = ParameterPart.of(start);
    this.statements = statements;
    this.gradient = gradient;
    this.penalty = Nd4j.zerosLike(gradient);
    this.decay = Nd4j.zerosLike(gradient);
    if (record.retrained() == RetrainedStep.SKIPPED) {
      trained().forEach(part -> regularise(part, start.params()));
    }
    double sum = 0;
    for (ParameterPart part : trained().toList()) {
      sum += part.in(gradient).sumNumber().doubleValue();
    }
    if (!Double.isFinite(sum)) {
      throw new IllegalArgumentException(
          "the gradient at w_0 of the batch to be forgotten is no number; does the model's loss"
              + " take these labels, and is w_0 finite?");
    }
  }

  /**
   * The correction of a model.
   *
   * @param start a copy of the model at w_0; its gradient is computed here
   */
  static Correction of(
      Model start, ForgetBatch batch, ForgettingRecord record, List<UserStatement> statements) {
    batch.differentiate(start);
    INDArray gradient =
        start instanceof MultiLayerNetwork network
            ? network.getFlattenedGradients()
            : ((ComputationGraph) start).getFlattenedGradients();
    return new Correction(start, record, statements, gradient.reshape(gradient.length()));
  }

  private Stream<ParameterPart> trained() {
    return parts.stream().filter(part -> part.role() == Role.TRAINED);
  }

  private void regularise(ParameterPart part, INDArray start) {
    INDArray weights = part.in(start);
    for (Regularization regularisation : part.regularisation()) {
      if (regularisation.applyStep() == ApplyStep.BEFORE_UPDATER) {
        regularisation.apply(weights, part.in(penalty), 1, 0, 0);
      } else {
        boolean byRate = regularisation instanceof WeightDecay own && own.isApplyLR();
        INDArray step = Nd4j.zerosLike(weights);
        regularisation.apply(weights, step, 1, 0, 0);
        part.in(decay).addi(step.muli(visits(part, byRate)));
      }
    }
  }

  /** The sum of the visits' rates, or their number, which a record by hand may not tell. */
  private double visits(ParameterPart part, boolean byRate) {
    if (record.visits().isPresent()) {
      var visits = record.visits().get();
      return byRate ? visits.rateSum() : visits.count();
    }
    if (byRate && !(part.updater() instanceof Nesterovs)) {
      return record.factor();
    }
    throw new IllegalArgumentException(
        "layer \""
            + part.layer()
            + "\" has a weight decay that does not follow the factor; make the record with"
            + " ForgettingRecord.sgd or nesterovs, or with a ForgettingListener, which count the"
            + " visits");
  }

  /** Changes a copy of the trained model. */
  void applyTo(Model unlearned) {
    double factor = record.factor() / record.batchSize();
    INDArray params = unlearned.params();
    INDArray before = params.dup();
    trained()
        .forEach(
            part -> {
              part.in(params).addi(part.in(gradient).mul(factor));
              if (!part.regularisation().isEmpty()) {
                part.in(params).addi(part.in(penalty).mul(record.factor())).addi(part.in(decay));
              }
            });
    moved = before.distance2(params);
    velocity(unlearned).ifPresent(this::correctVelocity);
  }

  private void correctVelocity(INDArray velocity) {
    if (record.visits().isEmpty()) {
      velocity.assign(0);
      momentum = Momentum.CLEARED;
      return;
    }
    double share = record.visits().get().velocityShare();
    trained()
        .forEach(
            part -> {
              INDArray own = part.stateIn(velocity);
              own.addi(part.in(gradient).mul(share / record.batchSize()));
              own.addi(part.in(penalty).mul(share));
            });
    momentum = Momentum.SHARE_REMOVED;
  }

  /** All zeros are a velocity that was not saved: there is nothing to take out. */
  private Optional<INDArray> velocity(Model model) {
    boolean nesterovs = trained().allMatch(part -> part.updater() instanceof Nesterovs);
    return nesterovs
        ? updaterState(model).filter(state -> state.norm2Number().doubleValue() > 0)
        : Optional.empty();
  }

  /** The updater's flat state, where there is one. */
  static Optional<INDArray> updaterState(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      return Optional.ofNullable(network.getUpdater(false)).map(u -> u.getStateViewArray());
    }
    return Optional.ofNullable(((ComputationGraph) model).getUpdater(false))
        .map(u -> u.getStateViewArray());
  }

  /** What was done by {@link #applyTo}. */
  UnlearningReport report() {
    double squares = 0;
    for (ParameterPart part : trained().toList()) {
      INDArray mean = part.in(gradient).div(record.batchSize()).addi(part.in(penalty));
      squares += Math.pow(mean.norm2Number().doubleValue(), 2);
    }
    return new UnlearningReport(
        record.factor(),
        record.batchSize(),
        record.retrained(),
        Math.sqrt(squares),
        moved,
        momentum,
        parts.stream()
            .filter(part -> part.role() == Role.FROZEN)
            .map(ParameterPart::layer)
            .distinct()
            .toList(),
        parts.stream().anyMatch(part -> part.role() == Role.STATISTIC),
        statements);
  }
}
