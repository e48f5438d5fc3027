package dev.unrolling.privacy;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * A model that an attacker trains like the one under attack, on other data whose membership the
 * attacker knows (claim 2.8). Its answers give the histograms of a {@link PrivacyRiskScore}.
 */
public final class ShadowModel implements AutoCloseable {

  /** Told after each epoch of the training. */
  @FunctionalInterface
  public interface EpochListener {
    /**
     * Takes notice.
     *
     * @param epochs trained so far
     * @param shadow as it is now
     */
    void afterEpoch(int epochs, ShadowModel shadow);
  }

  private final Network network;
  private final Batch members;
  private final Batch nonMembers;

  private ShadowModel(Network network, Batch members, Batch nonMembers) {
    this.network = network;
    this.members = members;
    this.nonMembers = nonMembers;
  }

  /**
   * Trains a shadow model.
   *
   * @param start the network at its initial weights, or as it was at the trainer's first step;
   *     moved and taken over
   * @param trainer objective, rates and momentum of the model under attack
   * @param members what it is trained on
   * @param batchSize at least 1
   * @param epochs at least 1
   * @param nonMembers what it is not trained on
   * @param seed of the order of the batches
   * @param listener told after each epoch
   * @param last listeners of each step, called once the epoch's listener was told
   * @throws IllegalArgumentException if an example is both member and non-member, or the two come
   *     from two copies of one data set
   */
  public static ShadowModel train(
      Network start,
      SgdTrainer trainer,
      Batch members,
      int batchSize,
      int epochs,
      Batch nonMembers,
      long seed,
      EpochListener listener,
      StepListener... last) {
    checkDisjoint(members, nonMembers);
    ShadowModel shadow = new ShadowModel(start, members, nonMembers);
    BatchOrder order =
        BatchOrder.shuffled(members.dataset(), members.indices(), batchSize, epochs, seed);
    StepListener eachEpoch =
        new StepListener() {
          @Override
          public void afterStep(Step step, StepLosses losses) {
            if (step.stepsDone() % order.batchesPerEpoch() == 0) {
              listener.afterEpoch(step.epoch() + 1, shadow);
            }
          }
        };
    trainer.train(
        start,
        order,
        Stream.concat(Stream.of(eachEpoch), Arrays.stream(last)).toArray(StepListener[]::new));
    return shadow;
  }

  private static void checkDisjoint(Batch members, Batch nonMembers) {
    members.checkComparable(nonMembers);
    if (members.dataset() != nonMembers.dataset()) {
      return;
    }
    int[] sorted = Arrays.stream(members.indices()).sorted().toArray();
    for (int index : nonMembers.indices()) {
      if (Arrays.binarySearch(sorted, index) >= 0) {
        throw new IllegalArgumentException(
            "example "
                + index
                + " of "
                + members.dataset().name()
                + " is both member and non-member; take non-members from Subsets.rest");
      }
    }
  }

  /**
   * The score that this model's answers give.
   *
   * @param convention what the modified entropy is fed with
   * @param spacing of the bins
   * @param bins a class, at least 1
   */
  public PrivacyRiskScore riskScore(
      ModifiedEntropy.Convention convention, PrivacyRiskScore.Spacing spacing, int bins) {
    return PrivacyRiskScore.of(
        ModifiedEntropy.of(network, members, convention),
        ModifiedEntropy.of(network, nonMembers, convention),
        spacing,
        bins);
  }

  /** Share of the members that it classifies correctly, 0 to 1. */
  public double memberAccuracy() {
    return Evaluation.of(network, members.dataset(), members.indices()).accuracy();
  }

  /** Share of the non-members that it classifies correctly, 0 to 1. */
  public double nonMemberAccuracy() {
    return Evaluation.of(network, nonMembers.dataset(), nonMembers.indices()).accuracy();
  }

  /** Frees the network. */
  @Override
  public void close() {
    network.close();
  }
}
