package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.dl4j.ForgettingRecord.Run;
import dev.unrolling.engine.dl4j.ForgettingRecord.Visits;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a {@link ForgettingListener} has gathered, between two steps.
 *
 * @param start w_0
 * @param shown what a step on the batch shows
 * @param batch SHA-256 of the batch
 * @param batchSize its number of examples
 * @param sums over the steps so far
 * @param strays what the steps showed of the batch's examples outside of it
 * @param trained SHA-256 of the parameters when this was stored; empty while the run goes on
 */
record ListenerState(
    INDArray start,
    ShownBatch shown,
    String batch,
    int batchSize,
    Sums sums,
    Strays strays,
    String trained) {

  /**
   * Examples of the batch that were seen outside of it.
   *
   * @param steps number of steps that showed some
   * @param examples how many they showed, all steps together
   */
  record Strays(int steps, long examples) {

    /** Before the first. */
    static final Strays NONE = new Strays(0, 0);

    /**
     * Refuses a record where there are some.
     *
     * @param visits to the whole batch
     */
    void requireNone(int visits) {
      if (steps > 0) {
        throw new IllegalStateException(
            "steps that showed examples to be forgotten outside of their batch: "
                + steps
                + ", with "
                + examples
                + " of them in all; steps that showed the batch whole, as it was given: "
                + visits
                + ". Unlearning undoes the visits of the whole batch alone, so what the others did"
                + " would stay. Train again with an iterator that does not shuffle examples into"
                + " other batches (shuffle the order of the batches), or retrain without the"
                + " examples. If those were other examples that are equal and may stay, take"
                + " recordOfWholeVisits()");
      }
    }

    Strays next(int shown) {
      return shown == 0 ? this : new Strays(steps + 1, examples + shown);
    }
  }

  /**
   * Sums over steps of DL4J's {@code Nesterovs}, whose velocity holds rates and looks a step ahead:
   * what {@code VisitCounts.Sums} is to the engines' momentum.
   *
   * @param iteration the model's, of the step that comes next
   * @param visits to the batch
   * @param rateSum of the visits
   * @param velocityShare the share of the batch's gradients in the running sum of momentum
   * @param factor their share in the weights
   */
  record Sums(int iteration, int visits, double rateSum, double velocityShare, double factor) {

    /** Before the first step. */
    static final Sums NONE = new Sums(0, 0, 0, 0, 0);

    /**
     * The record of these steps.
     *
     * @param start w_0
     * @param batchSize of the batch
     * @param run that they are of, if it is known
     */
    ForgettingRecord record(INDArray start, int batchSize, Optional<Run> run) {
      Visits seen = new Visits(visits, rateSum, velocityShare);
      return new ForgettingRecord(
          start, factor, batchSize, Optional.of(seen), run, RetrainedStep.SKIPPED);
    }

    /** Refuses a model that has taken steps beside the listener. */
    void requireAt(int step) {
      if (step != iteration) {
        throw new IllegalStateException(
            "the model is at step "
                + step
                + ", but the ForgettingListener was last there at step "
                + iteration
                + ": it must be attached at every step; train again with it attached throughout");
      }
    }

    Sums next(double rate, double momentum, boolean visiting) {
      double share = velocityShare * momentum + (visiting ? rate : 0);
      return new Sums(
          iteration + 1,
          visits + (visiting ? 1 : 0),
          rateSum + (visiting ? rate : 0),
          share,
          factor + ((1 + momentum) * share - momentum * velocityShare));
    }
  }

  /** Refuses a model that took steps before the listener was attached, so that w_0 is gone. */
  static void requireUntrained(int iteration) {
    if (iteration > 0) {
      throw new IllegalStateException(
          "the model was trained for "
              + iteration
              + " steps before the ForgettingListener was attached, so w_0 is gone; attach it"
              + " before the first fit, or, if the weights from before this training are to be w_0"
              + " (fine-tuning a pre-trained model), attach one with fromPresentWeights()");
    }
  }

  static ListenerState start(Model model, ForgetBatch batch, int iteration) {
    return new ListenerState(
        model.params().dup(),
        batch.shown(model),
        Bits.sum(batch.bits(model.params().dataType())),
        batch.size(),
        new Sums(iteration, 0, 0, 0, 0),
        Strays.NONE,
        "");
  }

  /**
   * After a step.
   *
   * @param strayed how many examples of the batch it showed outside of it
   */
  ListenerState next(double rate, double momentum, boolean visiting, int strayed) {
    Sums next = sums.next(rate, momentum, visiting);
    return new ListenerState(start, shown, batch, batchSize, next, strays.next(strayed), "");
  }

  /** To be stored with a model as it is now. */
  ListenerState at(Model model, int iteration) {
    Sums now =
        new Sums(iteration, sums.visits(), sums.rateSum(), sums.velocityShare(), sums.factor());
    return new ListenerState(
        start, shown, batch, batchSize, now, strays, RecordChecks.parameters(model));
  }

  /**
   * This, to go on with.
   *
   * @throws IllegalStateException if the model is not the one that this was stored with
   */
  ListenerState resumed(Model model, int iteration) {
    if (iteration == sums.iteration()
        && model.params().length() == start.length()
        && model.params().dataType() == start.dataType()
        && trained.equals(RecordChecks.parameters(model))) {
      return this;
    }
    throw new IllegalStateException(
        "the stored ForgettingListener belongs to a model at step "
            + sums.iteration()
            + " with other weights than this one has at step "
            + iteration
            + "; go on with the model that was saved together with it");
  }

  /**
   * The record.
   *
   * @param now SHA-256 of the model's parameters; if empty, those stored
   */
  ForgettingRecord record(Optional<String> now) {
    return sums.record(start, batchSize, Optional.of(new Run(batch, now.orElse(trained))));
  }
}
