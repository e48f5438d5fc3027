package dev.unrolling.experiment;

/** What is measured after a step; the columns of the table, after those of the settings. */
record FineTuningRow(
    int run,
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
