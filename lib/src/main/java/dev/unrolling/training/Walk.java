package dev.unrolling.training;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Loss;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run of a trainer: one or two networks over an order. Used once. */
final class Walk {

  /** Every so many checks of the losses, the states are kept as the last finite ones. */
  private static final int CHECKS_PER_KEPT_STATE = 5;

  /** One network on the way; with an omission it is an M', without one an M. */
  private record Walker(Optional<Omission> omission, LossWatch watch) {

    Optional<Loss> step(Step step) {
      Optional<Batch> batch =
          omission.isPresent() && step.forgetVisit()
              ? omission.get().retrainedBatch(step.batch())
              : Optional.of(step.batch());
      return batch.map(b -> watch.network().step(b, step.objective(), step.update()));
    }
  }

  private final SgdTrainer trainer;
  private final BatchOrder order;
  private final List<Walker> walkers = new ArrayList<>();
  private SavedStates lastFinite;
  private int checks;

  Walk(SgdTrainer trainer, BatchOrder order) {
    this.trainer = trainer;
    this.order = order;
  }

  /** Adds M. */
  Walk original(Network network) {
    walkers.add(new Walker(Optional.empty(), new LossWatch("the original model", network)));
    return this;
  }

  /** Adds M'. */
  Walk retrained(Network network, Omission omission) {
    walkers.add(new Walker(Optional.of(omission), new LossWatch("the retrained model", network)));
    return this;
  }

  TrainingTrace run(int end, List<StepListener> listeners) {
    int first = trainer.firstStep();
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
      boolean checkpoint =
          trainer.checkpoint().filter(policy -> done % policy.everySteps() == 0).isPresent();
      if (checkpoint || done == end || (done - first) % trainer.checkEvery() == 0) {
        check(done, end);
      }
      if (checkpoint) {
        lastFinite = save(states(done));
      }
    }
    return new TrainingTrace(
        first,
        rates,
        walkers.get(0).watch.losses(),
        walkers.size() > 1 ? walkers.get(1).watch.losses() : List.of());
  }

  private Step step(int index) {
    Optional<Walker> retrained = walkers.stream().skip(1).findFirst();
    return new Step(
        index,
        order.epoch(index),
        order.batch(index),
        order.isForgetVisit(index),
        trainer.objective(order, index),
        trainer.update(order, index),
        walkers.get(0).watch.network(),
        retrained.map(walker -> walker.watch.network()),
        retrained.flatMap(Walker::omission));
  }

  private void take(Step step, List<StepListener> listeners) {
    listeners.forEach(listener -> listener.beforeStep(step));
    List<Optional<Loss>> losses = new ArrayList<>();
    for (Walker walker : walkers) {
      Optional<Loss> loss = walker.step(step);
      walker.watch.add(step.index(), step.update().rate(), loss);
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
    for (Walker walker : walkers) {
      Optional<LossWatch.Finding> finding = walker.watch.read(trainer.firstStep());
      if (finding.isPresent()) {
        LossWatch.Finding found = finding.get();
        throw new DivergenceException(
            found.what(), found.step(), found.rate(), found.value(), save(lastFinite));
      }
    }
    if (++checks % CHECKS_PER_KEPT_STATE == 0 && done < end) {
      lastFinite = states(done);
    }
    trainer.progress().report(done, end, walkers.get(0).watch.lastLoss());
  }

  private SavedStates states(int step) {
    List<NetworkState> states =
        walkers.stream().map(walker -> walker.watch.network().saveState()).toList();
    return new SavedStates(step, states, Optional.empty());
  }

  /** Writes states where the run has a file for them. */
  private SavedStates save(SavedStates states) {
    if (trainer.checkpoint().isEmpty()) {
      return states;
    }
    CheckpointPolicy policy = trainer.checkpoint().get();
    Path file = policy.file();
    try {
      new Checkpoint(states.step(), policy.settings(), states.networks()).save(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the checkpoint " + file + ": " + e, e);
    }
    return new SavedStates(states.step(), states.networks(), Optional.of(file));
  }
}
