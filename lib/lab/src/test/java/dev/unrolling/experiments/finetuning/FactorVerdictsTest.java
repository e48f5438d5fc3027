package dev.unrolling.experiments.finetuning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.settings.Scale;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class FactorVerdictsTest {

  private static final FineTuningSettings BASE = FineTuningSettings.of(Scale.PAPER);

  /** Runs of E7 whose v and e follow from the settings. */
  private static Table factors(DoubleUnaryOperator v, DoubleUnaryOperator e) {
    List<FineTuningSettings> runs = FineTuningGrids.factors(Scale.PAPER);
    double[] size =
        runs.stream()
            .mapToDouble(
                s ->
                    s.rate()
                        * s.epochs()
                        / s.batchSize()
                        * (1 + s.momentum())
                        * (1 + s.weightDecay())
                        * (1 + s.pretrainingEpochs())
                        * (1 + 0.01 * s.seed()))
            .toArray();
    return GridVerdictsTest.rows(
        runs, Arrays.stream(size).map(v).toArray(), Arrays.stream(size).map(e).toArray());
  }

  @Test
  void changesAreOfOneFactorAndSeedBySeed() {
    List<FactorVerdicts.Change> changes =
        FactorVerdicts.changes(factors(x -> x, x -> x * x), BASE, "e");
    assertEquals(12, changes.size());
    FactorVerdicts.Change epochs =
        changes.stream()
            .filter(c -> c.factor().equals("epochs") && c.value().equals("10"))
            .findFirst()
            .orElseThrow();
    assertArrayEquals(new double[] {2, 2, 2}, epochs.v(), 1e-12);
    assertArrayEquals(new double[] {4, 4, 4}, epochs.e(), 1e-12);
  }

  @Test
  void aRightErrorGoesWhereVGoesAndAWrongOneDoesNot() {
    assertEquals(Outcome.HOLDS, direction(factors(x -> x, x -> x * x)));
    assertEquals(Outcome.FAILS, direction(factors(x -> x, x -> 1 / x)));
    assertEquals(Outcome.FAILS, direction(factors(x -> x, x -> 1)));
    // Nothing moves v: there is no direction to tell.
    assertEquals(Outcome.UNDECIDED, direction(factors(x -> 1, x -> x)));
  }

  private static Outcome direction(Table last) {
    return FactorVerdicts.sameDirection("E7", FactorVerdicts.changes(last, BASE, "e"), "e")
        .outcome();
  }
}
