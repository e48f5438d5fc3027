package dev.unrolling.experiments.benchmark;

import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.FineTuningUnlearning;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.baselines.BadTeacher;
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
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * A method that has only w_t, and the small grid that it is tuned over: of its learning rate, of
 * Fisher forgetting the noise, of SSD the threshold.
 *
 * @param grid candidates, the tamest first
 * @param made the method of a candidate
 * @param gradients that it costs, in gradients of one example
 */
record Contender(List<Double> grid, DoubleFunction<UnlearningMethod> made, long gradients) {

  private static final double MOMENTUM = 0.9;
  private static final int FISHER_EXAMPLES = 300;

  /** The name, which no candidate changes. */
  String name() {
    return made.apply(grid.get(0)).name();
  }

  /** All, with their authors' settings but for the rate, the epochs and the batch size. */
  static List<Contender> all(ForgetSplit split) {
    BenchmarkSettings s = split.settings();
    int epochs = s.unlearningEpochs();
    long forgotten = split.forget().size();
    long stays = split.retained().size();
    List<Double> usual = List.of(1e-3, 1e-2, 1e-1);
    NegGradPlus negGrad = new NegGradPlus();
    SaliencyUnlearning salient = new SaliencyUnlearning();
    SparseFineTuning sparse = new SparseFineTuning();
    Scrub scrub = new Scrub();
    int ascents = Math.min(scrub.ascents(), epochs);
    BadTeacher teacher = new BadTeacher();
    SelectiveSynapticDampening dampening = new SelectiveSynapticDampening();
    // The small networks have three.
    int layers = 1;
    return List.of(
        new Contender(
            List.of(1e-5, 1e-4, 1e-3, 1e-2),
            rate -> new GradientAscentUnlearning(plan(s, rate)),
            epochs * forgotten),
        new Contender(usual, rate -> new FineTuningUnlearning(plan(s, rate)), epochs * stays),
        new Contender(
            usual,
            rate -> new NegGradPlus(plan(s, rate), negGrad.forgetWeight()),
            2 * epochs * stays),
        new Contender(usual, rate -> new RandomLabels(plan(s, rate)), epochs * (stays + forgotten)),
        new Contender(
            usual,
            rate -> new SaliencyUnlearning(plan(s, rate), salient.share()),
            epochs * (stays + forgotten) + forgotten),
        new Contender(
            usual, rate -> new SparseFineTuning(plan(s, rate), sparse.penalty()), epochs * stays),
        new Contender(
            usual, rate -> new LastLayersFineTuning(plan(s, rate), layers), epochs * stays),
        new Contender(
            usual, rate -> new LastLayersRetraining(plan(s, rate), layers), epochs * stays),
        new Contender(
            List.of(5e-4, 5e-3, 5e-2),
            rate ->
                new Scrub(
                    plan(s, rate), ascents, scrub.forgetBatchSize(), scrub.alpha(), scrub.gamma()),
            epochs * stays + ascents * forgotten),
        new Contender(
            usual,
            rate -> new BadTeacher(plan(s, rate), teacher.share()),
            epochs * (forgotten + Math.round(teacher.share() * stays))),
        new Contender(
            List.of(50.0, 10.0, 2.0),
            threshold ->
                new SelectiveSynapticDampening(
                    threshold, dampening.dampening(), dampening.batchSize()),
            stays + 2 * forgotten),
        new Contender(
            List.of(1e-8, 1e-7, 1e-6),
            noise -> new FisherForgetting(noise, FISHER_EXAMPLES),
            Math.min(stays, FISHER_EXAMPLES)));
  }

  private static SgdPlan plan(BenchmarkSettings s, double rate) {
    return new SgdPlan(Schedule.constant(rate), s.unlearningEpochs(), s.batchSize(), MOMENTUM);
  }
}
