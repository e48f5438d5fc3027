package dev.unrolling.experiments.benchmark.attacks;

import java.util.Arrays;
import libsvm.svm;
import libsvm.svm_model;
import libsvm.svm_node;
import libsvm.svm_parameter;
import libsvm.svm_problem;

/**
 * A support vector classifier that tells members from non-members by one number each, the
 * probability of the true class: C = 3, a radial kernel with gamma = 1 / features = 1, as in the
 * scripts of Jia et al. (NeurIPS 2023), by libsvm (Chang and Lin, 2011), which scikit-learn wraps
 * too.
 */
public final class MembershipAttack {

  private static final int MEMBER = 1;
  private static final int NON_MEMBER = 0;
  private static final double COST = 3;
  private static final double TOLERANCE = 1e-3;
  private static final int CACHE_MEGABYTES = 100;

  private final svm_model model;

  private MembershipAttack(svm_model model) {
    this.model = model;
  }

  /**
   * Fits the classifier.
   *
   * @param members numbers of members, at least one
   * @param nonMembers numbers of non-members, at least one
   */
  public static MembershipAttack fit(double[] members, double[] nonMembers) {
    svm_problem problem = new svm_problem();
    problem.l = members.length + nonMembers.length;
    problem.x = new svm_node[problem.l][];
    problem.y = new double[problem.l];
    for (int i = 0; i < problem.l; i++) {
      boolean member = i < members.length;
      problem.x[i] = nodes(member ? members[i] : nonMembers[i - members.length]);
      problem.y[i] = member ? MEMBER : NON_MEMBER;
    }
    svm_parameter parameter = new svm_parameter();
    parameter.svm_type = svm_parameter.C_SVC;
    parameter.kernel_type = svm_parameter.RBF;
    parameter.gamma = 1;
    parameter.C = COST;
    parameter.eps = TOLERANCE;
    parameter.cache_size = CACHE_MEGABYTES;
    parameter.shrinking = 1;
    svm.svm_set_print_string_function(text -> {});
    return new MembershipAttack(svm.svm_train(problem, parameter));
  }

  private static svm_node[] nodes(double value) {
    svm_node node = new svm_node();
    node.index = 1;
    node.value = value;
    return new svm_node[] {node};
  }

  /** The share of examples that it takes for non-members, 0 to 1. */
  public double shareOfNonMembers(double[] values) {
    return Arrays.stream(values)
            .filter(value -> svm.svm_predict(model, nodes(value)) == NON_MEMBER)
            .count()
        / (double) values.length;
  }
}
