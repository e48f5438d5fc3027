package dev.unrolling.experiments.benchmark.attacks;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Network;
import dev.unrolling.privacy.AreaUnderCurve;
import dev.unrolling.training.Logits;
import java.util.Arrays;
import java.util.List;

/**
 * The offline likelihood-ratio attack of Carlini et al. ("Membership inference attacks from first
 * principles", IEEE S&amp;P 2022): how far the logit-scaled confidence \( \ln p_y - \ln (1 - p_y)
 * \) of an example is above its mean over shadow models that have not seen it. With one variance
 * for all examples, which they advise for few shadow models, it ranks as the likelihood ratio does.
 * Of a model it gives how well that tells what was to be forgotten from unseen examples.
 */
public final class LikelihoodRatioAttack {

  private final Batch forget;
  private final Batch unseen;
  private final double[] ofForget;
  private final double[] ofUnseen;
  private int models;

  /**
   * @param forget what was to be forgotten
   * @param unseen examples of the same classes that no model has seen
   */
  public LikelihoodRatioAttack(Batch forget, Batch unseen) {
    this.forget = forget;
    this.unseen = unseen;
    this.ofForget = new double[forget.size()];
    this.ofUnseen = new double[unseen.size()];
  }

  /**
   * Takes a pair of shadow models, one of which has seen each example of the forget set.
   *
   * @param one of them, unchanged
   * @param other of them, unchanged
   * @param seen by the one, as indices of the forget set's data
   */
  public void add(Network one, Network other, int... seen) {
    int[] sorted = seen.clone();
    Arrays.sort(sorted);
    double[] first = confidences(one, forget);
    double[] second = confidences(other, forget);
    for (int i = 0; i < ofForget.length; i++) {
      boolean member = Arrays.binarySearch(sorted, forget.indices()[i]) >= 0;
      ofForget[i] += member ? second[i] : first[i];
    }
    for (Network shadow : List.of(one, other)) {
      double[] there = confidences(shadow, unseen);
      for (int i = 0; i < ofUnseen.length; i++) {
        ofUnseen[i] += there[i] / 2;
      }
    }
    models++;
  }

  /**
   * Area under the attack's curve on a model, 0.5 where it learns nothing; NaN without shadow
   * models, or where the model no longer answers.
   *
   * @param network unchanged
   */
  public double areaUnderCurve(Network network) {
    double[] members = above(confidences(network, forget), ofForget);
    double[] others = above(confidences(network, unseen), ofUnseen);
    boolean answers =
        models > 0
            && Arrays.stream(members).noneMatch(Double::isNaN)
            && Arrays.stream(others).noneMatch(Double::isNaN);
    return answers ? AreaUnderCurve.of(members, others) : Double.NaN;
  }

  private double[] above(double[] confidences, double[] sums) {
    double[] above = new double[confidences.length];
    for (int i = 0; i < above.length; i++) {
      above[i] = confidences[i] - sums[i] / models;
    }
    return above;
  }

  private static double[] confidences(Network network, Batch examples) {
    double[][] logits = Logits.of(network, examples);
    int[] labels = examples.labels();
    double[] confidences = new double[labels.length];
    for (int i = 0; i < confidences.length; i++) {
      confidences[i] = confidence(logits[i], labels[i]);
    }
    return confidences;
  }

  /** z_y less the logarithm of the sum of the others' powers: finite where p_y rounds to 1. */
  public static double confidence(double[] logits, int label) {
    double[] others = logits.clone();
    others[label] = Double.NEGATIVE_INFINITY;
    double largest = Arrays.stream(others).max().orElseThrow();
    double sum = Arrays.stream(others).map(z -> Math.exp(z - largest)).sum();
    return logits[label] - largest - Math.log(sum);
  }
}
