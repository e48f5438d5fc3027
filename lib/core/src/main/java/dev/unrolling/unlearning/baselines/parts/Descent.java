package dev.unrolling.unlearning.baselines.parts;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.InitialWeights;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningRequest;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/**
 * SGD from w_t with momentum, \( u \leftarrow \mu u + d, \; w \leftarrow w - \eta u \), along
 * directions d that a method gives: the one loop of these methods. Running statistics move as in
 * training, once for each gradient that is taken.
 */
public final class Descent implements AutoCloseable {

  /** What the weights move against at a step: a new vector. */
  @FunctionalInterface
  public interface Direction {
    ParameterVector at(Network network, BatchOrder order, int step);
  }

  private final Network network;
  private final SgdPlan plan;
  private final Optional<ParameterVector> mask;
  private Optional<ParameterVector> velocity = Optional.empty();

  private Descent(Network network, SgdPlan plan, Optional<WeightMask> mask) {
    this.network = network;
    this.plan = plan;
    this.mask = mask.map(moving -> moving.on(network));
  }

  /**
   * A copy of M that was walked with, without momentum.
   *
   * @param mask of the weights that move; empty for all
   * @param walks given the loop; its network is moved
   */
  public static Network unlearn(
      UnlearningRequest request, SgdPlan plan, Optional<WeightMask> mask, Consumer<Descent> walks) {
    Network unlearned = request.trained().copy();
    try (Descent descent = new Descent(unlearned, plan, mask)) {
      unlearned.restore(unlearned.saveState().withoutVelocity());
      walks.accept(descent);
      unlearned.restore(unlearned.saveState().withoutVelocity());
      return unlearned;
    } catch (RuntimeException failure) {
      unlearned.close();
      throw failure;
    }
  }

  /**
   * A copy of M whose last layers alone were trained on what stays.
   *
   * @param name of the method that asks
   * @param layers how many with weights, at least 1
   * @param anew whether they start from new initial weights
   * @throws IllegalArgumentException if the request has no retain set, or the network has fewer
   *     layers
   */
  public static Network unlearnLastLayers(
      String name, UnlearningRequest request, SgdPlan plan, int layers, boolean anew) {
    BatchOrder stays = plan.order(request.requireRetained(name), request.seed());
    Architecture architecture = request.trained().architecture();
    WeightMask mask = WeightMask.ofLastLayers(architecture, layers);
    return unlearn(
        request,
        plan,
        Optional.of(mask),
        loop -> {
          if (anew) {
            mask.replace(loop.network, InitialWeights.draw(architecture, request.seed() + 1));
          }
          loop.walk(stays, gradients(request.objective()));
        });
  }

  /** The gradients of an objective on the batches of an order. */
  public static Direction gradients(Objective objective) {
    return (network, order, step) -> gradient(network, order.batch(step), objective);
  }

  /**
   * The gradient that a training step on a batch takes; running statistics move. It is the way of a
   * step at rate 1, from which the weights return. A new vector.
   */
  public static ParameterVector gradient(Network network, Batch batch, Objective objective) {
    try (ParameterVector before = network.weights()) {
      network.step(batch, objective, SgdStep.plain(1));
      try (ParameterVector after = network.weights()) {
        network.setWeights(before);
        return before.copy().addInPlace(-1, after);
      }
    }
  }

  /** The network that is moved. */
  public Network network() {
    return network;
  }

  /** Walks over all of an order. */
  public void walk(BatchOrder order, Direction direction) {
    for (int epoch = 0; epoch < order.epochs(); epoch++) {
      walk(order, epoch, direction);
    }
  }

  /**
   * Walks over an epoch of an order; momentum goes on from an earlier walk.
   *
   * @throws IllegalStateException if the weights do not stay finite
   * @throws CancellationException if the thread is interrupted
   */
  public void walk(BatchOrder order, int epoch, Direction direction) {
    int first = epoch * order.batchesPerEpoch();
    for (int step = first; step < first + order.batchesPerEpoch(); step++) {
      if (Thread.interrupted()) {
        throw new CancellationException(
            "unlearning was interrupted after " + step + " of " + order.steps() + " steps");
      }
      double rate = plan.schedule().rate(order, step);
      move(direction.at(network, order, step), rate);
    }
    int last = first + order.batchesPerEpoch() - 1;
    checkFinite(order, last, plan.schedule().rate(order, last));
  }

  /** Takes the direction over; along a mask's zeros a weight keeps its bits. */
  private void move(ParameterVector direction, double rate) {
    mask.ifPresent(direction::multiplyInPlace);
    ParameterVector sum =
        velocity
            .map(
                carried -> {
                  try (direction) {
                    return carried.scaleInPlace(plan.momentum()).addInPlace(1, direction);
                  }
                })
            .orElse(direction);
    try (ParameterVector before = network.weights();
        ParameterVector after = before.copy().addInPlace(-rate, sum)) {
      network.setWeights(after);
    }
    velocity = Optional.of(sum);
  }

  private void checkFinite(BatchOrder order, int step, double rate) {
    try (ParameterVector weights = network.weights()) {
      if (!Double.isFinite(weights.norm2())) {
        throw new IllegalStateException(
            "the weights were no longer finite after "
                + (step + 1)
                + " of "
                + order.steps()
                + " steps of unlearning at learning rate "
                + rate
                + "; lower the rate (try "
                + rate / 10
                + ") or the number of epochs");
      }
    }
  }

  @Override
  public void close() {
    velocity.ifPresent(ParameterVector::close);
    mask.ifPresent(ParameterVector::close);
  }
}
