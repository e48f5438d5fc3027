package dev.unrolling.experiments.benchmark;

import dev.unrolling.experiments.benchmark.attacks.LikelihoodRatioAttack;

/**
 * What {@link BenchmarkExperiment} finds of a method.
 *
 * @param engine that computed
 * @param threads of one operation
 * @param settings of the run; each is a column
 * @param method its name; {@code "nothing"} leaves M as it is
 * @param forgotten number of examples
 * @param tuned the candidate that was chosen on another forget set; missing where there is none
 * @param ua percent of what is forgotten that is classified wrongly
 * @param ra percent right of what stays
 * @param ta percent right of the test set, of whole classes without the forgotten one (ACC_r)
 * @param forgottenClass percent right of the forgotten class in the test set (ACC_f); missing for
 *     other protocols
 * @param mia percent of what is forgotten that an attack takes for unseen
 * @param liraAuc area under the curve of {@link LikelihoodRatioAttack}: how well it tells what is
 *     forgotten from unseen examples, of the class where one is forgotten; 0.5 is chance
 * @param gap mean distance of ua, ra, ta and mia to those of retraining
 * @param retention ta over that of M
 * @param indiscernibility 1 where the attack cannot tell, 0 where it always can
 * @param relearnSteps steps of SGD on what is forgotten, at the run's rate (a tenth of a cycle's
 *     greatest) and batch size, until its loss there is that of M again, give or take .05 nats; 30
 *     stands for as many or more
 * @param v verification error
 * @param forgettingDistance v of doing nothing
 * @param logitDistance mean distance to the retrained model's logits on the test examples
 * @param kl mean KL of the answers there to the retrained model's, in nats
 * @param gradients that it costs, in gradients of one example, a Hessian product counted as two;
 *     without what the run itself took, and without tuning
 * @param seconds that it took beside whatever else was computed, without training and tuning
 */
public record BenchmarkRow(
    String engine,
    int threads,
    BenchmarkSettings settings,
    String method,
    int forgotten,
    double tuned,
    double ua,
    double ra,
    double ta,
    double forgottenClass,
    double mia,
    double liraAuc,
    double gap,
    double retention,
    double indiscernibility,
    double relearnSteps,
    double v,
    double forgettingDistance,
    double logitDistance,
    double kl,
    long gradients,
    double seconds) {}
