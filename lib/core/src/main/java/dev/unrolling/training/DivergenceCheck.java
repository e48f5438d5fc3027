package dev.unrolling.training;

import dev.unrolling.engine.Loss;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the losses of one network and reads them together, some steps after they arose. */
final class DivergenceCheck {

  private record Pending(int step, double rate, Loss loss) {}

  /** A loss, or a norm of weights, that is not finite. */
  record Finding(String what, int step, double rate, double value) {}

  private final String name;
  private final Network network;
  private final List<Pending> pending = new ArrayList<>();
  private final List<Double> losses = new ArrayList<>();

  DivergenceCheck(String name, Network network) {
    this.name = name;
    this.network = network;
  }

  Network network() {
    return network;
  }

  void add(int step, double rate, Optional<Loss> loss) {
    loss.ifPresent(value -> pending.add(new Pending(step, rate, value)));
    losses.add(Double.NaN);
  }

  /**
   * Reads what is pending. The loss of a step is taken before its update, so the weights are looked
   * at as well: a state that passes is finite throughout.
   */
  Optional<Finding> read(int firstStep) {
    Pending last = null;
    for (Pending entry : pending) {
      double value = entry.loss.value();
      losses.set(entry.step - firstStep, value);
      if (!Double.isFinite(value)) {
        return Optional.of(new Finding("the loss of " + name, entry.step, entry.rate, value));
      }
      last = entry;
    }
    pending.clear();
    if (last == null) {
      return Optional.empty();
    }
    try (ParameterVector weights = network.weights()) {
      double norm = weights.norm2();
      return Double.isFinite(norm)
          ? Optional.empty()
          : Optional.of(
              new Finding("the norm of the weights of " + name, last.step, last.rate, norm));
    }
  }

  List<Double> losses() {
    return losses;
  }

  double lastLoss() {
    return losses.isEmpty() ? Double.NaN : losses.get(losses.size() - 1);
  }
}
