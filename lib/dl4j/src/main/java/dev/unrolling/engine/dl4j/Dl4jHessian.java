package dev.unrolling.engine.dl4j;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Layer;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Hessian by central differences of gradients, on a float64 copy of the network: DL4J has no
 * second derivatives.
 *
 * <p>\( H v \approx (g(w + \epsilon v) - g(w - \epsilon v)) / 2 \epsilon \) with \( \epsilon = c (1
 * + |w|) / |v| \). A smooth network takes c = 1e-6. A rectified one has kinks, as the
 * standard-deviation penalty has where an example's logits are equal, and a step must cross next to
 * none: c = 1e-9. The same with twice the step tells the error.
 */
final class Dl4jHessian implements LinearOperator {

  private static final double SMOOTH_STEP = 1e-6;
  private static final double KINKED_STEP = 1e-9;
  private static final double LARGEST_ERROR = 1e-2;

  private final Dl4jEngine engine;
  private final Dl4jNetwork network;
  private final ParameterVector home;
  private final Batch batch;
  private final Objective objective;
  private final double weightDecay;
  private final Mode mode;
  private final double step;
  private boolean closed;

  Dl4jHessian(Dl4jNetwork original, Batch batch, Objective objective, Mode mode) {
    this.engine = (Dl4jEngine) original.engine();
    this.network = original.copy(new Dl4jEngine(engine.device(), Precision.FLOAT64));
    this.home = network.weights();
    this.batch = batch;
    this.objective = objective.withWeightDecay(0);
    this.weightDecay = objective.weightDecay();
    this.mode = mode;
    boolean kinks = objective.gamma() > 0 || kinked(original.architecture().layers());
    double relative = kinks ? KINKED_STEP : SMOOTH_STEP;
    this.step = relative * (1 + home.norm2());
  }

  private static boolean kinked(List<Layer> layers) {
    return layers.stream()
        .anyMatch(
            layer ->
                layer instanceof Layer.Relu
                    || layer instanceof Layer.MaxPool
                    || layer instanceof Layer.UserModel f && !f.smooth()
                    || layer instanceof Layer.Residual r
                        && (kinked(r.body()) || kinked(r.shortcut())));
  }

  @Override
  public ParameterVector apply(ParameterVector vector) {
    if (closed) {
      throw new IllegalStateException("the Hessian was closed");
    }
    INDArray direction = Dl4jVector.compatible(vector, engine, size());
    try (ParameterVector v = network.vector(direction)) {
      double norm = v.norm2();
      if (norm == 0) {
        return new Dl4jVector(engine, Nd4j.zerosLike(direction));
      }
      ParameterVector product = difference(v, step / norm);
      try (product;
          ParameterVector coarse = difference(v, 2 * step / norm)) {
        checkError(coarse.distance(product), product.norm2());
        product.addInPlace(weightDecay, v);
        return new Dl4jVector(engine, engine.copy(product.toArray()));
      }
    }
  }

  private static void checkError(double distance, double norm) {
    // Not-a-number is refused too.
    if (!(distance <= LARGEST_ERROR * norm)) {
      throw new ArithmeticException(
          "the Hessian-vector product by differences of gradients has a relative error of about "
              + String.format("%.1e", distance / norm)
              + ", more than "
              + LARGEST_ERROR
              + "; engine torch has exact second derivatives");
    }
  }

  private ParameterVector difference(ParameterVector v, double epsilon) {
    ParameterVector ahead = gradient(v, epsilon);
    try (ParameterVector behind = gradient(v, -epsilon)) {
      return ahead.addInPlace(-1, behind).scaleInPlace(1 / (2 * epsilon));
    }
  }

  private ParameterVector gradient(ParameterVector v, double epsilon) {
    try (ParameterVector moved = home.copy()) {
      network.setWeights(moved.addInPlace(epsilon, v));
      LossGradient result = network.gradient(batch, objective, mode);
      return result.gradient();
    }
  }

  @Override
  public ParameterVector vector(double[] values) {
    if (values.length != size()) {
      throw new IllegalArgumentException(
          "the space has " + size() + " dimensions, not " + values.length);
    }
    return new Dl4jVector(engine, engine.array(values, values.length));
  }

  @Override
  public long size() {
    return network.layout().size();
  }

  @Override
  public void close() {
    closed = true;
    home.close();
    network.close();
  }
}
