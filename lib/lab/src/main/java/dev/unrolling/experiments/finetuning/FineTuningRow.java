package dev.unrolling.experiments.finetuning;

/**
 * What {@link FineTuning} measures after a step.
 *
 * @param engine that computed
 * @param threads of one operation
 * @param settings of the run; each is a column
 * @param step t, number of steps done
 * @param epoch from 0
 * @param visits of the forget batch so far
 * @param vSingleGradient verification error of single gradient unlearning, with the corrected
 *     factor where there is momentum
 * @param vAmnesiac verification error of amnesiac unlearning
 * @param forgettingDistance v of doing nothing
 * @param e unlearning error as published
 * @param e1 with one eta
 * @param eSquareRoot as the authors' scripts compute it
 * @param eCheckpointed checkpointed e; missing without checkpoints
 * @param e1Checkpointed checkpointed e1; missing without checkpoints
 * @param sigma of this measurement alone
 * @param eigenvalue with its sign
 * @param sigmaResidual relative residual of the eigenpair
 * @param sigmaConverged whether Lanczos reached its tolerance
 * @param sigmaProducts Hessian-vector products it took
 * @param normDw norm of w_t - w_0
 * @param loss of M on the batch of the step
 * @param retrainedLoss of M'; missing where it takes no step
 * @param testAccuracy of M; at the last step only, else missing
 * @param forgetAccuracy of M on the forget batch; at the last step only
 * @param logitDeviation mean standard deviation of the test examples' logits; at the last step only
 */
public record FineTuningRow(
    String engine,
    int threads,
    FineTuningSettings settings,
    int step,
    int epoch,
    int visits,
    double vSingleGradient,
    double vAmnesiac,
    double forgettingDistance,
    double e,
    double e1,
    double eSquareRoot,
    double eCheckpointed,
    double e1Checkpointed,
    double sigma,
    double eigenvalue,
    double sigmaResidual,
    boolean sigmaConverged,
    int sigmaProducts,
    double normDw,
    double loss,
    double retrainedLoss,
    double testAccuracy,
    double forgetAccuracy,
    double logitDeviation) {}
