package dev.unrolling.sweep;

import dev.unrolling.benchmark.Workload;
import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.engine.torch.ChannelsFirst;
import dev.unrolling.model.Architecture;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes a {@link Case}: a step, a gradient, a Hessian product, logits; and compares. */
final class CaseRun {

  /** Multiplications of a batch beyond which the comparison in float64 is left out. */
  private static final double LARGEST_COMPARED = 2e7;

  private static final Objective OBJECTIVE = Objective.crossEntropy().withGamma(1);
  private static final SgdStep STEP = SgdStep.plain(1);

  private CaseRun() {}

  /** Examples of a case's shape, drawn from its index. */
  private record Drawn(Case of, long seed) implements Dataset {
    @Override
    public String name() {
      return "drawn";
    }

    @Override
    public int size() {
      return of.batch();
    }

    @Override
    public int classes() {
      return Case.CLASSES;
    }

    @Override
    public List<String> classNames() {
      return Collections.nCopies(Case.CLASSES, "a class");
    }

    @Override
    public int[] exampleShape() {
      return new int[] {of.channels(), of.height(), of.width()};
    }

    @Override
    public int label(int index) {
      return index % Case.CLASSES;
    }

    @Override
    public void writeExample(int index, double[] target, int offset) {
      SplittableRandom random = new SplittableRandom(seed * 1000 + index);
      for (int i = 0; i < exampleSize(); i++) {
        target[offset + i] = 2 * random.nextDouble() - 1;
      }
    }
  }

  /** What a case gives, each as a vector. */
  private record Results(double[] moved, double[] gradient, double[] product, double[] logits) {

    boolean sameBits(Results other) {
      return Arrays.equals(moved, other.moved)
          && Arrays.equals(gradient, other.gradient)
          && Arrays.equals(product, other.product)
          && Arrays.equals(logits, other.logits);
    }
  }

  /**
   * Computes a case twice.
   *
   * @return what is wrong with its numbers, or nothing
   * @throws IllegalArgumentException if it is refused
   * @throws ArithmeticException if it has no Hessian by differences
   */
  static String wrong(Case one) {
    Architecture architecture = one.architecture();
    Engine engine = engine(one);
    Results first = results(one, engine, architecture);
    if (!first.sameBits(results(one, engine, architecture))) {
      return "another result the second time";
    }
    double work = (double) one.batch() * Workload.of(architecture).forward();
    if (work > LARGEST_COMPARED) {
      return "";
    }
    Engine exact = Engines.open("torch", "cpu", Precision.FLOAT64).withThreads(1);
    Results expected = results(one, exact, architecture);
    // Steps in bfloat16 have 8 bits, and its ties in a max pool go anywhere.
    double coarse = one.precision() == Precision.BFLOAT16 ? 0.3 : 2e-3;
    return differs("step", expected.moved, first.moved, coarse)
        + differs("gradient", expected.gradient, first.gradient, 2e-3)
        + differs("Hessian product", expected.product, first.product, 2e-2)
        + differs("logits", expected.logits, first.logits, 1e-3);
  }

  private static Engine engine(Case one) {
    Engine engine = Engines.open(one.engine(), "cpu", one.precision());
    return (one.channelsFirst() ? ChannelsFirst.of(engine) : engine).withThreads(one.threads());
  }

  private static Results results(Case one, Engine engine, Architecture architecture) {
    Dataset data = new Drawn(one, one.index());
    Batch batch = Batch.of(data, IntStream.range(0, one.batch()).toArray());
    try (Network network = engine.network(architecture, 1);
        ParameterVector before = network.weights();
        LossGradient gradient = network.gradient(batch, OBJECTIVE, Mode.TRAINING);
        ParameterVector product = product(one, network, batch)) {
      INDArray logits = network.logits(batch, Mode.EVALUATION);
      network.step(batch, OBJECTIVE, STEP).value();
      try (ParameterVector after = network.weights()) {
        return new Results(
            values(after.addInPlace(-1, before).toArray()),
            values(gradient.gradient().toArray()),
            values(product.toArray()),
            values(logits));
      }
    }
  }

  /** Along the weights. DL4J's is by differences of gradients: only small networks have time. */
  private static ParameterVector product(Case one, Network network, Batch batch) {
    try (ParameterVector direction = network.weights()) {
      return network.hessianVectorProduct(batch, OBJECTIVE, Mode.TRAINING, direction);
    }
  }

  private static double[] values(INDArray array) {
    return array.ravel().toDoubleVector();
  }

  private static String differs(String what, double[] expected, double[] actual, double tolerance) {
    double squares = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += (expected[i] - actual[i]) * (expected[i] - actual[i]);
      norm += expected[i] * expected[i];
    }
    double distance = Math.sqrt(squares);
    // A norm that all but vanishes is rounding of its parts, which are of size 1.
    boolean close = distance <= tolerance * Math.max(1e-3, Math.sqrt(norm));
    return close && expected.length == actual.length
        ? ""
        : String.format("%s %.1e apart of %.1e; ", what, distance, Math.sqrt(norm));
  }
}
