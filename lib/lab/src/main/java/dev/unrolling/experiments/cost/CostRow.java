package dev.unrolling.experiments.cost;

/**
 * A request that SISA served in a run of {@link ForgettingCost}, and what was measured of the run,
 * the same in each of its rows. {@code plain} is the one model without the SD loss, {@code sd} that
 * with it.
 *
 * @param engine that computed
 * @param threads of one operation
 * @param settings of the run; each is a column
 * @param plainAccuracy on the test examples
 * @param plainE unlearning error as published
 * @param plainE1 with one eta
 * @param plainV verification error of a batch by single gradient unlearning
 * @param plainForgettingDistance v of doing nothing
 * @param plainMeasuring gradients that measuring sigma took in all
 * @param sdAccuracy as without
 * @param sdE as without
 * @param sdE1 as without
 * @param sdV as without
 * @param sdForgettingDistance as without
 * @param sdMeasuring as without
 * @param voteAccuracy of SISA by majority vote, before the first request
 * @param meanAccuracy of SISA by mean of outputs
 * @param constituentAccuracy of a constituent alone, mean over them
 * @param accuracyAfter of the vote after the last request
 * @param training gradients of SISA's first training, counted step by step
 * @param weights p of each model
 * @param request from 1
 * @param shardsHit how many were retrained
 * @param cost gradients of the request, counted step by step
 * @param counted the same by the partition alone
 * @param expected by the closed form
 * @param total gradients of the requests so far
 * @param expectedTotal by the closed form
 * @param simulatedMean of the total in simulated sequences of requests
 * @param simulatedError its standard error
 * @param simulatedLow the lower end of the range of 99% of the sequences
 * @param simulatedHigh its upper end
 */
public record CostRow(
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
