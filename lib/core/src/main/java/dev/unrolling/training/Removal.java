package dev.unrolling.training;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Objective;
import java.util.Arrays;
import java.util.Optional;

/** How the retrained model M' leaves out a visit of what is to be forgotten (claim 2.2). */
public sealed interface Removal {

  /**
   * The batch that M' steps on where M steps on {@code visited}; empty if M' takes no step.
   *
   * @param visited the batch of a forget visit
   */
  Optional<Batch> retrainedBatch(Batch visited);

  /**
   * The examples whose gradient M follows at a visit and M' does not, with the divisor that they
   * have there.
   *
   * @param visited the batch of a forget visit
   */
  Batch forgotten(Batch visited);

  /**
   * The objective of that gradient: without weight decay where M' takes a step too, since that step
   * decays its weights as M's does.
   *
   * @param trained the objective of training
   */
  Objective forgottenObjective(Objective trained);

  /**
   * Checks that an order leaves out what is to be forgotten: that no other batch of an epoch holds
   * it too, for M' would then be trained on it all the same.
   *
   * @param order with a forget batch
   * @throws IllegalStateException if there is no forget batch
   * @throws IllegalArgumentException if other batches hold what is to be forgotten, or x* does not
   *     hold the point that is; the message names the examples
   */
  default void check(BatchOrder order) {
    int[] elsewhere = order.alsoElsewhere(forgotten(order.forgetBatch()));
    if (elsewhere.length > 0) {
      throw new IllegalArgumentException(
          "what is to be forgotten must be in no other batch of an epoch, but "
              + elsewhere.length
              + " of its examples are, the first of index "
              + elsewhere[0]
              + "; take them out of the order, e.g. by Subsets.rest");
    }
  }

  /** M' takes no step at a visit: the paper's retraining, and right without momentum. */
  static Removal skippedStep() {
    return new SkippedStep();
  }

  /** M' takes a step with zero data gradient: momentum and weight decay act as in M. */
  static Removal zeroGradient() {
    return new ZeroGradient();
  }

  /** M' steps on the batch without one point, divided as {@code divisor} says. */
  static Removal point(int index, Divisor divisor) {
    return new WithoutPoint(index, divisor);
  }

  /** What the loss of a batch of b is divided by once a point is taken out. */
  enum Divisor {
    /** Still by b: then forgetting the point has no first-order remainder. */
    FULL_BATCH,
    /**
     * By the b - 1 that remain: each of them weighs more than in M, which leaves a first-order
     * remainder of eta / (b (b - 1)) times the sum of their gradients at each visit.
     */
    REMAINING
  }

  /** M' takes no step. */
  record SkippedStep() implements Removal {
    @Override
    public Optional<Batch> retrainedBatch(Batch visited) {
      return Optional.empty();
    }

    @Override
    public Batch forgotten(Batch visited) {
      return visited;
    }

    @Override
    public Objective forgottenObjective(Objective trained) {
      return trained;
    }
  }

  /** M' takes a step without data. */
  record ZeroGradient() implements Removal {
    @Override
    public Optional<Batch> retrainedBatch(Batch visited) {
      return Optional.of(visited.emptied());
    }

    @Override
    public Batch forgotten(Batch visited) {
      return visited;
    }

    @Override
    public Objective forgottenObjective(Objective trained) {
      return trained.withWeightDecay(0);
    }
  }

  /**
   * M' steps on the rest of the batch. For networks without batch statistics: with them the other
   * points' losses depend on this one.
   *
   * @param index of the point in the data set; the visited batch must hold it, or the methods throw
   *     an {@link IllegalArgumentException} that names what it holds
   * @param divisor of the rest's summed loss
   */
  record WithoutPoint(int index, Divisor divisor) implements Removal {
    @Override
    public Optional<Batch> retrainedBatch(Batch visited) {
      Batch rest = visited.without(index);
      return Optional.of(
          divisor == Divisor.FULL_BATCH ? rest.averagedOver(visited.averagedOver()) : rest);
    }

    @Override
    public Batch forgotten(Batch visited) {
      if (Arrays.stream(visited.indices()).noneMatch(i -> i == index)) {
        throw new IllegalArgumentException(
            "the point to be forgotten must be in the batch that is visited, which holds the"
                + " indices "
                + visited.indexRange()
                + ", not index "
                + index);
      }
      return Batch.of(visited.dataset(), index).averagedOver(visited.averagedOver());
    }

    @Override
    public Objective forgottenObjective(Objective trained) {
      return trained.withWeightDecay(0);
    }
  }
}
