package dev.unrolling.experiments.benchmark;

import dev.unrolling.model.Architecture;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.FineTuningUnlearning;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.TunableMethod;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.baselines.BadTeacher;
import dev.unrolling.unlearning.baselines.BoundaryShrink;
import dev.unrolling.unlearning.baselines.FisherForgetting;
import dev.unrolling.unlearning.baselines.GradientAscentUnlearning;
import dev.unrolling.unlearning.baselines.LastLayersFineTuning;
import dev.unrolling.unlearning.baselines.LastLayersRetraining;
import dev.unrolling.unlearning.baselines.NegGradPlus;
import dev.unrolling.unlearning.baselines.RandomLabels;
import dev.unrolling.unlearning.baselines.SaliencyUnlearning;
import dev.unrolling.unlearning.baselines.Scrub;
import dev.unrolling.unlearning.baselines.SelectiveSynapticDampening;
import dev.unrolling.unlearning.baselines.SparseFineTuning;
import dev.unrolling.unlearning.baselines.Unsir;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleFunction;

/**
 * A method that has only w_t, and the small grid that it is tuned over: of its learning rate, of
 * Fisher forgetting the noise, of SSD the threshold.
 *
 * @param name of the method, which no candidate changes
 * @param grid candidates, the tamest first; one that is no number where nothing is chosen
 * @param made the method of a candidate
 */
record Contender(String name, List<Double> grid, DoubleFunction<UnlearningMethod> made) {

  /** Of what does not say what it costs: a missing value of a table. */
  static final long NOT_SAID = Long.MIN_VALUE;

  private static final double MOMENTUM = 0.9;
  private static final int FISHER_EXAMPLES = 300;

  /** One of the library's. */
  private Contender(List<Double> grid, DoubleFunction<UnlearningMethod> made) {
    this(made.apply(grid.get(0)).name(), grid, made);
  }

  /**
   * A method of one's own.
   *
   * @throws IllegalArgumentException if it names no candidates, or some that are no numbers
   */
  static Contender own(UnlearningMethod method, BenchmarkSettings s) {
    if (!(method instanceof TunableMethod tunable)) {
      return new Contender(method.name(), List.of(Double.NaN), none -> method);
    }
    List<Double> candidates = tunable.candidates();
    boolean areNumbers =
        candidates != null
            && !candidates.isEmpty()
            && candidates.stream().allMatch(value -> value != null && Double.isFinite(value));
    if (!areNumbers) {
      throw new IllegalArgumentException(
          "the candidates of \""
              + method.name()
              + "\" must be finite numbers, at least one, not "
              + candidates);
    }
    return new Contender(
        method.name(),
        candidates,
        value ->
            Objects.requireNonNull(
                tunable.with(value, plan(s, value)),
                "\"" + method.name() + "\" with " + value + " is null"));
  }

  /** What it costs with a candidate, in gradients of one example. */
  long gradients(double candidate, RequestSize size) {
    return made.apply(candidate).gradients(size).orElse(NOT_SAID);
  }

  /**
   * All, with their authors' settings but for the rate, the epochs and the batch size. Of the last
   * layers a third counts, of the small networks' three one.
   */
  static List<Contender> all(BenchmarkSettings s, Architecture architecture) {
    List<Double> usual = List.of(1e-3, 1e-2, 1e-1);
    NegGradPlus negGrad = new NegGradPlus();
    SaliencyUnlearning salient = new SaliencyUnlearning();
    SparseFineTuning sparse = new SparseFineTuning();
    Scrub scrub = new Scrub();
    int ascents = Math.min(scrub.ascents(), s.unlearningEpochs());
    BadTeacher teacher = new BadTeacher();
    BoundaryShrink shrink = new BoundaryShrink();
    Unsir unsir = new Unsir();
    SelectiveSynapticDampening dampening = new SelectiveSynapticDampening();
    int layers = Math.max(1, architecture.parameters().layers().size() / 3);
    return List.of(
        new Contender(
            List.of(1e-5, 1e-4, 1e-3, 1e-2), rate -> new GradientAscentUnlearning(plan(s, rate))),
        new Contender(usual, rate -> new FineTuningUnlearning(plan(s, rate))),
        new Contender(usual, rate -> new NegGradPlus(plan(s, rate), negGrad.forgetWeight())),
        new Contender(usual, rate -> new RandomLabels(plan(s, rate))),
        new Contender(usual, rate -> new SaliencyUnlearning(plan(s, rate), salient.share())),
        new Contender(usual, rate -> new SparseFineTuning(plan(s, rate), sparse.penalty())),
        new Contender(usual, rate -> new LastLayersFineTuning(plan(s, rate), layers)),
        new Contender(usual, rate -> new LastLayersRetraining(plan(s, rate), layers)),
        new Contender(
            List.of(5e-4, 5e-3, 5e-2),
            rate ->
                new Scrub(
                    plan(s, rate), ascents, scrub.forgetBatchSize(), scrub.alpha(), scrub.gamma())),
        new Contender(usual, rate -> new BadTeacher(plan(s, rate), teacher.share())),
        new Contender(
            List.of(1e-4, 1e-3, 1e-2), rate -> new BoundaryShrink(plan(s, rate), shrink.step())),
        // The rate of the first part; the second has half of it, and both their batches of noise.
        new Contender(
            usual,
            rate ->
                new Unsir(
                    plan(s, rate),
                    plan(s, rate / 2),
                    unsir.noise().withExamples(s.batchSize()),
                    unsir.copies(),
                    unsir.share())),
        new Contender(
            List.of(50.0, 10.0, 2.0),
            threshold ->
                new SelectiveSynapticDampening(
                    threshold, dampening.dampening(), dampening.batchSize())),
        new Contender(
            List.of(1e-8, 1e-7, 1e-6), noise -> new FisherForgetting(noise, FISHER_EXAMPLES)));
  }

  private static SgdPlan plan(BenchmarkSettings s, double rate) {
    return new SgdPlan(Schedule.constant(rate), s.unlearningEpochs(), s.batchSize(), MOMENTUM);
  }
}
