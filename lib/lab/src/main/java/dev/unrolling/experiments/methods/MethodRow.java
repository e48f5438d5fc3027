package dev.unrolling.experiments.methods;

import dev.unrolling.experiments.finetuning.FineTuningSettings;

/**
 * What {@link MethodExperiment} measures of one method after a step.
 *
 * @param engine that computed
 * @param threads of one operation
 * @param settings of the run; each is a column
 * @param step t, number of steps done
 * @param visits of the forget batch so far
 * @param method its name; {@code "nothing"} leaves w_t as it is
 * @param v verification error of the method; of {@code "nothing"} the forgetting distance
 * @param forgettingDistance v of doing nothing
 * @param predicted v as it is predicted without retraining: the distance to what unlearning along
 *     the trajectory gives; missing for that itself
 * @param leadingTerm v as claim 2.4b predicts it, from derivatives at w_0; of single gradient
 *     unlearning at the last step without momentum, else missing
 * @param gradients what the method costs beside the run, in gradients of one example, a Hessian
 *     product counted as two
 * @param lanczosError what more products would change in the norm, estimated; missing where there
 *     are none
 * @param e unlearning error as published
 * @param e1 with one eta
 * @param sigma of this measurement alone
 * @param testAccuracy of M; at the last step only, else missing
 */
public record MethodRow(
    String engine,
    int threads,
    FineTuningSettings settings,
    int step,
    int visits,
    String method,
    double v,
    double forgettingDistance,
    double predicted,
    double leadingTerm,
    long gradients,
    double lanczosError,
    double e,
    double e1,
    double sigma,
    double testAccuracy) {}
