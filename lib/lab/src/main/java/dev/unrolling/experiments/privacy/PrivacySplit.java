package dev.unrolling.experiments.privacy;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Subsets;
import dev.unrolling.dataset.DataSets;
import java.util.Arrays;

/**
 * Who sees what in a run of {@link Privacy}; the five are disjoint, each with as many examples of
 * each class as can be.
 *
 * @param forget x*: the last batch of M's half
 * @param others what else M is trained on
 * @param shadowMembers what the shadow model is trained on
 * @param shadowNonMembers test examples that give its histograms
 * @param test other test examples, that M is tried on
 */
record PrivacySplit(
    Batch forget, Batch others, Batch shadowMembers, Batch shadowNonMembers, Batch test) {

  /** Draws by the seed of the settings. */
  static PrivacySplit of(DataSets.Parts data, PrivacySettings settings) {
    long seed = settings.seed();
    int[] half = Subsets.stratified(data.train(), settings.examples(), seed);
    int[] free = Subsets.rest(data.train(), half);
    int[] shadow = Subsets.stratified(data.train(), free, settings.examples(), seed);
    int[] unseen = Subsets.stratified(data.test(), settings.testExamples(), seed);
    int[] rest = Subsets.rest(data.test(), unseen);
    int[] tried = Subsets.stratified(data.test(), rest, settings.testExamples(), seed);
    int first = half.length - settings.batchSize();
    return new PrivacySplit(
        Batch.of(data.train(), Arrays.copyOfRange(half, first, half.length)),
        Batch.of(data.train(), Arrays.copyOf(half, first)),
        Batch.of(data.train(), shadow),
        Batch.of(data.test(), unseen),
        Batch.of(data.test(), tried));
  }
}
