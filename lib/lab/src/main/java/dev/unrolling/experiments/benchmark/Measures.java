package dev.unrolling.experiments.benchmark;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.logits.SoftMax;
import dev.unrolling.experiments.benchmark.attacks.MembershipAttack;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.Logits;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What later papers measure of an unlearned network, in percent, as Jia et al. (NeurIPS 2023) and
 * Fan et al. (ICLR 2024) define it. NaN where the network no longer answers.
 *
 * @param ua unlearning accuracy: 100 less the accuracy on what is forgotten
 * @param ra remaining accuracy: on as many of what stays as are unseen, the first
 * @param ta test accuracy: on unseen examples, of whole classes without the forgotten one
 * @param mia share of what is forgotten that {@link MembershipAttack}, fitted on these two sets,
 *     takes for unseen ("MIA-efficacy")
 * @param forgottenClass accuracy on unseen examples of the forgotten class; NaN where none is
 */
record Measures(double ua, double ra, double ta, double mia, double forgottenClass) {

  private static final int MOST_FITTED = 2500;

  /** Of a network that is no more. */
  static final Measures NONE =
      new Measures(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  /** On the test set, for the table. */
  static Measures ofTest(Network network, BenchmarkSplit split) {
    double inClass =
        split.forgottenTest().size() == 0
            ? Double.NaN
            : 100 * accuracy(network, split.forgottenTest());
    return of(network, split, split.test(), inClass);
  }

  /** On the validation part, for tuning: no test label is read. */
  static Measures ofValidation(Network network, BenchmarkSplit split) {
    return of(network, split, split.validation(), Double.NaN);
  }

  private static Measures of(
      Network network, BenchmarkSplit split, Batch unseen, double forgottenClass) {
    int count = Math.min(unseen.size(), split.retained().size());
    Batch stays =
        Batch.of(split.retained().dataset(), Arrays.copyOf(split.retained().indices(), count));
    double[][] kept = Logits.of(network, stays);
    double[][] other = Logits.of(network, unseen);
    double[][] gone = Logits.of(network, split.forget());
    double ua = 100 - 100 * Evaluation.of(gone, split.forget().labels()).accuracy();
    double ra = 100 * Evaluation.of(kept, stays.labels()).accuracy();
    double ta = 100 * Evaluation.of(other, unseen.labels()).accuracy();
    if (Double.isNaN(ua + ra + ta)) {
      return NONE;
    }
    MembershipAttack attack =
        MembershipAttack.fit(
            spread(probabilities(kept, stays.labels())),
            spread(probabilities(other, unseen.labels())));
    double mia = 100 * attack.shareOfNonMembers(probabilities(gone, split.forget().labels()));
    return new Measures(ua, ra, ta, mia, forgottenClass);
  }

  private static double accuracy(Network network, Batch examples) {
    return Evaluation.of(network, examples.dataset(), examples.indices()).accuracy();
  }

  private static double[] probabilities(double[][] logits, int[] labels) {
    double[] values = new double[labels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = new SoftMax(logits[i]).probability(labels[i]);
    }
    return values;
  }

  /** At most {@link #MOST_FITTED}, evenly spread: the attack has one number an example to learn. */
  private static double[] spread(double[] values) {
    int count = Math.min(values.length, MOST_FITTED);
    return IntStream.range(0, count)
        .mapToDouble(i -> values[(int) ((long) i * values.length / count)])
        .toArray();
  }

  /** The mean distance of UA, RA, TA and MIA to those of the retrained model (Fan et al.). */
  double gap(Measures retrained) {
    return (Math.abs(ua - retrained.ua)
            + Math.abs(ra - retrained.ra)
            + Math.abs(ta - retrained.ta)
            + Math.abs(mia - retrained.mia))
        / 4;
  }

  /** \( 1 - |MIA - .5| / .5 \): 1 where the attack cannot tell, 0 where it always can. */
  double indiscernibility() {
    return 1 - Math.abs(mia / 100 - 0.5) / 0.5;
  }
}
