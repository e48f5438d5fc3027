package dev.unrolling.experiments.benchmark;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiments.benchmark.attacks.LikelihoodRatioAttack;
import dev.unrolling.experiments.benchmark.attacks.Relearning;
import dev.unrolling.metrics.OutputDistances;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architecture;
import dev.unrolling.training.Logits;
import dev.unrolling.unlearning.RequestSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * The networks of a run, open. Methods may be measured by several threads at once: each works on
 * copies of its own.
 */
final class Bench implements AutoCloseable {

  private final BenchmarkSplit split;
  private final BenchmarkSettings settings;
  private final Network original;
  private final Network retrained;
  private final Network start;
  private final RunRecord record;
  private final Tuning tuning;
  private final Measures reference;
  private final double[][] referenceLogits;
  private final Measures untouched;
  private final double forgettingDistance;
  private final Relearning relearning;
  private final LikelihoodRatioAttack attack;

  private Bench(
      BenchmarkSplit split,
      TrainedNetworks.Recorded recorded,
      NetworkState retrained,
      Tuning tuning,
      List<NetworkState> shadows,
      Architecture architecture,
      RunContext context) {
    this.split = split;
    this.settings = split.settings();
    this.original = context.network(architecture, recorded.original());
    this.retrained = context.network(architecture, retrained);
    this.start = context.engine().network(architecture, settings.seed());
    this.record = new RunRecord(start, split.forget());
    record.resume(start, recorded.record());
    this.tuning = tuning;
    this.reference = Measures.ofTest(this.retrained, split);
    this.referenceLogits = Logits.of(this.retrained, split.test());
    this.untouched = Measures.ofTest(original, split);
    this.forgettingDistance = VerificationError.value(original, this.retrained);
    this.relearning =
        new Relearning(original, split.forget(), settings.batchSize(), settings.relearningRate());
    boolean whole = settings.protocol() == BenchmarkSettings.Protocol.CLASS;
    this.attack =
        new LikelihoodRatioAttack(split.forget(), whole ? split.forgottenTest() : split.test());
    for (int i = 0; i < shadows.size(); i += 2) {
      try (Network one = context.network(architecture, shadows.get(i));
          Network next = context.network(architecture, shadows.get(i + 1))) {
        attack.add(one, next, split.shadowed(i));
      }
    }
  }

  /**
   * Trains what the run needs, as many at once as the run may.
   *
   * @param split of the run
   * @param other what methods are tuned on
   */
  static Bench of(
      BenchmarkSplit split, BenchmarkSplit other, Architecture architecture, RunContext context) {
    TrainedNetworks networks = new TrainedNetworks(architecture, context);
    List<Supplier<NetworkState>> trainings =
        new ArrayList<>(
            List.of(
                () -> networks.retrained(split),
                () -> networks.original(other),
                () -> networks.retrained(other)));
    for (int i = 0; i < split.settings().shadowModels(); i++) {
      int number = i;
      trainings.add(() -> networks.shadow(split, number));
    }
    NetworkState[] states = new NetworkState[trainings.size()];
    AtomicReference<TrainedNetworks.Recorded> recorded = new AtomicReference<>();
    List<Runnable> tasks = new ArrayList<>();
    tasks.add(() -> recorded.set(networks.recorded(split)));
    for (int i = 0; i < states.length; i++) {
      int number = i;
      tasks.add(() -> states[number] = trainings.get(number).get());
    }
    context.inParallel(tasks);
    return new Bench(
        split,
        recorded.get(),
        states[0],
        new Tuning(
            other,
            context.network(architecture, states[1]),
            context.network(architecture, states[2])),
        List.of(states).subList(3, states.length),
        architecture,
        context);
  }

  /** The rows to be by the names of their methods, in the order of the table. */
  Map<String, Supplier<BenchmarkRow>> methods() {
    long steps = (long) settings.epochs() * split.retained().size();
    Map<String, Supplier<BenchmarkRow>> all = new LinkedHashMap<>();
    put(all, BenchmarkExperiment.NOTHING, 0, () -> Tuning.copy(original));
    put(all, BenchmarkExperiment.RETRAINING, steps, () -> Tuning.copy(retrained));
    formula(
        all,
        "single-gradient",
        split.forget().size(),
        (initial, weights) -> RunRecord.singleGradient(initial, weights, split));
    formula(all, "amnesiac", 0, (initial, weights) -> record.amnesiac(weights));
    formula(
        all,
        "krylov",
        RunRecord.oneHessianCost(split),
        (initial, weights) -> RunRecord.oneHessian(initial, weights, split));
    formula(all, "trajectory", 2 * steps, (initial, weights) -> record.trajectory(weights));
    for (Contender contender : Contender.all(settings, original.architecture())) {
      all.put(contender.name(), () -> tuned(contender));
    }
    settings
        .only()
        .ifPresent(
            only -> {
              OwnMethods.named(only)
                  .map(own -> Contender.own(own, settings))
                  .ifPresent(own -> all.put(only, () -> tuned(own)));
              all.keySet().retainAll(List.of(only));
            });
    return all;
  }

  private void put(
      Map<String, Supplier<BenchmarkRow>> all,
      String name,
      long gradients,
      Supplier<Network> unlearned) {
    all.put(name, () -> row(name, Double.NaN, gradients, unlearned));
  }

  /** M with weights that a formula makes of its own and of the initial network. */
  private void formula(
      Map<String, Supplier<BenchmarkRow>> all,
      String name,
      long gradients,
      BiFunction<Network, ParameterVector, ParameterVector> unlearned) {
    put(
        all,
        name,
        gradients,
        () -> {
          Network made = Tuning.copy(original);
          try (Network initial = Tuning.copy(start);
              ParameterVector weights = unlearned.apply(initial, made.weights())) {
            made.setWeights(weights);
          }
          return made;
        });
  }

  private BenchmarkRow tuned(Contender contender) {
    double chosen = tuning.best(contender);
    return row(
        contender.name(),
        chosen,
        contender.gradients(
            chosen,
            new RequestSize(split.forget().size(), split.retained().size(), settings.epochs())),
        () -> Tuning.unlearned(contender.made().apply(chosen), original, split).orElse(null));
  }

  private BenchmarkRow row(
      String method, double candidate, long gradients, Supplier<Network> unlearned) {
    long began = System.nanoTime();
    try (Network network = unlearned.get()) {
      double seconds = (System.nanoTime() - began) / 1e9;
      boolean there = network != null;
      Measures found = there ? Measures.ofTest(network, split) : Measures.NONE;
      OutputDistances apart =
          OutputDistances.between(
              there ? Logits.of(network, split.test()) : noAnswers(),
              referenceLogits,
              split.test().labels());
      return new BenchmarkRow(
          original.engine().name(),
          original.engine().threads(),
          settings,
          method,
          split.forget().size(),
          candidate,
          found.ua(),
          found.ra(),
          found.ta(),
          found.forgottenClass(),
          found.mia(),
          there ? attack.areaUnderCurve(network) : Double.NaN,
          found.gap(reference),
          found.ta() / untouched.ta(),
          found.indiscernibility(),
          there ? relearning.steps(network) : Double.NaN,
          there ? distance(network) : Double.NaN,
          forgettingDistance,
          apart.meanLogitDistance(),
          apart.meanKl(),
          gradients,
          seconds);
    }
  }

  private double distance(Network network) {
    try (Network other = Tuning.copy(retrained)) {
      return VerificationError.value(network, other);
    }
  }

  private double[][] noAnswers() {
    double[][] none = new double[referenceLogits.length][referenceLogits[0].length];
    Arrays.stream(none).forEach(row -> Arrays.fill(row, Double.NaN));
    return none;
  }

  @Override
  public void close() {
    List.of(original, retrained, start).forEach(Network::close);
    tuning.close();
    record.close();
  }
}
