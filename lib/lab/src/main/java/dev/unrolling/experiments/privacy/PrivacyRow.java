package dev.unrolling.experiments.privacy;

/**
 * What {@link Privacy} measures of a model after some visits of x*. Scores are those of a shadow
 * model as old as M.
 *
 * @param engine that computed
 * @param threads of one operation
 * @param settings of the run; each is a column
 * @param visits of x* so far
 * @param method which model: one of the names of {@link PrivacyVerdicts}
 * @param v distance to M'; of M itself the forgetting distance
 * @param risk mean score of x*, 0 to 1
 * @param riskChange mean over x* of the absolute difference to the score under M'
 * @param riskAtEqualStatistics mean score of x* with the running statistics of M'
 * @param forgetEntropy mean modified entropy of x*
 * @param undefined examples of x* in a bin with nobody in it
 * @param forgetAccuracy share of x* that is classified correctly
 * @param testAccuracy share of unseen examples that are classified correctly
 * @param memberRisk mean score of what M was trained on beside x*; missing for an M''
 * @param nonMemberRisk mean score of unseen examples
 * @param attackAuc area under the attack's curve: how often one of what M was trained on beside x*
 *     scores above an unseen example, 0.5 where the attack learns nothing; missing for an M''
 * @param shadowMemberAccuracy of the shadow model on its training set
 * @param shadowNonMemberAccuracy of the shadow model on unseen examples
 * @param emptyBins bins of the shadow model's histograms with nobody in them
 */
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
    double attackAuc,
    double shadowMemberAccuracy,
    double shadowNonMemberAccuracy,
    int emptyBins) {}
