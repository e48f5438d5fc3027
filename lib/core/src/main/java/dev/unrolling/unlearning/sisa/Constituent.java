package dev.unrolling.unlearning.sisa;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The model of one shard, with its state before each slice. */
final class Constituent implements AutoCloseable {

  private final Network network;
  private List<NetworkState> before;

  /**
   * @param network at its start; closed with this
   */
  Constituent(Network network) {
    this.network = network;
    this.before = List.of(network.saveState());
  }

  Network network() {
    return network;
  }

  int storedStates() {
    return before.size();
  }

  /** All that training changes. */
  SisaState.Shard state() {
    return new SisaState.Shard(network.saveState(), before.subList(1, before.size()));
  }

  void restore(SisaState.Shard state) {
    network.restore(state.end());
    before = Stream.concat(Stream.of(before.get(0)), state.beforeSlices().stream()).toList();
  }

  /**
   * Trains again from the state before a slice.
   *
   * @param slice from 0
   * @param orders of every slice, from the first; empty where nothing is left to train on
   * @return gradients of one example that this took, counted step by step
   */
  long trainFrom(int slice, List<Optional<BatchOrder>> orders, SgdTrainer trainer) {
    ExampleCount count = new ExampleCount();
    List<NetworkState> states = new ArrayList<>(before.subList(0, slice + 1));
    network.restore(before.get(slice));
    for (int stage = slice; stage < orders.size(); stage++) {
      if (stage > slice) {
        states.add(network.saveState());
      }
      orders.get(stage).ifPresent(order -> trainer.train(network, order, count));
    }
    before = List.copyOf(states);
    return count.examples;
  }

  @Override
  public void close() {
    network.close();
  }

  private static final class ExampleCount implements StepListener {
    private long examples;

    @Override
    public void afterStep(Step step, StepLosses losses) {
      examples += step.batch().size();
    }
  }
}
