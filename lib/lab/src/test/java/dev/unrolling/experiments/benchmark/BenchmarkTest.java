package dev.unrolling.experiments.benchmark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.AugmentedImages;
import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Cifar10;
import dev.unrolling.data.Cifar100;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.data.Mnist;
import dev.unrolling.data.RealData;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Runner;
import dev.unrolling.experiment.TheoryRuns;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.experiments.benchmark.attacks.LikelihoodRatioAttack;
import dev.unrolling.experiments.benchmark.attacks.MembershipAttack;
import dev.unrolling.experiments.benchmark.attacks.Relearning;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architectures;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.statistics.Tables;
import dev.unrolling.store.RecordTable;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.AmnesiacUnlearning;
import dev.unrolling.unlearning.KrylovUnlearning;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.TrajectoryUnlearning;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.TrajectoryRecorder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.selection.Selection;

/** E9: who sees what, its metrics by hand, its table, and what it says of a wrong one. */
class BenchmarkTest {

  private static final DataSets.Parts DATA =
      new DataSets.Parts(RealData.cifar10Train(), RealData.cifar10Test());
  private static final BenchmarkSettings SMOKE = BenchmarkSettings.of(Scale.SMOKE);
  private static final Table TABLE =
      TheoryRuns.of(new BenchmarkExperiment(), BenchmarkSettings.grid(Scale.SMOKE));

  private static BenchmarkSettings classes(int forgotten) {
    return SettingsJson.with(
        SMOKE, "protocol", BenchmarkSettings.Protocol.CLASS, "forgetSet", forgotten);
  }

  private static Set<Integer> set(Batch batch) {
    return IntStream.of(batch.indices()).boxed().collect(Collectors.toSet());
  }

  @Test
  void aClassIsForgottenWhole() {
    BenchmarkSplit split = BenchmarkSplit.of(DATA, classes(4));
    assertEquals(16, split.forget().size());
    assertTrue(Arrays.stream(split.forget().labels()).allMatch(label -> label == 4));
    assertTrue(Arrays.stream(split.forgottenTest().labels()).allMatch(label -> label == 4));
    for (Batch without : List.of(split.retained(), split.validation(), split.test())) {
      assertTrue(Arrays.stream(without.labels()).noneMatch(label -> label == 4));
    }
  }

  /** Numbers of examples as the publishers give them, since MNIST has fewer 5s than 1s. */
  @Test
  void theRunsOfEveryScaleFitTheirData() {
    int[] balanced = new int[10];
    Arrays.fill(balanced, 1000);
    int[] images = new int[10];
    Arrays.fill(images, 5000);
    int[] hundred = new int[100];
    Arrays.fill(hundred, 500);
    int[] hundredth = new int[100];
    Arrays.fill(hundredth, 100);
    Map<String, DataSets.Parts> sizes =
        Map.of(
            Cifar10.NAME,
            new DataSets.Parts(labels(images), labels(balanced)),
            Cifar100.NAME,
            new DataSets.Parts(labels(hundred), labels(hundredth)),
            Mnist.NAME,
            new DataSets.Parts(
                labels(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
                labels(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)));
    for (Scale scale : Scale.values()) {
      for (BenchmarkSettings settings : BenchmarkSettings.grid(scale)) {
        BenchmarkSplit split = BenchmarkSplit.of(sizes.get(settings.data()), settings);
        assertTrue(split.forget().size() > 0, settings.toString());
        assertTrue(split.validation().size() > 0, settings.toString());
      }
    }
  }

  /** As many of each as CIFAR-100 has of a superclass. */
  @Test
  void aSuperclassIsForgottenWholeAndMethodsAreTunedOnTheNext() {
    int[] train = new int[20];
    Arrays.fill(train, 2500);
    int[] test = new int[20];
    Arrays.fill(test, 500);
    DataSets.Parts data = new DataSets.Parts(labels(train), labels(test));
    BenchmarkSettings settings =
        SettingsJson.with(
            BenchmarkSettings.of(Scale.QUICK), "data", Cifar100.SUPERCLASSES, "forgetSet", 19);
    BenchmarkSplit split = BenchmarkSplit.of(data, settings);
    assertEquals(100, split.forget().size(), "2,000 images in 20 classes");
    assertTrue(Arrays.stream(split.forget().labels()).allMatch(label -> label == 19));
    assertTrue(Arrays.stream(split.test().labels()).noneMatch(label -> label == 19));
    assertEquals(50, split.forgottenTest().size(), "1,000 images in 20 classes");
    assertEquals(0, settings.tuning(data.train().classes()).forgetSet());
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> BenchmarkSplit.of(data, SettingsJson.with(settings, "forgetSet", 20)));
    assertTrue(e.getMessage().contains("0 to 19, not 20"), e.getMessage());
  }

  private static FeatureDataset labels(int... counts) {
    int[] labels =
        IntStream.range(0, counts.length)
            .flatMap(label -> IntStream.generate(() -> label).limit(counts[label]))
            .toArray();
    List<String> names = IntStream.range(0, counts.length).mapToObj(Integer::toString).toList();
    return FeatureDataset.of("labels", new float[labels.length], labels, names);
  }

  @Test
  void theRetrainedOrderIsTheOrderWithoutWhatIsForgotten() {
    for (BenchmarkSettings settings : List.of(SMOKE, classes(0))) {
      BenchmarkSplit split = BenchmarkSplit.of(DATA, settings);
      Set<Integer> gone = set(split.forget());
      BatchOrder order = split.order();
      BatchOrder retrained = split.retrainedOrder();
      int kept = 0;
      int seen = 0;
      for (int i = 0; i < order.batchesPerEpoch(); i++) {
        Batch batch = order.batch(i);
        long forgotten = IntStream.of(batch.indices()).filter(gone::contains).count();
        assertTrue(forgotten == 0 || forgotten == batch.size(), "no batch is mixed");
        seen += (int) forgotten;
        if (forgotten == 0) {
          assertEquals(retrained.batch(kept++), batch);
        }
      }
      assertEquals(gone.size(), seen);
      assertEquals(retrained.batchesPerEpoch(), kept);
      Set<Integer> validation = set(split.validation());
      assertTrue(gone.stream().noneMatch(validation::contains));
      assertTrue(
          set(split.retained()).stream()
              .noneMatch(i -> gone.contains(i) || validation.contains(i)));
      // Tuning forgets others.
      Set<Integer> other = set(BenchmarkSplit.of(DATA, settings.tuning(10)).forget());
      assertTrue(other.size() > gone.size() / 2);
      assertTrue(!other.equals(gone));
    }
  }

  @Test
  void theRecordOfOneBatchIsThatOfTheLibrary() {
    BenchmarkSettings settings =
        SettingsJson.with(SMOKE, "model", "tanh-cnn-4", "share", 0.1, "epochs", 3, "rate", 0.05);
    BenchmarkSplit split = BenchmarkSplit.of(DATA, settings);
    assertEquals(16, split.forget().size(), "one batch");
    Engine engine = Engines.open("torch", "cpu", Precision.FLOAT64);
    BatchOrder order = split.order();
    int visit =
        IntStream.range(0, order.batchesPerEpoch())
            .filter(i -> order.batch(i).equals(split.forget()))
            .findFirst()
            .orElseThrow();
    assertEquals((order.batchesPerEpoch() - 1) / 2, visit, "in the middle");
    SgdTrainer trainer = new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.05));
    BatchOrder same =
        BatchOrder.fixed(DATA.train(), split.retained().indices(), 16, 3)
            .withForgetBatch(split.forget(), BatchOrder.Position.MIDDLE);
    try (Network network = engine.network(Architectures.named("tanh-cnn-4", 10), 0);
        Network start = network.copy();
        RunRecord record = new RunRecord(start, split.forget());
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, same, trainer, Removal.skippedStep());
        TrajectoryRecorder trajectory = new TrajectoryRecorder(recorder)) {
      trainer.train(network, same, recorder, trajectory, record);
      try (ParameterVector a = record.amnesiac(network.weights());
          ParameterVector amnesiac = new AmnesiacUnlearning().unlearnedWeights(recorder);
          ParameterVector t = record.trajectory(network.weights());
          ParameterVector along = new TrajectoryUnlearning(trajectory).unlearnedWeights(recorder);
          ParameterVector s = RunRecord.singleGradient(start, network.weights(), split);
          ParameterVector single = new SingleGradientUnlearning().unlearnedWeights(recorder);
          ParameterVector k = RunRecord.oneHessian(start, network.weights(), split);
          ParameterVector krylov = new KrylovUnlearning().unlearnedWeights(recorder)) {
        assertEquals(0, a.distance(amnesiac), 1e-13);
        assertEquals(0, t.distance(along), 1e-13);
        assertEquals(0, s.distance(single), 1e-13);
        assertEquals(0, k.distance(krylov), 1e-10);
        assertTrue(a.distance(t) > 1e-4 && s.distance(k) > 1e-4);
      }
    }
  }

  @Test
  void theAttackTellsWhatCanBeTold() {
    // Members are certain, others are not: scikit-learn's SVC(C=3, gamma="auto") cuts between.
    double[] members = IntStream.range(0, 50).mapToDouble(i -> 0.9 + 0.002 * i).toArray();
    double[] others = IntStream.range(0, 50).mapToDouble(i -> 0.1 + 0.002 * i).toArray();
    MembershipAttack attack = MembershipAttack.fit(members, others);
    assertEquals(0, attack.shareOfNonMembers(members));
    assertEquals(1, attack.shareOfNonMembers(others));
    assertEquals(0.25, attack.shareOfNonMembers(new double[] {0.15, 0.95, 0.99, 0.93}));
  }

  @Test
  void measuresByHand() {
    // A line: logits (0, 10 x); x < 0 is class 0. Of what is forgotten one of two is right.
    FeatureDataset data =
        FeatureDataset.of(
            "line",
            new double[] {-1, 1, -2, 2, 3, -3},
            new int[] {0, 0, 0, 1, 1, 1},
            List.of("a", "b"));
    BenchmarkSplit split =
        new BenchmarkSplit(
            SMOKE,
            Batch.of(data, 0, 1),
            Batch.of(data, 2, 3),
            Batch.of(data, 4),
            Batch.of(data, 4, 5),
            Batch.of(data, 5));
    try (Network line =
        Engines.open("linear", "cpu", Precision.FLOAT64)
            .network(
                Architectures.linear(1, 2), Nd4j.createFromArray(new double[] {0, 10, 0, 0}))) {
      Measures test = Measures.ofTest(line, split);
      assertEquals(
          List.of(50.0, 100.0, 50.0, 0.0),
          List.of(test.ua(), test.ra(), test.ta(), test.forgottenClass()));
      Measures validation = Measures.ofValidation(line, split);
      assertEquals(100, validation.ta(), "the test set is not read");
      assertEquals(
          (10 + 20 + 0 + 6) / 4.0,
          new Measures(60, 80, 50, 44, 0).gap(new Measures(50, 100, 50, 50, 1)));
      assertEquals(0.5, new Measures(0, 0, 0, 75, 0).indiscernibility());
    }
  }

  /**
   * One example x = 1 of class 1, logits (0, 0): p = (.5, .5), so that a step at rate 1 moves all
   * four weights by .5, the margin to 2, and the loss from ln 2 to ln(1 + e^-2) = .127.
   */
  @Test
  void relearnTimeByHand() {
    FeatureDataset data =
        FeatureDataset.of("point", new double[] {1}, new int[] {1}, List.of("a", "b"));
    Batch forget = Batch.of(data, 0);
    Engine engine = Engines.open("linear", "cpu", Precision.FLOAT64);
    try (Network unlearned = line(engine, 0);
        Network original = line(engine, 0.5);
        Network broken = line(engine, Double.NaN)) {
      Relearning whole = new Relearning(original, forget, 1, 1);
      assertEquals(0, whole.steps(original), "knows it already");
      assertEquals(1, whole.steps(unlearned), "one step away");
      // At half the rate margins are 0, 1, 1.538, 1.891: losses .693, .313, .195, .141 to .177.
      assertEquals(3, new Relearning(original, forget, 1, 0.5).steps(unlearned));
      assertEquals(
          Relearning.MOST_STEPS, new Relearning(original, forget, 1, 1e-9).steps(unlearned));
      assertEquals(Double.NaN, whole.steps(broken));
      assertEquals(0, new Relearning(unlearned, forget, 1, 1).steps(original), "knows it better");
      try (ParameterVector weights = unlearned.weights()) {
        assertEquals(0, weights.dot(weights), "unchanged");
      }
    }
  }

  /** Weights and biases (-w, w): logits (-2 w, 2 w) at x = 1. */
  private static Network line(Engine engine, double w) {
    return engine.network(
        Architectures.linear(1, 2), Nd4j.createFromArray(new double[] {-w, w, -w, w}));
  }

  /** Logits (-w x, w x). */
  private static Network slope(Engine engine, double w) {
    return engine.network(
        Architectures.linear(1, 2), Nd4j.createFromArray(new double[] {-w, w, 0, 0}));
  }

  /** Pictures as an epoch of the recipe moves them, rates of a cycle, weight decay. */
  @Test
  void theRecipeTrainsWithoutMomentumAndItsRecordHolds() {
    BenchmarkSettings settings =
        SettingsJson.read(
            SMOKE,
            """
            {"model": "tanh-cnn-4", "share": 0.2, "epochs": 2, "rate": 0.001, "recipe": "one_cycle"}
            """);
    BenchmarkSplit split = BenchmarkSplit.of(DATA, settings);
    assertTrue(split.order().batch(0).dataset() instanceof AugmentedImages);
    assertSame(DATA.train(), split.forget().dataset(), "what methods are given is as it is");
    assertEquals(5e-4, settings.objective().weightDecay());
    Engine engine = Engines.open("torch", "cpu", Precision.FLOAT64);
    SgdTrainer trainer = new SgdTrainer(settings.objective(), settings.schedule());
    try (Network network = engine.network(Architectures.named("tanh-cnn-4", 10), 0);
        Network start = network.copy();
        Network retrained = network.copy();
        RunRecord record = new RunRecord(start, split.forget())) {
      trainer.train(network, split.order(), record);
      trainer.withSchedule(split.retrainedSchedule()).train(retrained, split.retrainedOrder());
      // Little moves at such a rate, so that all four undo most of what the visits did.
      double nothing = VerificationError.value(network, retrained);
      try (ParameterVector away = retrained.weights();
          ParameterVector a = record.amnesiac(network.weights());
          ParameterVector t = record.trajectory(network.weights());
          ParameterVector s = RunRecord.singleGradient(start, network.weights(), split);
          ParameterVector k = RunRecord.oneHessian(start, network.weights(), split)) {
        for (ParameterVector unlearned : List.of(a, t)) {
          double left = unlearned.distance(away) / nothing;
          assertTrue(left < 0.02, "left over: " + left);
        }
        // Of pictures as they are, where the run saw them moved: held to the formulas themselves.
        try (ParameterVector byHand = network.weights();
            ParameterVector mean = byHand.copy().scaleInPlace(0)) {
          BatchOrder visits = BatchOrder.fixed(DATA.train(), split.forget().indices(), 16, 1);
          BatchOrder order = split.order();
          double[] rates = new double[visits.steps()];
          int visit = 0;
          for (int step = 0; step < order.steps(); step++) {
            if (set(split.forget()).contains(order.batch(step).indices()[0])) {
              rates[visit++ % rates.length] += settings.schedule().rate(order, step);
            }
          }
          assertEquals(2 * rates.length, visit);
          assertTrue(Math.abs(rates[0] - rates[1]) > 0.1 * rates[0], "a cycle's rates differ");
          for (int i = 0; i < rates.length; i++) {
            try (LossGradient one =
                start.gradient(visits.batch(i), settings.objective(), Mode.TRAINING)) {
              byHand.addInPlace(rates[i], one.gradient());
              mean.addInPlace(1.0 / rates.length, one.gradient());
            }
          }
          assertEquals(0, s.distance(byHand), 1e-13);
          // At such rates a step bends nothing, and all visits have the mean gradient.
          try (ParameterVector straight =
              network.weights().addInPlace(Arrays.stream(rates).sum(), mean)) {
            double far = Arrays.stream(rates).sum() * mean.norm2();
            assertTrue(k.distance(straight) < 0.05 * far, k.distance(straight) / far + "");
          }
        }
      }
    }
  }

  @Test
  void partsAtOnceGiveTheSameTable() {
    DataSets data = DataSets.only(DATA.train(), DATA.test());
    Engine engine = Engines.open("torch", "cpu", Precision.FLOAT64, 1);
    Table one =
        new Runner(engine, data, line -> {}).run(new BenchmarkExperiment(), List.of(classes(2)));
    Table four =
        new Runner(engine.withThreads(4), data, line -> {})
            .withRunsAtOnce(4)
            .run(new BenchmarkExperiment(), List.of(classes(2)));
    one.removeColumns("seconds");
    four.removeColumns("seconds");
    assertEquals(RecordTable.csv(one), RecordTable.csv(four));
  }

  @Test
  void relearningWalksOverAllThatIsForgotten() {
    // Two examples, a batch each; the second alone is not known yet, and the first step is not its.
    FeatureDataset data =
        FeatureDataset.of("two", new double[] {1, 0, 0, 1}, new int[] {0, 1}, List.of("a", "b"));
    Batch forget = Batch.of(data, 0, 1);
    Engine engine = Engines.open("linear", "cpu", Precision.FLOAT64);
    try (Network unlearned = plane(engine, 9, 0);
        Network original = plane(engine, 9, 4)) {
      assertEquals(2, new Relearning(original, forget, 1, 9).steps(unlearned));
      assertEquals(1, new Relearning(original, forget, 2, 18).steps(unlearned));
    }
  }

  /** Logits (a, -a) for the first example and (-b, b) for the second. */
  private static Network plane(Engine engine, double a, double b) {
    return engine.network(
        Architectures.linear(2, 2), Nd4j.createFromArray(new double[] {a, -b, -a, b, 0, 0}));
  }

  @Test
  void shadowModelsHaveSeenEachExampleOnceInPairs() {
    BenchmarkSplit random = BenchmarkSplit.of(DATA, SMOKE);
    BenchmarkSplit whole = BenchmarkSplit.of(DATA, classes(3));
    int[] one = random.shadowed(0);
    int[] next = random.shadowed(1);
    assertArrayEquals(one, whole.shadowed(0), "whatever is forgotten");
    assertEquals(80, one.length);
    Set<Integer> both = set(Batch.of(DATA.train(), one));
    both.addAll(set(Batch.of(DATA.train(), next)));
    assertEquals(160, both.size());
    assertTrue(both.containsAll(set(random.forget())) && both.containsAll(set(whole.retained())));
    assertTrue(!Arrays.equals(one, random.shadowed(2)), "each pair is another");
    assertEquals(10, random.shadowOrder(1).steps(), "80 in batches of 16, twice");
    Exception e =
        assertThrows(
            IllegalArgumentException.class, () -> SettingsJson.with(SMOKE, "shadowModels", 3));
    assertTrue(e.getMessage().contains("even, not 3"), e.getMessage());
  }

  /** With two classes the confidence is the difference of the logits, here 2 w x to the right. */
  @Test
  void theLikelihoodRatioAttackByHand() {
    FeatureDataset data =
        FeatureDataset.of(
            "line", new double[] {1, 2, 1, 3}, new int[] {1, 1, 1, 1}, List.of("a", "b"));
    Engine engine = Engines.open("linear", "cpu", Precision.FLOAT64);
    LikelihoodRatioAttack attack =
        new LikelihoodRatioAttack(Batch.of(data, 0, 1), Batch.of(data, 2, 3));
    try (Network one = slope(engine, 1);
        Network next = slope(engine, 3);
        Network attacked = slope(engine, 2);
        Network broken = slope(engine, Double.NaN)) {
      assertEquals(Double.NaN, attack.areaUnderCurve(attacked), "no shadow models");
      // One has seen the first, so that its other mean is next's 6; the second's is one's 4. Of
      // unseen examples both count: 4 and 12. The attacked answers 4 and 8, and 4 and 12: above by
      // -2 and 4, against 0 and 0.
      attack.add(one, next, 0);
      assertEquals(0.5, attack.areaUnderCurve(attacked));
      // Another pair like it changes no mean.
      attack.add(one, next, 0);
      assertEquals(0.5, attack.areaUnderCurve(attacked));
      assertEquals(0.5, attack.areaUnderCurve(next), "0, 8 against 2, 6");
      LikelihoodRatioAttack sharp =
          new LikelihoodRatioAttack(Batch.of(data, 1), Batch.of(data, 2, 3));
      sharp.add(one, next, 0);
      assertEquals(1, sharp.areaUnderCurve(attacked), "4 against 0 and 0");
      assertEquals(Double.NaN, attack.areaUnderCurve(broken));
    }
    assertEquals(
        Math.log(Math.exp(2) / (1 + Math.E)),
        LikelihoodRatioAttack.confidence(new double[] {0, 2, 1}, 1),
        1e-15);
    assertEquals(900, LikelihoodRatioAttack.confidence(new double[] {0, 900}, 1), "p rounds to 1");
  }

  @Test
  void theTableHasEachMethodAndRetrainingHasNoGap() {
    for (Table run : BenchmarkVerdicts.runs(TABLE)) {
      assertEquals(20, run.rowCount());
      Table retrained = Tables.where(run, "method", BenchmarkExperiment.RETRAINING);
      assertEquals(0, Tables.at(retrained, "gap", 0));
      assertEquals(0, Tables.at(retrained, "v", 0));
      Table nothing = Tables.where(run, "method", BenchmarkExperiment.NOTHING);
      assertEquals(Tables.at(nothing, "forgetting_distance", 0), Tables.at(nothing, "v", 0));
      assertEquals(1, Tables.at(nothing, "retention", 0));
      assertEquals(0, Tables.at(nothing, "relearn_steps", 0));
      assertEquals(
          14, run.where(run.numberColumn("tuned").isNotMissing()).rowCount(), "tuned methods");
    }
    Table means = BenchmarkFigures.means(TABLE, "v", "gap");
    assertEquals(40, means.rowCount(), "a class and a share");
    for (int first : new int[] {0, 20}) {
      assertEquals(BenchmarkExperiment.RETRAINING, means.stringColumn("method").get(first));
    }
    Table twice = TABLE.copy().append(TABLE);
    twice.doubleColumn("v").set(0, 3 + TABLE.doubleColumn("v").get(0));
    Table averaged = BenchmarkFigures.means(twice, "v", "gap");
    assertEquals(40, averaged.rowCount());
    assertEquals(
        1.5 + Tables.at(means.where(isRandom(means).and(isNothing(means))), "v", 0),
        Tables.at(averaged.where(isRandom(averaged).and(isNothing(averaged))), "v", 0),
        1e-12);
  }

  private static Selection isRandom(Table rows) {
    return rows.stringColumn("protocol").isEqualTo("random 0.1");
  }

  private static Selection isNothing(Table rows) {
    return rows.stringColumn("method").isEqualTo(BenchmarkExperiment.NOTHING);
  }

  @Test
  void theLeaderboardHasOursWhereDataProtocolAndMetricMatch() {
    Table rows = Leaderboard.read(Path.of("../../notebooks/results"));
    assertEquals(
        RecordTable.of("", Leaderboard.Row.class, List.of()).columnNames(), rows.columnNames());
    Table beside = Leaderboard.beside(rows, TABLE);
    assertEquals(rows.rowCount(), beside.rowCount());
    Table random = Tables.where(TABLE, "protocol", "random");
    for (int row = 0; row < rows.rowCount(); row++) {
      boolean page = rows.getString(row, "source").equals("leaderboard");
      assertEquals(
          page, beside.getString(row, "protocol").equals(Leaderboard.NOT_PUBLISHED), "row " + row);
      double ours = Tables.at(beside, "ours", row);
      String metric = rows.getString(row, "metric");
      if (!rows.getString(row, "data").equals("cifar10") || metric.contains("three numbers")) {
        assertTrue(Double.isNaN(ours), "smoke has CIFAR-10 alone: row " + row);
        assertEquals("", beside.getString(row, "our_network"));
      } else if (rows.getString(row, "our_protocol").equals("random")) {
        Table mine = Tables.where(random, "method", rows.getString(row, "our_method"));
        assertEquals(rows.getString(row, "method").equals("AMUN"), mine.isEmpty());
        assertEquals("relu-cnn-4 on 160", beside.getString(row, "our_network"));
        if (metric.startsWith("UA") && !mine.isEmpty()) {
          assertEquals(100 - Tables.at(mine, "ua", 0), ours, 1e-12);
        } else if (metric.equals("average gap") && !mine.isEmpty()) {
          assertEquals(Tables.at(mine, "gap", 0), ours, 1e-12);
        }
        if (metric.equals("average gap")) {
          assertEquals(0, Tables.at(beside, "our_retrained", row));
          assertEquals(
              Tables.at(Tables.where(random, "method", "gradient-ascent"), "gap", 0),
              Tables.at(beside, "our_ascent", row),
              1e-12);
        }
      }
    }
    Table half = random.copy();
    half.replaceColumn("share", half.doubleColumn("share").multiply(5).setName("share"));
    assertEquals(
        rows.rowCount(),
        Leaderboard.beside(rows, half).doubleColumn("ours").countMissing(),
        "half of the examples are another protocol");
  }

  /** The table three times over, as of three seeds, with one column given by another. */
  private static Table runs(String column, String from, double factor) {
    Table all = TABLE.emptyCopy();
    for (int seed = 0; seed < 3; seed++) {
      Table copy = TABLE.copy();
      for (int row = 0; row < copy.rowCount(); row++) {
        copy.longColumn("seed").set(row, seed);
      }
      all = all.append(copy);
    }
    DoubleColumn made = all.doubleColumn(from).multiply(factor);
    return all.replaceColumn(column, made.setName(column));
  }

  @Test
  void wrongTablesAreSeen() {
    assertEquals(Outcome.HOLDS, BenchmarkVerdicts.ranksAlike(runs("gap", "v", 3)).outcome());
    assertEquals(Outcome.FAILS, BenchmarkVerdicts.ranksAlike(runs("gap", "v", -3)).outcome());
    assertEquals(
        Outcome.UNDECIDED,
        BenchmarkVerdicts.ranksAlike(BenchmarkVerdicts.runs(TABLE).get(0)).outcome());
    Table far = runs("v", "v", 1);
    for (int row = 0; row < far.rowCount(); row++) {
      boolean ascent = far.stringColumn("method").get(row).equals("gradient-ascent");
      far.doubleColumn("v").set(row, ascent ? 2 : 1);
    }
    assertEquals(Outcome.HOLDS, BenchmarkVerdicts.publishedIsNearer(far).outcome());
    far.doubleColumn("v").set(2, 5);
    assertEquals(Outcome.FAILS, BenchmarkVerdicts.publishedIsNearer(far).outcome());
  }
}
