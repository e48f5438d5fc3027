package dev.unrolling.model;

import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Initial weights drawn as PyTorch's defaults for these layers do: weights and biases of
 * convolutions and dense layers uniform in plus or minus 1/sqrt(fan in) (Kaiming uniform with a =
 * sqrt 5), batch norms at scale 1 and shift 0. One seed gives the same weights on every engine and
 * machine; they are not the bits that PyTorch's own generator would draw.
 */
public final class InitialWeights {

  private InitialWeights() {}

  /**
   * Draws the weights of an architecture.
   *
   * @param architecture whose layout is filled
   * @param seed of the generator
   * @return rank 1, float64, of length {@code architecture.parameters().size()}
   */
  public static INDArray draw(Architecture architecture, long seed) {
    return Nd4j.createFromArray(values(architecture.parameters(), new SplittableRandom(seed)));
  }

  /**
   * Running statistics before the first step: means 0, variances 1.
   *
   * @return of length {@code architecture.runningStatistics().size()}
   */
  public static double[] runningStatistics(Architecture architecture) {
    return values(architecture.runningStatistics(), new SplittableRandom(0));
  }

  private static double[] values(ParameterLayout layout, SplittableRandom random) {
    double[] values = new double[Math.toIntExact(layout.size())];
    for (ParameterLayout.Entry entry : layout.entries()) {
      int from = Math.toIntExact(entry.offset());
      int to = Math.toIntExact(from + entry.size());
      double bound = 1 / Math.sqrt(entry.fanIn());
      for (int i = from; i < to; i++) {
        values[i] =
            switch (entry.kind()) {
              case WEIGHT, BIAS -> bound * (2 * random.nextDouble() - 1);
              case SCALE, RUNNING_VARIANCE -> 1;
              case SHIFT, RUNNING_MEAN -> 0;
            };
      }
    }
    return values;
  }
}
