package dev.unrolling.experiments.privacy;

import static dev.unrolling.experiments.privacy.PrivacyVerdicts.CORRECTED;
import static dev.unrolling.experiments.privacy.PrivacyVerdicts.EACH_VISIT;
import static dev.unrolling.experiments.privacy.PrivacyVerdicts.ORIGINAL;
import static dev.unrolling.experiments.privacy.PrivacyVerdicts.RETRAINED;
import static dev.unrolling.experiments.privacy.PrivacyVerdicts.SINGLE_GRADIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.statistics.MeanInterval;
import dev.unrolling.store.RecordTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

/** Tables as a sound experiment would give them, and what a wrong one would have instead. */
class PrivacyVerdictsTest {

  private static final Map<String, Double> DISTANCES =
      Map.of(RETRAINED, 0.0, EACH_VISIT, 0.2, SINGLE_GRADIENT, 0.5, ORIGINAL, 1.0, CORRECTED, 2.0);

  /** What a row holds; the other columns do not enter. */
  private record Row(
      int run,
      double gamma,
      long seed,
      int visits,
      String method,
      double v,
      double risk,
      double riskChange,
      double memberRisk,
      double nonMemberRisk,
      double attackAuc,
      double testAccuracy) {}

  /** v halves with gamma, scores change by a tenth of v, runs differ by a little. */
  private static Table sound(int seeds) {
    List<Row> rows = new ArrayList<>();
    Random random = new Random(1);
    for (double gamma : new double[] {0, 15}) {
      for (int seed = 0; seed < seeds; seed++) {
        int run = seeds * (gamma > 0 ? 1 : 0) + seed;
        for (int visits : new int[] {1, 2}) {
          for (String method : DISTANCES.keySet().stream().sorted().toList()) {
            double noise = 0.01 * random.nextDouble();
            double v = DISTANCES.get(method) * visits * (gamma > 0 ? 0.5 : 1) * (1 + noise);
            rows.add(
                new Row(
                    run,
                    gamma,
                    seed,
                    visits,
                    method,
                    v,
                    0.2 + (method.equals(ORIGINAL) ? (gamma > 0 ? 0.2 : 0.4) : 0) + noise,
                    0.1 * v,
                    0.6 + noise,
                    0.2,
                    0.7,
                    0.3 + noise));
          }
        }
      }
    }
    return RecordTable.of("E6", Row.class, rows);
  }

  private static Table with(Table table, String column, DoubleColumn values) {
    return table.copy().replaceColumn(column, values.copy().setName(column));
  }

  /** The values of a column dealt out again: no row knows its own. */
  private static Table shuffled(Table table, String... columns) {
    Random random = new Random(3);
    Table wrong = table;
    for (String column : columns) {
      List<Double> values = new ArrayList<>(table.doubleColumn(column).asList());
      Collections.shuffle(values, random);
      wrong =
          with(
              wrong,
              column,
              DoubleColumn.create(
                  column, values.stream().mapToDouble(Double::doubleValue).toArray()));
    }
    return wrong;
  }

  private static void outcome(Outcome expected, Verdict verdict) {
    assertEquals(expected, verdict.outcome(), verdict.claim() + " " + verdict);
  }

  @Test
  void aSoundTableHolds() {
    Table table = sound(4);
    outcome(Outcome.HOLDS, PrivacyVerdicts.separates(table));
    String evidence = PrivacyVerdicts.separates(table).evidence();
    assertTrue(evidence.contains("area under the attack's curve 0.700"), evidence);
    outcome(Outcome.HOLDS, PrivacyVerdicts.remembers(table));
    outcome(Outcome.HOLDS, PrivacyVerdicts.retrainedHasNotSeen(table));
    outcome(Outcome.HOLDS, PrivacyVerdicts.unlearningHelps(table, SINGLE_GRADIENT));
    outcome(Outcome.FAILS, PrivacyVerdicts.unlearningHelps(table, CORRECTED));
    outcome(Outcome.HOLDS, PrivacyVerdicts.keepsAccuracy(table, SINGLE_GRADIENT));
    outcome(Outcome.HOLDS, PrivacyVerdicts.followsV(table));
    outcome(Outcome.HOLDS, PrivacyGammaVerdicts.gammaLowersV(table, SINGLE_GRADIENT));
    outcome(Outcome.HOLDS, PrivacyGammaVerdicts.gammaHides(table));
  }

  @Test
  void fewRunsTellNothing() {
    Table table = sound(2);
    outcome(Outcome.UNDECIDED, PrivacyVerdicts.separates(table));
    outcome(Outcome.UNDECIDED, PrivacyVerdicts.retrainedHasNotSeen(table));
    outcome(Outcome.UNDECIDED, PrivacyVerdicts.followsV(table));
    outcome(Outcome.UNDECIDED, PrivacyGammaVerdicts.gammaHides(table));
    Table oneGamma = sound(8).where(sound(8).doubleColumn("gamma").isEqualTo(0));
    outcome(Outcome.UNDECIDED, PrivacyGammaVerdicts.gammaHides(oneGamma));
  }

  @Test
  void scoresThatKnowNothingFail() {
    Table table = sound(4);
    // A score whose histograms were filled from the wrong model ranks at random.
    Table wrong = with(table, "member_risk", table.doubleColumn("non_member_risk"));
    outcome(Outcome.FAILS, PrivacyVerdicts.separates(wrong));
    outcome(Outcome.FAILS, PrivacyVerdicts.remembers(shuffled(table, "risk")));
    outcome(Outcome.FAILS, PrivacyVerdicts.followsV(shuffled(table, "risk_change")));
    outcome(
        Outcome.FAILS,
        PrivacyVerdicts.unlearningHelps(shuffled(table, "risk_change"), SINGLE_GRADIENT));
  }

  @Test
  void aRetrainedModelThatHasSeenItFails() {
    Table table = sound(4);
    // The authors' slip: another batch than x* is left out, and x* scores like a member.
    outcome(
        Outcome.FAILS,
        PrivacyVerdicts.retrainedHasNotSeen(
            with(table, "risk", table.doubleColumn("member_risk"))));
    outcome(
        Outcome.FAILS,
        PrivacyVerdicts.remembers(with(table, "risk", table.doubleColumn("member_risk"))));
  }

  @Test
  void aTurnedSignFails() {
    Table table = sound(4);
    Table turned = with(table, "risk_change", table.doubleColumn("risk_change").multiply(-1));
    outcome(Outcome.FAILS, PrivacyVerdicts.followsV(turned));
    Table exchanged = with(table, "gamma", table.doubleColumn("gamma").multiply(-1).add(15));
    outcome(Outcome.FAILS, PrivacyGammaVerdicts.gammaLowersV(exchanged, SINGLE_GRADIENT));
    outcome(Outcome.FAILS, PrivacyGammaVerdicts.gammaHides(exchanged));
    Table ruined = with(table, "test_accuracy", table.doubleColumn("v").multiply(-1).add(0.3));
    outcome(Outcome.FAILS, PrivacyVerdicts.keepsAccuracy(ruined, SINGLE_GRADIENT));
  }

  @Test
  void growthWithTheVisitsIsNotCounted() {
    Table table = sound(4);
    // The change grows with the visits and turns against v among models of the same age.
    DoubleColumn change =
        table
            .intColumn("visits")
            .asDoubleColumn()
            .multiply(10)
            .subtract(table.doubleColumn("v").multiply(0.1));
    Verdict verdict = PrivacyVerdicts.followsV(with(table, "risk_change", change));
    outcome(Outcome.FAILS, verdict);
    assertTrue(verdict.evidence().contains("by visits: -1.000 after 1, -1.000 after 2"));
  }

  @Test
  void intervalsByHand() {
    // 1, 2, 3: mean 2, deviation 1, t of 2 degrees 4.303.
    MeanInterval interval = MeanInterval.of(new double[] {1, 2, 3});
    assertEquals(2, interval.mean(), 1e-12);
    assertEquals(4.302653 / Math.sqrt(3), interval.high() - 2, 1e-5);
    assertEquals(4.302653 / Math.sqrt(3), 2 - interval.low(), 1e-5);
    assertTrue(Double.isInfinite(MeanInterval.of(new double[] {5}).high()));
  }
}
