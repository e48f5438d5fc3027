package dev.unrolling.curvature;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.ParameterVector;
import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.nd4j.linalg.api.buffer.DataType;

/** A small operator written out as a matrix, column by column, to check methods against. */
final class AssembledMatrix {

  private final double[][] rows;

  AssembledMatrix(LinearOperator operator) {
    int n = Math.toIntExact(operator.size());
    rows = new double[n][];
    for (int i = 0; i < n; i++) {
      double[] unit = new double[n];
      unit[i] = 1;
      try (ParameterVector e = operator.vector(unit);
          ParameterVector column = operator.apply(e)) {
        rows[i] = column.toArray().castTo(DataType.DOUBLE).toDoubleVector();
      }
    }
  }

  double[][] rows() {
    return rows;
  }

  double trace() {
    double sum = 0;
    for (int i = 0; i < rows.length; i++) {
      sum += rows[i][i];
    }
    return sum;
  }

  /** Largest difference to the transpose. */
  double asymmetry() {
    double worst = 0;
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < i; j++) {
        worst = Math.max(worst, Math.abs(rows[i][j] - rows[j][i]));
      }
    }
    return worst;
  }

  /** All eigenvalues, the largest first. */
  double[] eigenvalues() {
    return eigenvalues(rows);
  }

  /** All eigenvalues of the symmetric part of a matrix, the largest first. */
  static double[] eigenvalues(double[][] rows) {
    double[][] symmetric = new double[rows.length][rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows.length; j++) {
        symmetric[i][j] = (rows[i][j] + rows[j][i]) / 2;
      }
    }
    double[] values =
        new EigenDecomposition(new Array2DRowRealMatrix(symmetric)).getRealEigenvalues();
    Arrays.sort(values);
    double[] descending = new double[values.length];
    Arrays.setAll(descending, i -> values[values.length - 1 - i]);
    return descending;
  }
}
