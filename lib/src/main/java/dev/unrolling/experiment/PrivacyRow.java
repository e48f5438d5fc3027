package dev.unrolling.experiment;

/** How one model of a run answers on x*; the columns of the table, after those of the settings. */
record PrivacyRow(
    String engine,
    int threads,
    PrivacySettings settings,
    int visits,
    String method,
    double v,
    double risk,
    double riskChange,
    double riskAtEqualStatistics,
    double forgetEntropy,
    int undefined,
    double forgetAccuracy,
    double testAccuracy,
    double memberRisk,
    double nonMemberRisk,
    double shadowMemberAccuracy,
    double shadowNonMemberAccuracy,
    int emptyBins) {}
