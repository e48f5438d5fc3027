package dev.unrolling.training;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Loss;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.training.saved.SavePolicy;
import dev.unrolling.training.saved.SavedRun;
import dev.unrolling.training.saved.SavedStates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run of a trainer: one or two networks over an order. Used once. */
final class TrainingLoop {

  /** Every so many checks of the losses, the states are kept as the last finite ones. */
  private static final int CHECKS_PER_KEPT_STATE = 5;

  /** A network that is trained: an M' with a removal, an M without. */
  private record Model(Optional<Removal> removal, DivergenceCheck check) {

    Optional<Loss> step(Step step) {
      return batch(step.batch(), step.forgetVisit())
          .map(b -> check.network().step(b, step.objective(), step.update()));
    }

    /** What is trained on, if anything, where the order has this batch. */
    Optional<Batch> batch(Batch ordered, boolean forgetVisit) {
      return removal.isPresent() && forgetVisit
          ? removal.get().retrainedBatch(ordered)
          : Optional.of(ordered);
    }
  }

  private final SgdTrainer trainer;
  private final BatchOrder order;
  private final List<Model> models = new ArrayList<>();
  private SavedStates lastFinite;
  private int checks;

  TrainingLoop(SgdTrainer trainer, BatchOrder order) {
    this.trainer = trainer;
    this.order = order;
  }

  /** Adds M. */
  TrainingLoop original(Network network) {
    models.add(new Model(Optional.empty(), new DivergenceCheck("the original model", network)));
    return this;
  }

  /** Adds M'. */
  TrainingLoop retrained(Network network, Removal removal) {
    models.add(
        new Model(Optional.of(removal), new DivergenceCheck("the retrained model", network)));
    return this;
  }

  TrainingTrace run(int end, List<StepListener> listeners) {
    int first = trainer.firstStep();
    checkBatches(first, end);
    List<Double> rates = new ArrayList<>();
    lastFinite = states(first);
    for (int i = first; i < end; i++) {
      if (Thread.interrupted()) {
        check(i, end);
        throw new TrainingInterruptedException(save(states(i)), end);
      }
      Step step = step(i);
      rates.add(step.update().rate());
      take(step, listeners);
      int done = i + 1;
      boolean saves =
          trainer
              .control()
              .savePolicy()
              .filter(policy -> done % policy.everySteps() == 0)
              .isPresent();
      if (saves || done == end || (done - first) % trainer.checkEvery() == 0) {
        check(done, end);
      }
      if (saves) {
        lastFinite = save(states(done));
      }
    }
    return new TrainingTrace(
        first,
        rates,
        models.get(0).check.losses(),
        models.size() > 1 ? models.get(1).check.losses() : List.of());
  }

  /** Refuses an order that a later step would fail on, before the first is taken. */
  private void checkBatches(int first, int end) {
    for (int i = first; i < end; i++) {
      for (Model model : models) {
        Optional<Batch> batch = model.batch(order.batch(i), order.isForgetVisit(i));
        if (batch.isPresent() && batch.get().size() == 1) {
          try {
            model.check.network().architecture().checkTrainingBatch(1);
          } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(
                "step " + i + " (epoch " + order.epoch(i) + "): " + refused.getMessage(), refused);
          }
        }
      }
    }
  }

  private Step step(int index) {
    Optional<Model> retrained = models.stream().skip(1).findFirst();
    return new Step(
        index,
        order.epoch(index),
        order.batch(index),
        order.isForgetVisit(index),
        trainer.objective(order, index),
        trainer.update(order, index),
        models.get(0).check.network(),
        retrained.map(model -> model.check.network()),
        retrained.flatMap(Model::removal));
  }

  private void take(Step step, List<StepListener> listeners) {
    listeners.forEach(listener -> listener.beforeStep(step));
    List<Optional<Loss>> losses = new ArrayList<>();
    for (Model model : models) {
      Optional<Loss> loss = model.step(step);
      model.check.add(step.index(), step.update().rate(), loss);
      losses.add(loss);
    }
    if (!listeners.isEmpty()) {
      StepLosses both =
          new StepLosses(
              losses.get(0).orElseThrow(), losses.size() > 1 ? losses.get(1) : Optional.empty());
      listeners.forEach(listener -> listener.afterStep(step, both));
    }
  }

  private void check(int done, int end) {
    for (Model model : models) {
      Optional<DivergenceCheck.Finding> finding = model.check.read(trainer.firstStep());
      if (finding.isPresent()) {
        DivergenceCheck.Finding found = finding.get();
        throw new DivergenceException(
            found.what(), found.step(), found.rate(), found.value(), save(lastFinite));
      }
    }
    if (++checks % CHECKS_PER_KEPT_STATE == 0 && done < end) {
      lastFinite = states(done);
    }
    trainer.control().progress().report(done, end, models.get(0).check.lastLoss());
  }

  private SavedStates states(int step) {
    List<NetworkState> states =
        models.stream().map(model -> model.check.network().saveState()).toList();
    return new SavedStates(step, states, Optional.empty());
  }

  /** Writes states where the run has a file for them. */
  private SavedStates save(SavedStates states) {
    if (trainer.control().savePolicy().isEmpty()) {
      return states;
    }
    SavePolicy policy = trainer.control().savePolicy().get();
    Path file = policy.file();
    try {
      new SavedRun(states.step(), policy.settings(), states.networks()).save(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the saved run " + file + ": " + e, e);
    }
    return new SavedStates(states.step(), states.networks(), Optional.of(file));
  }
}
