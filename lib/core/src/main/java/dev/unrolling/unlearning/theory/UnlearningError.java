package dev.unrolling.unlearning.theory;

import java.util.List;

/**
 * The unlearning error: what the paper predicts the verification error by (claim 2.3). With the sum
 * of gradients up to step i taken as i/t of the total movement and every Hessian bounded by sigma,
 * the f terms of unrolled SGD sum to about \( \|w_t - w_0\| \sigma (t - 1) / 2 \) times a power of
 * the rate.
 *
 * @param form the formula
 * @param averaging which measurements of sigma enter
 */
public record UnlearningError(Form form, Averaging averaging) {

  /** The formula. */
  public enum Form {
    /** As published: \( e = \eta^2 \|w_t - w_0\| \sigma (t - 1) / 2 \). */
    PUBLISHED,
    /**
     * With one eta, in the unit of a weight (our claim 2.4): \( e_1 = \eta \|w_t - w_0\| \sigma (t
     * - 1) / 2 \). Only this can be compared with v across learning rates.
     */
    ONE_ETA,
    /**
     * As the authors' scripts compute it: \( \eta^2 \|w_t - w_0\| \sqrt{\lambda} \, s / 2 \), with
     * the square root of the top eigenvalue for sigma and the zero-based index s of the step just
     * taken for t - 1 (the same number). NaN if an eigenvalue is negative.
     */
    AUTHORS_SQUARE_ROOT
  }

  /** Which measurements of sigma enter. */
  public enum Averaging {
    /** The mean of all measurements so far: the paper's rolling form. */
    ROLLING_MEAN,
    /** The last one. */
    LAST
  }

  /** The form as published, with the rolling mean of sigma. */
  public static UnlearningError published() {
    return new UnlearningError(Form.PUBLISHED, Averaging.ROLLING_MEAN);
  }

  /** The one-eta form, with the rolling mean of sigma. */
  public static UnlearningError oneEta() {
    return new UnlearningError(Form.ONE_ETA, Averaging.ROLLING_MEAN);
  }

  /** The form of the authors' scripts, with the rolling mean of sigma. */
  public static UnlearningError authorsSquareRoot() {
    return new UnlearningError(Form.AUTHORS_SQUARE_ROOT, Averaging.ROLLING_MEAN);
  }

  /** This error with another averaging of sigma. */
  public UnlearningError withAveraging(Averaging averaging) {
    return new UnlearningError(form, averaging);
  }

  /**
   * The error after t steps at a constant rate.
   *
   * @param rate eta, positive
   * @param movement norm2(w_t - w_0), at least 0
   * @param steps t, at least 1
   * @param eigenvalues dominant eigenvalues of the Hessian measured so far, in order, with their
   *     signs; at least one
   * @throws IllegalArgumentException if a value is out of range
   */
  public double value(double rate, double movement, int steps, List<Double> eigenvalues) {
    if (!(rate > 0) || !(movement >= 0) || steps < 1 || eigenvalues.isEmpty()) {
      throw new IllegalArgumentException(
          "the unlearning error needs a positive rate, a movement of at least 0, at least 1 step"
              + " and 1 eigenvalue, not "
              + rate
              + ", "
              + movement
              + ", "
              + steps
              + " and "
              + eigenvalues.size());
    }
    double half = movement * sigma(eigenvalues) * (steps - 1) / 2;
    return form == Form.ONE_ETA ? rate * half : rate * rate * half;
  }

  /**
   * The sigma that enters: |eigenvalue|, or its square root in the authors' form, averaged.
   *
   * @param eigenvalues measured so far, in order, with their signs; at least one
   */
  public double sigma(List<Double> eigenvalues) {
    List<Double> used =
        averaging == Averaging.LAST
            ? eigenvalues.subList(eigenvalues.size() - 1, eigenvalues.size())
            : eigenvalues;
    double sum = 0;
    for (double eigenvalue : used) {
      sum += form == Form.AUTHORS_SQUARE_ROOT ? Math.sqrt(eigenvalue) : Math.abs(eigenvalue);
    }
    return sum / used.size();
  }
}
