package dev.unrolling.forgetting.inputs;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.metrics.ForgettingDistance;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import dev.unrolling.weights.StateDict;
import dev.unrolling.weights.WeightFiles;
import dev.unrolling.weights.WeightNames;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** Two files of weights of one of the library's architectures, trained by plain SGD. */
final class WeightsPair implements ModelPair {

  private final Path before;
  private final Path after;
  private final String architecture;
  private final Engine engine;
  private final double rate;
  private final double momentum;
  private Moment start;
  private Moment trained;

  /**
   * @param architecture as {@link Architectures#named(String, List, int)} knows it
   * @param rate of the training
   * @param momentum of the training
   */
  WeightsPair(
      Path before, Path after, String architecture, Engine engine, double rate, double momentum) {
    this.before = before;
    this.after = after;
    this.architecture = architecture;
    this.engine = engine;
    this.rate = rate;
    this.momentum = momentum;
  }

  /**
   * The network at one moment.
   *
   * @param values owned
   * @param names of the tensors in the user's files
   */
  private record Moment(Network values, WeightNames names) implements Snapshot {

    @Override
    public double distance(Snapshot other) {
      return ForgettingDistance.value(values, ((Moment) other).values);
    }

    @Override
    public double loss(Batch examples) {
      return Evaluation.of(values, examples.dataset(), examples.indices()).meanLoss();
    }

    @Override
    public double accuracy(Batch examples) {
      return Evaluation.of(values, examples.dataset(), examples.indices()).accuracy();
    }

    @Override
    public Network network() {
      return values.copy();
    }

    @Override
    public Snapshot with(Network other) {
      return new Moment(other.copy(), names);
    }

    @Override
    public void write(Path file) {
      StateDict.save(values, file, names);
    }

    @Override
    public void close() {
      values.close();
    }
  }

  @Override
  public Dataset fed(Dataset data) {
    if (start != null) {
      return data;
    }
    List<Integer> shape = Arrays.stream(data.exampleShape()).boxed().toList();
    Architecture layers =
        shape.size() == 3
            ? Architectures.named(architecture, shape, data.classes())
            : Architectures.named(architecture, data.classes());
    Network w0 = engine.network(layers, 0);
    Network wt = engine.network(layers, 0);
    StateDict.load(w0, before);
    StateDict.load(wt, after);
    WeightNames names = names(wt);
    start = new Moment(w0, names);
    trained = new Moment(wt, names);
    return data;
  }

  /** Those of the trained file, for the unlearned one to be read by what read it. */
  private WeightNames names(Network network) {
    Set<String> found = WeightFiles.read(after).keySet();
    return Stream.of(
            WeightNames.own(),
            WeightNames.pyTorch(),
            WeightNames.torchvision(),
            WeightNames.sequential())
        .filter(names -> match(network, names, found))
        .findFirst()
        .orElse(WeightNames.own());
  }

  private static boolean match(Network network, WeightNames names, Set<String> found) {
    try {
      return StateDict.of(network, names).keySet().equals(found);
    } catch (IllegalArgumentException unnamed) {
      return false;
    }
  }

  @Override
  public Snapshot start() {
    return start;
  }

  @Override
  public Snapshot trained() {
    return trained;
  }

  @Override
  public UserExamples.Pixels pixels() {
    return UserExamples.Pixels.UNIT;
  }

  @Override
  public OptionalInt steps() {
    return OptionalInt.empty();
  }

  @Override
  public OptionalInt epochs() {
    return OptionalInt.empty();
  }

  @Override
  public double momentum() {
    return momentum;
  }

  @Override
  public boolean stepsAsWeDo() {
    return true;
  }

  @Override
  public double[] rates(BatchOrder order) {
    double[] rates = new double[order.steps()];
    Arrays.fill(rates, rate);
    return rates;
  }

  @Override
  public Objective objective() {
    return Objective.crossEntropy();
  }

  @Override
  public Unlearned singleGradient(BatchOrder order) {
    SgdTrainer trainer =
        new SgdTrainer(objective(), Schedule.constant(rate)).withMomentum(momentum);
    SingleGradientUnlearning method =
        new SingleGradientUnlearning(
            momentum > 0 ? GradientFactor.MOMENTUM_CORRECTED : GradientFactor.SUM_OF_RATES);
    try (Network network = start.network();
        ForgettingRecorder record =
            KnownRun.record(network, trained, order, trainer, Removal.skippedStep());
        Network unlearned = method.unlearnedNetwork(record)) {
      String factor = "added " + record.factor(method.factor()) + " times the gradient at w_0";
      return new Unlearned(trained.with(unlearned), List.of(factor));
    }
  }

  @Override
  public Snapshot trainedAgain(BatchOrder order, IntConsumer progress) {
    Network again = start.network();
    int each = order.batchesPerEpoch();
    new SgdTrainer(objective(), Schedule.constant(rate))
        .withMomentum(momentum)
        .withProgress((done, of, loss) -> progress.accept(done / each))
        .train(again, order);
    return new Moment(again, start.names);
  }

  @Override
  public void close() {
    if (start != null) {
      start.close();
      trained.close();
    }
  }
}
