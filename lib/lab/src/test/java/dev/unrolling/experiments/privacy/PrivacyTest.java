package dev.unrolling.experiments.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.RealData;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Runner;
import dev.unrolling.experiments.privacy.PrivacySettings.Retraining;
import dev.unrolling.privacy.ModifiedEntropy.Convention;
import dev.unrolling.privacy.PrivacyRiskScore.Spacing;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.store.RecordTable;
import dev.unrolling.store.ResultStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tech.tablesaw.api.Table;

public class PrivacyTest {

  private static final Engine ENGINE =
      Engines.open("torch", "cpu", Precision.FLOAT32).withThreads(1);
  private static final DataSets DATA =
      DataSets.only(RealData.cifar10Train(), RealData.cifar10Test());
  public static final PrivacySettings SMALL =
      new PrivacySettings(
          "resnet8-2",
          "cifar10",
          64,
          1,
          3,
          16,
          0.01,
          0.9,
          5e-4,
          0,
          Retraining.ZERO_GRADIENT,
          50,
          Convention.PROBABILITIES,
          5,
          0);

  private static Table run(PrivacySettings... settings) {
    return new Runner(ENGINE, DATA, line -> {}).run(new Privacy(), List.of(settings));
  }

  private static Table ofMethod(Table table, String method) {
    return table.where(table.stringColumn("method").isEqualTo(method));
  }

  @Test
  void tableHoldsEachModelAfterSomeVisits() {
    Table table = run(SMALL);
    assertEquals(15, table.rowCount());
    Table retrained = ofMethod(table, PrivacyVerdicts.RETRAINED);
    assertEquals(List.of(1, 2, 3), retrained.intColumn("visits").asList());
    Table single = ofMethod(table, PrivacyVerdicts.SINGLE_GRADIENT);
    Table corrected = ofMethod(table, PrivacyVerdicts.CORRECTED);
    Table eachVisit = ofMethod(table, PrivacyVerdicts.EACH_VISIT);
    Table original = ofMethod(table, PrivacyVerdicts.ORIGINAL);
    for (int row = 0; row < 3; row++) {
      assertEquals(0, retrained.doubleColumn("v").get(row));
      assertEquals(0, retrained.doubleColumn("risk_change").get(row));
      assertTrue(original.doubleColumn("v").get(row) > 0);
      double own = retrained.doubleColumn("risk").get(row);
      assertEquals(own, retrained.doubleColumn("risk_at_equal_statistics").get(row));
      assertTrue(
          Math.abs(original.doubleColumn("risk").get(row) - own)
              <= original.doubleColumn("risk_change").get(row) + 1e-12);
    }
    // Right after the first visit momentum has not carried the gradient on.
    assertEquals(corrected.doubleColumn("v").get(0), single.doubleColumn("v").get(0));
    assertNotEquals(corrected.doubleColumn("v").get(2), single.doubleColumn("v").get(2));
    // M' took the same step but for the gradient of x*, which is what is added back.
    assertTrue(eachVisit.doubleColumn("v").get(0) < 1e-4 * original.doubleColumn("v").get(0));
  }

  @Test
  void aSkippedStepIsAnotherRetrainedModel() {
    Table table = run(SMALL, SettingsJson.with(SMALL, "retraining", Retraining.SKIPPED_STEP));
    Table last = PrivacyVerdicts.lastRows(table);
    double[] v = ofMethod(last, PrivacyVerdicts.ORIGINAL).doubleColumn("v").asDoubleArray();
    assertNotEquals(v[0], v[1]);
    Table first = table.where(table.intColumn("visits").isEqualTo(1));
    // Momentum of the steps before is in the step that M' does not take.
    double[] left = ofMethod(first, PrivacyVerdicts.EACH_VISIT).doubleColumn("v").asDoubleArray();
    assertTrue(left[1] > 100 * left[0], left[1] + " beside " + left[0]);
  }

  @Test
  void atASmallRateTheCorrectedFactorIsNearer() {
    Table table =
        run(SettingsJson.with(SMALL, "rate", 1e-4, "pretrainingEpochs", 0, "model", "tanh-cnn-4"));
    Table last = PrivacyVerdicts.lastRows(table);
    double v = ofMethod(last, PrivacyVerdicts.CORRECTED).doubleColumn("v").get(0);
    double paper = ofMethod(last, PrivacyVerdicts.SINGLE_GRADIENT).doubleColumn("v").get(0);
    assertTrue(v < 0.1 * paper, v + " beside " + paper);
  }

  @Test
  void rawLogitsGoWithLinearBins() {
    assertEquals(Spacing.LOGARITHMIC, SMALL.spacing());
    PrivacySettings raw = SettingsJson.with(SMALL, "entropy", "authors_raw_logits", "epochs", 1);
    assertEquals(Spacing.LINEAR, raw.spacing());
    Table table = run(raw);
    assertEquals(5, table.rowCount());
    assertNotEquals(
        run(SettingsJson.with(SMALL, "epochs", 1)).doubleColumn("forget_entropy").get(0),
        table.doubleColumn("forget_entropy").get(0));
  }

  @Test
  void nobodyIsInTwoParts() {
    PrivacySplit split = PrivacySplit.of(DATA.of("cifar10"), SMALL);
    int[] train =
        Stream.of(split.forget(), split.others(), split.shadowMembers())
            .flatMapToInt(batch -> Arrays.stream(batch.indices()))
            .toArray();
    assertEquals(128, train.length);
    assertEquals(128, IntStream.of(train).distinct().count());
    int[] test =
        Stream.of(split.shadowNonMembers(), split.test())
            .flatMapToInt(batch -> Arrays.stream(batch.indices()))
            .toArray();
    assertEquals(100, IntStream.of(test).distinct().count());
    assertEquals(16, split.forget().size());
  }

  @Test
  void twoRunsAtOnceAndAStoreGiveTheSameBits(@TempDir Path folder) {
    List<PrivacySettings> settings = List.of(SMALL, SettingsJson.with(SMALL, "gamma", 15));
    Table one = new Runner(ENGINE, DATA, line -> {}).run(new Privacy(), settings);
    Runner kept =
        new Runner(ENGINE.withThreads(2), DATA, line -> {})
            .withRunsAtOnce(2)
            .withStore(new ResultStore(folder));
    assertEquals(RecordTable.csv(one), RecordTable.csv(kept.run(new Privacy(), settings)));
    assertEquals(
        RecordTable.csv(one),
        RecordTable.csv(kept.finished(new Privacy(), settings).orElseThrow()));
  }

  @ParameterizedTest
  @CsvSource({
    "model,''",
    "data,''",
    "examples,31",
    "pretrainingEpochs,-1",
    "epochs,0",
    "batchSize,0",
    "rate,0",
    "momentum,1",
    "weightDecay,-1",
    "gamma,-1",
    "gamma,NaN",
    "retraining,often",
    "testExamples,0",
    "entropy,none",
    "bins,0",
    "seed,1.5"
  })
  void aBadValueIsRefusedByName(String name, String value) {
    Exception e =
        assertThrows(
            IllegalArgumentException.class, () -> SettingsJson.set(SMALL, name + "=" + value));
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }

  @Test
  void theAuthorsNumbersAreThoseOfPaperScale() {
    PrivacySettings paper = PrivacySettings.of(Scale.PAPER);
    assertEquals(
        List.of(5, 60, 128), List.of(paper.pretrainingEpochs(), paper.epochs(), paper.batchSize()));
    assertEquals(
        List.of(0.01, 0.9, 5e-4), List.of(paper.rate(), paper.momentum(), paper.weightDecay()));
    assertEquals(
        List.of(0.0, 1.0, 5.0, 10.0, 15.0, 20.0, 25.0, 0.0, 50.0, 100.0, 150.0, 200.0, 250.0),
        PrivacySettings.grid(Scale.PAPER).stream()
            .filter(one -> one.seed() == 0)
            .map(PrivacySettings::gamma)
            .toList());
    for (int visits : new int[] {1, 2, 4, 8, 16, 32, 60}) {
      assertTrue(paper.isMeasuredAfter(visits));
    }
    assertTrue(!paper.isMeasuredAfter(0) && !paper.isMeasuredAfter(24));
    assertTrue(!paper.isMeasuredAfter(64));
  }
}
