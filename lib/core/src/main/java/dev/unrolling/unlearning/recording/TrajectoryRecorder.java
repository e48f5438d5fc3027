package dev.unrolling.unlearning.recording;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Removal;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Carries, while M trains, how far a model would be from it that leaves out the visits, to first
 * order in what is forgotten (claim 2.10; Hara, Nitanda and Maehara, NeurIPS 2019; Qiao et al.,
 * ICLR 2025; the link to this paper is ours). With \( d_i \) for \( w'_i - w_i \) and the Hessian
 * \( H_i \) of a step's batch at M's own weights \( w_i \),
 *
 * <p>\[ d_{i+1} = d_i - \eta_i H_i d_i, \quad d_{s+1} = d_s + \eta_s \nabla L(w_s, x^*) \text{ at a
 * visit } s, \]
 *
 * <p>with momentum through the difference of the two running sums, \( e_{i+1} = \mu e_i + H_i d_i
 * \) and \( d_{i+1} = d_i - \eta_i e_{i+1} \); a visit at which M' takes no step moves both by what
 * M's own step does. Exact on quadratics at any rate. One Hessian-vector product a step from the
 * first visit on. Given to the trainer after the {@link ForgettingRecorder} that it belongs to;
 * several, of different forget sets, may watch one run.
 *
 * <p>Where a point is taken out with {@link Removal.Divisor#REMAINING}, the rest weighs more in M'
 * than in M, which this leaves out: see there for the remainder.
 *
 * <p>A {@link HessianSchedule} makes it cheaper and less exact. It holds one vector, with momentum
 * two, one more where a product stands for several steps, and two more during a visit.
 */
public final class TrajectoryRecorder implements StepListener, AutoCloseable {

  /**
   * What a recorder has collected, to go on with after an interruption.
   *
   * @param stepsDone t
   * @param products of one example's Hessian with a vector so far
   * @param vectors each rank 1: the difference of the weights, and with momentum that of the
   *     running sums; last, where one stands for several steps, the latest product
   */
  public record Collected(int stepsDone, long products, List<INDArray> vectors) {

    /** Copies the list. */
    public Collected {
      vectors = List.copyOf(vectors);
    }
  }

  private final ForgettingRecorder recorder;
  private final HessianSchedule schedule;
  private ParameterVector difference;
  private Optional<ParameterVector> ofVelocity;
  private Optional<ParameterVector> latestProduct = Optional.empty();
  private Optional<ParameterVector> weightsBefore = Optional.empty();
  private Optional<ParameterVector> velocityBefore = Optional.empty();
  private long products;
  private int stepsDone;

  /** A recorder that takes the product of each whole batch. */
  public TrajectoryRecorder(ForgettingRecorder recorder) {
    this(recorder, HessianSchedule.everyStep());
  }

  /**
   * A recorder of a run that starts from a network's present state.
   *
   * @param recorder of the same run, not yet moved; read, not owned
   * @param schedule of the products
   * @throws IllegalStateException if the recorder has watched a step
   */
  public TrajectoryRecorder(ForgettingRecorder recorder, HessianSchedule schedule) {
    if (recorder.stepsDone() != 0) {
      throw new IllegalStateException(
          "a trajectory is recorded from step 0, not from step " + recorder.stepsDone());
    }
    this.recorder = recorder;
    this.schedule = schedule;
    this.difference = zero();
    this.ofVelocity = recorder.trainer().momentum() > 0 ? Optional.of(zero()) : Optional.empty();
  }

  private ParameterVector zero() {
    return recorder.network().weights().scaleInPlace(0);
  }

  @Override
  public void beforeStep(Step step) {
    if (step.index() != stepsDone || step.network() != recorder.network()) {
      throw new IllegalStateException(
          "the trajectory recorder expects step "
              + stepsDone
              + " of its own network, not step "
              + step.index()
              + "; make a new one before each run");
    }
    Removal removal = recorder.removal();
    Optional<Batch> shared =
        step.forgetVisit() ? removal.retrainedBatch(step.batch()) : Optional.of(step.batch());
    if (shared.isEmpty()) {
      weightsBefore = Optional.of(step.network().weights());
      velocityBefore = ofVelocity.map(none -> recorder.runningSum());
      return;
    }
    try (ParameterVector change = product(step, shared.get())) {
      if (step.forgetVisit()) {
        try (ParameterVector gradient =
            recorder.run().gradientAtVisit(step.objective(), Mode.TRAINING)) {
          change.addInPlace(-1, gradient);
        }
      }
      ofVelocity.ifPresent(sum -> sum.scaleInPlace(step.update().momentum()).addInPlace(1, change));
      difference.addInPlace(-step.update().rate(), ofVelocity.orElse(change));
    }
  }

  private ParameterVector product(Step step, Batch batch) {
    Objective objective = step.objective();
    if (recorder.visits() == 0 || batch.size() == 0) {
      // Without data there is weight decay alone; before the first visit there is nothing.
      return difference.copy().scaleInPlace(objective.weightDecay());
    }
    if (latestProduct.isEmpty() || schedule.isDue(stepsSinceVisit(step.index()))) {
      Batch part = schedule.part(batch);
      products += part.size();
      ParameterVector product =
          step.network().hessianVectorProduct(part, objective, Mode.TRAINING, difference);
      if (schedule.every() == 1) {
        return product;
      }
      latestProduct.ifPresent(ParameterVector::close);
      latestProduct = Optional.of(product);
    }
    return latestProduct.get().copy();
  }

  private int stepsSinceVisit(int index) {
    int visit = index - 1;
    while (visit >= 0 && !recorder.order().isForgetVisit(visit)) {
      visit--;
    }
    return index - visit - 1;
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    weightsBefore.ifPresent(
        before -> {
          try (before;
              ParameterVector after = step.network().weights()) {
            difference.addInPlace(1, before).addInPlace(-1, after);
          }
        });
    velocityBefore.ifPresent(
        before -> {
          try (before;
              ParameterVector after = recorder.runningSum()) {
            ofVelocity.orElseThrow().addInPlace(1, before).addInPlace(-1, after);
          }
        });
    weightsBefore = Optional.empty();
    velocityBefore = Optional.empty();
    stepsDone++;
  }

  /** The difference of the weights, to be added to w_t. Closed with this. */
  public ParameterVector difference() {
    return difference;
  }

  /** The difference of the running sums of momentum; empty without. Closed with this. */
  public Optional<ParameterVector> ofVelocity() {
    return ofVelocity;
  }

  /** When products are taken, and on how much. */
  public HessianSchedule schedule() {
    return schedule;
  }

  /** Products of one example's Hessian with a vector so far. */
  public long products() {
    return products;
  }

  /** What has been collected so far, in host memory. */
  public Collected collected() {
    return new Collected(
        stepsDone,
        products,
        Stream.of(Optional.of(difference), ofVelocity, latestProduct)
            .flatMap(Optional::stream)
            .map(ParameterVector::toArray)
            .toList());
  }

  /**
   * Goes on from what an earlier recorder of the same run had collected. To be called on a new
   * recorder, made while the network was at w_0.
   *
   * @throws IllegalArgumentException if this recorder has watched a step, or the vectors are not as
   *     many as its run and schedule have
   */
  public void resume(Collected earlier) {
    int expected = ofVelocity.isPresent() ? 2 : 1;
    int most = schedule.every() == 1 ? expected : expected + 1;
    int given = earlier.vectors().size();
    if (stepsDone != 0 || given < expected || given > most) {
      throw new IllegalArgumentException(
          "a new recorder goes on from "
              + (most == expected ? "" : expected + " or ")
              + most
              + " vectors, not one after "
              + stepsDone
              + " steps from "
              + given
              + "; give it what one of the same run and schedule had collected");
    }
    List<ParameterVector> vectors =
        earlier.vectors().stream().map(recorder.network()::vector).toList();
    close();
    difference = vectors.get(0);
    ofVelocity = ofVelocity.map(old -> vectors.get(1));
    latestProduct = vectors.stream().skip(expected).findFirst();
    products = earlier.products();
    stepsDone = earlier.stepsDone();
  }

  /** Whether this has watched the same steps of the same run. */
  public boolean belongsTo(ForgettingRecorder other) {
    return other == recorder && other.stepsDone() == stepsDone;
  }

  @Override
  public void close() {
    Stream.of(weightsBefore, velocityBefore, ofVelocity, latestProduct)
        .flatMap(Optional::stream)
        .forEach(ParameterVector::close);
    difference.close();
  }
}
