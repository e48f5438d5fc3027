package dev.unrolling.unlearning.baselines.parts;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.DatasetView;
import dev.unrolling.data.SoftLabels;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.logits.SoftMax;
import dev.unrolling.training.Logits;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A data set as it is, but for the targets of some examples; whoever gives targets gets it back.
 */
public final class Retargeted implements SoftLabels, DatasetView {

  private final Dataset original;
  private final Map<Integer, double[]> targets = new HashMap<>();

  /** The targets of a data set as they are. */
  public Retargeted(Dataset original) {
    this.original = original;
  }

  /**
   * Gives examples another label each, drawn by the seed and the index among all but the true one.
   *
   * @throws IllegalArgumentException if there is no other class
   */
  public Retargeted withOtherLabels(Batch examples, long seed) {
    checkOtherClass();
    for (int index : examples.indices()) {
      int drawn = new SplittableRandom(31 * seed + index).nextInt(classes() - 1);
      targets.put(index, unit(drawn < label(index) ? drawn : drawn + 1));
    }
    return this;
  }

  /**
   * Gives examples labels, one each, in their order.
   *
   * @throws IllegalArgumentException if there is but one
   */
  public Retargeted withLabels(Batch examples, int... labels) {
    checkOtherClass();
    int[] indices = examples.indices();
    for (int i = 0; i < indices.length; i++) {
      targets.put(indices[i], unit(labels[i]));
    }
    return this;
  }

  private void checkOtherClass() {
    if (classes() < 2) {
      throw new IllegalArgumentException(
          name() + " has " + classes() + " class; another label needs at least 2");
    }
  }

  /**
   * Gives examples the answers of a teacher in evaluation mode, mixed with their labels.
   *
   * @param labelShare weight of the label's unit vector, 0 to 1; that of the teacher is the rest
   */
  public Retargeted withTeacher(Network teacher, Batch examples, double labelShare) {
    double[][] logits = Logits.of(teacher, examples);
    int[] indices = examples.indices();
    for (int i = 0; i < indices.length; i++) {
      SoftMax answer = new SoftMax(logits[i]);
      double[] taught = new double[classes()];
      for (int c = 0; c < taught.length; c++) {
        taught[c] = (1 - labelShare) * answer.probability(c);
      }
      taught[label(indices[i])] += labelShare;
      targets.put(indices[i], taught);
    }
    return this;
  }

  /**
   * The examples of batches in this data set.
   *
   * @throws IllegalArgumentException if they are of another one than this was made of
   */
  public Batch of(Batch... batches) {
    for (Batch batch : batches) {
      if (batch.dataset() != original) {
        throw new IllegalArgumentException(
            "what is forgotten and what stays must be of one data set here, not of "
                + original.name()
                + " and of "
                + batch.dataset().name());
      }
    }
    return Batch.of(
        this,
        Arrays.stream(batches).flatMapToInt(batch -> Arrays.stream(batch.indices())).toArray());
  }

  /** Gives examples a label each, drawn from the answers of a network in evaluation mode. */
  public Retargeted withDrawnLabels(Network network, Batch examples, long seed) {
    withTeacher(network, examples, 0);
    for (int index : examples.indices()) {
      double left = new SplittableRandom(31 * seed + index).nextDouble();
      double[] probabilities = targets.get(index);
      int drawn = 0;
      while (drawn < probabilities.length - 1 && left >= probabilities[drawn]) {
        left -= probabilities[drawn++];
      }
      targets.put(index, unit(drawn));
    }
    return this;
  }

  private double[] unit(int label) {
    double[] target = new double[classes()];
    target[label] = 1;
    return target;
  }

  @Override
  public double[] target(int index) {
    double[] given = targets.get(index);
    return given == null ? unit(label(index)) : given;
  }

  @Override
  public Dataset original() {
    return original;
  }

  @Override
  public String name() {
    return original.name() + ", other targets";
  }
}
