package dev.unrolling.forgetting;

import static dev.unrolling.unlearning.UnlearningMethods.apply;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Network;
import dev.unrolling.forgetting.ForgettingReport.Answer;
import dev.unrolling.forgetting.ForgettingReport.Retrained;
import dev.unrolling.forgetting.inputs.KnownRun;
import dev.unrolling.forgetting.inputs.ModelPair;
import dev.unrolling.forgetting.inputs.ModelPair.Unlearned;
import dev.unrolling.forgetting.inputs.RunSettings;
import dev.unrolling.forgetting.inputs.Snapshot;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.unlearning.RecordedUnlearning;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Serves one request on a pair of models: forgets, estimates the error, and trains again. */
final class Forgetting implements AutoCloseable {

  /** A run that is repeated may be off by this share of what training, or forgetting, moved. */
  private static final double OF_TRAINING = 0.01;

  private static final double OF_FORGETTING = 0.5;

  private final ModelPair pair;
  private final Dataset data;
  private final int[] retained;
  private final RunSettings settings;
  private final BatchOrder order;
  private final Consumer<String> progress;
  private Optional<Snapshot> unlearned = Optional.empty();
  private Optional<Snapshot> retrained = Optional.empty();
  private double reproduced;

  /**
   * A request.
   *
   * @param data as the model is fed them
   * @param forgotten distinct indices
   * @param retained distinct indices, none of them to be forgotten
   * @throws IllegalArgumentException if models and settings do not belong together
   */
  Forgetting(
      ModelPair pair,
      Dataset data,
      int[] forgotten,
      int[] retained,
      RunSettings settings,
      Consumer<String> progress) {
    this.pair = pair;
    this.data = data;
    this.retained = retained.clone();
    this.settings = settings;
    this.progress = progress;
    if (!(pair.trained().distance(pair.start()) > 0)) {
      throw new IllegalArgumentException(
          "both models have the same weights; --model is the one from before the training");
    }
    int epochs =
        settings
            .epochs()
            .orElseGet(
                () ->
                    pair.epochs()
                        .orElseThrow(
                            () ->
                                new IllegalArgumentException(
                                    "the files do not tell for how many epochs the model was"
                                        + " trained; give --epochs")));
    this.order = settings.with(data, retained, forgotten, epochs);
    pair.steps().ifPresent(this::checkSteps);
  }

  private void checkSteps(int steps) {
    if (steps != order.steps()) {
      throw new IllegalArgumentException(
          "the trained model's file counts "
              + steps
              + " steps of training, but "
              + order.epochs()
              + " epochs of the forget batch and "
              + retained.length
              + " other examples in batches of "
              + settings.batchSize().orElse(order.forgetBatch().size())
              + " are "
              + order.steps()
              + "; give the --batch-size, --epochs and --retained of the training");
    }
  }

  BatchOrder order() {
    return order;
  }

  /** Gradients that training again without what is forgotten costs. */
  long retrainingCost() {
    return (long) order.epochs() * retained.length;
  }

  /**
   * Gradients that a method costs, those included by which the run is watched again for its record;
   * empty for a method that does not say.
   */
  Optional<Long> cost(UnlearningMethod method) {
    RequestSize size = new RequestSize(order.forgetBatch().size(), retained.length, order.epochs());
    OptionalLong own = method.gradients(size);
    boolean watched = method instanceof RecordedUnlearning recorded && !recorded.readsEndsAlone();
    long more = watched ? size.training() : 0;
    return own.isPresent() ? Optional.of(own.getAsLong() + more) : Optional.empty();
  }

  /**
   * Forgets.
   *
   * @throws IllegalArgumentException if the model or the files lack what the method needs
   */
  Unlearned forget(UnlearningMethod method, long seed) {
    Unlearned found =
        method.name().equals("single-gradient") ? pair.singleGradient(order) : by(method, seed);
    unlearned = Optional.of(found.model());
    return found;
  }

  private Unlearned by(UnlearningMethod method, long seed) {
    Batch forget = order.forgetBatch();
    if (!(method instanceof RecordedUnlearning recorded)) {
      try (Network trained = pair.trained().network();
          Network after =
              apply(
                  method,
                  UnlearningRequest.of(trained, forget)
                      .withRetained(retained)
                      .withObjective(pair.objective())
                      .withSeed(seed))) {
        return new Unlearned(pair.trained().with(after), List.of());
      }
    }
    if (!pair.stepsAsWeDo()) {
      throw new IllegalArgumentException(
          "\""
              + method.name()
              + "\" knows the library's own momentum, not Nesterovs, which the model was trained"
              + " with; take single-gradient, which knows it, or a method that needs no record");
    }
    SgdTrainer trainer = Predictor.trainer(pair, order);
    try (Network network = pair.start().network();
        ForgettingRecorder record =
            recorded.readsEndsAlone()
                ? KnownRun.record(network, pair.trained(), order, trainer, Removal.skippedStep())
                : watched(network, trainer);
        Network after = apply(method, UnlearningRequest.of(network, forget).withRecord(record))) {
      return new Unlearned(pair.trained().with(after), List.of());
    }
  }

  private ForgettingRecorder watched(Network network, SgdTrainer trainer) {
    ForgettingRecorder record =
        new ForgettingRecorder(network, order, trainer, Removal.skippedStep());
    trainer
        .withProgress(
            (done, of, loss) -> progress.accept("watching the run, step " + done + " of " + of))
        .train(network, order, record);
    try (Snapshot again = pair.trained().with(network)) {
      requireReproduced(again, pair.trained().distance(pair.start()), OF_TRAINING, "training");
    }
    return record;
  }

  /**
   * Trains again, with and without what is forgotten. To be done before anything else: making a
   * network of a DL4J model switches on helpers of DL4J's, by which it computes with other rounding
   * than the user's program did.
   *
   * @throws IllegalStateException if the run is not repeated by these settings
   */
  void trainAgain() {
    String each = " of " + order.epochs();
    try (Snapshot again =
        pair.trainedAgain(
            order, done -> progress.accept("training as it was, step " + done + each))) {
      reproduced =
          requireReproduced(again, pair.trained().distance(pair.start()), OF_TRAINING, "training");
      BatchOrder without =
          settings.without(data, retained, order.forgetBatch().size(), order.epochs());
      Snapshot other =
          pair.trainedAgain(
              without, done -> progress.accept("training without the batch, step " + done + each));
      retrained = Optional.of(other);
      requireReproduced(again, pair.trained().distance(other), OF_FORGETTING, "forgetting");
    }
  }

  /** The comparison with the model that was trained again; null if none was. */
  Retrained comparison() {
    return retrained
        .map(
            other ->
                new Retrained(
                    unlearned.orElseThrow().distance(other),
                    pair.trained().distance(other),
                    reproduced))
        .orElse(null);
  }

  private double requireReproduced(Snapshot again, double moved, double share, String what) {
    double off = again.distance(pair.trained());
    if (!(off <= share * moved)) {
      throw new IllegalStateException(
          "training again from the start with these settings ends "
              + Sentences.number(off)
              + " from the trained model, where "
              + what
              + " moves "
              + Sentences.number(moved)
              + ": it was trained otherwise (order, batch size, rate, pixels, or an order that"
              + " nothing tells), so no distance to a retrained model can be had; give the settings"
              + " of the training, or leave out what trains again. Nothing was written");
    }
    return off;
  }

  /** What the models answer; those that are there. */
  List<Answer> answers(Questions questions) {
    List<Answer> answers = new ArrayList<>();
    answers.add(questions.answer("before the training", pair.start()));
    answers.add(questions.answer("trained", pair.trained()));
    unlearned.ifPresent(model -> answers.add(questions.answer("unlearned", model)));
    retrained.ifPresent(
        model -> answers.add(questions.answer("retrained without the batch", model)));
    return answers;
  }

  @Override
  public void close() {
    unlearned.ifPresent(Snapshot::close);
    retrained.ifPresent(Snapshot::close);
  }
}
