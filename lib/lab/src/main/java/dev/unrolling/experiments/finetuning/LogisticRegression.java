package dev.unrolling.experiments.finetuning;

import dev.unrolling.data.Dataset;
import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;

/**
 * Logistic regression on two classes, fitted by Newton's method until its gradient is 0 but for
 * rounding: what a linear head trained by SGD is held against. It shares no code with the engines.
 * Minimises the mean cross entropy plus {@link #RIDGE}/2 times the squared norm of the weights (not
 * of the bias), which keeps the minimum finite where the classes can be separated.
 *
 * @param weights one a feature, then the bias
 * @param gradientNorm at the end: how converged it is
 * @param iterations Newton steps taken
 */
public record LogisticRegression(double[] weights, double gradientNorm, int iterations) {

  /** Weight of the ridge. */
  public static final double RIDGE = 1e-4;

  /** Norm of the gradient that counts as 0. */
  public static final double TOLERANCE = 1e-10;

  private static final int MAX_ITERATIONS = 100;

  /**
   * Fits a data set of vectors.
   *
   * @param train with two classes
   * @throws IllegalArgumentException if it has more classes
   * @throws ArithmeticException if it does not converge
   */
  public static LogisticRegression fit(Dataset train) {
    if (train.classes() != 2) {
      throw new IllegalArgumentException(
          train.name() + " has " + train.classes() + " classes; 2 are expected");
    }
    double[][] rows = rows(train);
    double[] w = new double[rows[0].length];
    double value = value(rows, train, w);
    for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
      double[] gradient = gradient(rows, train, w);
      double norm = new ArrayRealVector(gradient, false).getNorm();
      if (norm <= TOLERANCE) {
        return new LogisticRegression(w, norm, iteration);
      }
      double[] step =
          new CholeskyDecomposition(new Array2DRowRealMatrix(hessian(rows, w), false))
              .getSolver()
              .solve(new ArrayRealVector(gradient, false))
              .toArray();
      // A full step may go too far from where the sigmoid is flat; half of it then does.
      double length = 1;
      double[] next = moved(w, step, length);
      while (length > 1e-6 && value(rows, train, next) > value + 1e-12) {
        length /= 2;
        next = moved(w, step, length);
      }
      w = next;
      value = value(rows, train, w);
    }
    throw new ArithmeticException(
        "logistic regression did not converge in " + MAX_ITERATIONS + " Newton steps");
  }

  /** Share of examples on the right side, 0 to 1. */
  public double accuracy(Dataset examples) {
    double[][] rows = rows(examples);
    int hits = 0;
    for (int i = 0; i < rows.length; i++) {
      hits += (score(rows[i], weights) > 0 ? 1 : 0) == examples.label(i) ? 1 : 0;
    }
    return (double) hits / rows.length;
  }

  private static double[][] rows(Dataset data) {
    int features = Arrays.stream(data.exampleShape()).reduce(1, (a, b) -> a * b);
    double[][] rows = new double[data.size()][features + 1];
    for (int i = 0; i < rows.length; i++) {
      data.writeExample(i, rows[i], 0);
      rows[i][features] = 1;
    }
    return rows;
  }

  private static double score(double[] row, double[] w) {
    double sum = 0;
    for (int j = 0; j < w.length; j++) {
      sum += row[j] * w[j];
    }
    return sum;
  }

  private static double probability(double score) {
    return 1 / (1 + Math.exp(-score));
  }

  private static double value(double[][] rows, Dataset data, double[] w) {
    double sum = 0;
    for (int i = 0; i < rows.length; i++) {
      double margin = (2 * data.label(i) - 1) * score(rows[i], w);
      sum += Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
    }
    double squares = 0;
    for (int j = 0; j < w.length - 1; j++) {
      squares += w[j] * w[j];
    }
    return sum / rows.length + RIDGE / 2 * squares;
  }

  private static double[] gradient(double[][] rows, Dataset data, double[] w) {
    double[] gradient = new double[w.length];
    for (int j = 0; j < w.length - 1; j++) {
      gradient[j] = RIDGE * w[j];
    }
    for (int i = 0; i < rows.length; i++) {
      double factor = (probability(score(rows[i], w)) - data.label(i)) / rows.length;
      for (int j = 0; j < w.length; j++) {
        gradient[j] += factor * rows[i][j];
      }
    }
    return gradient;
  }

  private static double[][] hessian(double[][] rows, double[] w) {
    double[][] hessian = new double[w.length][w.length];
    for (double[] row : rows) {
      double p = probability(score(row, w));
      for (int j = 0; j < w.length; j++) {
        double factor = p * (1 - p) / rows.length * row[j];
        for (int k = 0; k <= j; k++) {
          hessian[j][k] += factor * row[k];
        }
      }
    }
    for (int j = 0; j < w.length; j++) {
      // The last, the bias, gets a trace of it, against a singular matrix.
      hessian[j][j] += j < w.length - 1 ? RIDGE : 1e-12;
      for (int k = 0; k < j; k++) {
        hessian[k][j] = hessian[j][k];
      }
    }
    return hessian;
  }

  private static double[] moved(double[] w, double[] step, double length) {
    double[] moved = w.clone();
    for (int j = 0; j < w.length; j++) {
      moved[j] -= length * step[j];
    }
    return moved;
  }
}
