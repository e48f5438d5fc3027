package dev.unrolling.experiment;

/**
 * A request that SISA served, and what was measured of its run; the columns of the table of {@link
 * CostExperiment}.
 */
record CostRow(
    int run,
    String engine,
    int threads,
    CostSettings settings,
    double plainAccuracy,
    double plainE,
    double plainE1,
    double plainV,
    double plainForgettingDistance,
    long plainMeasuring,
    double sdAccuracy,
    double sdE,
    double sdE1,
    double sdV,
    double sdForgettingDistance,
    long sdMeasuring,
    double voteAccuracy,
    double meanAccuracy,
    double constituentAccuracy,
    double accuracyAfter,
    long training,
    long weights,
    int request,
    int shardsHit,
    long cost,
    long counted,
    double expected,
    long total,
    double expectedTotal,
    double simulatedMean,
    double simulatedError,
    double simulatedLow,
    double simulatedHigh) {}
