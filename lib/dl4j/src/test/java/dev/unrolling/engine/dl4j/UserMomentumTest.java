package dev.unrolling.engine.dl4j;

import static dev.unrolling.engine.dl4j.UserFixtures.assertRefused;
import static dev.unrolling.engine.dl4j.UserFixtures.batch;
import static dev.unrolling.engine.dl4j.UserFixtures.plain;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.engine.dl4j.UnlearningReport.Momentum;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** x* is the last of 6 steps with momentum; then training goes on for 40 steps without it. */
class UserMomentumTest {

  private static final double RATE = 1e-4;
  private static final double MOMENTUM = 0.9;
  private static final DataSet HERS = batch(9);

  /** Her step with a zero gradient. */
  private static final DataSet ZERO =
      new DataSet(HERS.getFeatures(), HERS.getLabels(), null, Nd4j.zeros(DataType.DOUBLE, 8, 1));

  private final MultiLayerNetwork trained = plain(new Nesterovs(RATE, MOMENTUM));
  private final MultiLayerNetwork retrained = plain(new Nesterovs(RATE, MOMENTUM));
  private final INDArray start = trained.params().dup();
  private final ForgettingListener listener = new ForgettingListener(HERS);

  UserMomentumTest() {
    trained.addListeners(listener);
    for (int step = 0; step < 5; step++) {
      trained.fit(batch(step));
      retrained.fit(batch(step));
    }
    trained.fit(HERS);
    retrained.fit(ZERO);
    trained.setListeners();
  }

  private static void goOn(MultiLayerNetwork model) {
    for (int step = 0; step < 40; step++) {
      model.fit(batch(step % 5));
    }
  }

  @Test
  void furtherTrainingDoesNotBringItBack(@TempDir Path folder) throws IOException {
    ForgettingRecord record = listener.record();
    Path zip = folder.resolve("trained.zip");
    ModelSerializer.writeModel(trained, zip.toFile(), true);
    MultiLayerNetwork unlearned = UserModels.unlearn(trained, HERS, record);
    Path written = folder.resolve("unlearned.zip");
    UnlearningReport report = UserModels.unlearn(zip, HERS, record, written);
    assertEquals(Momentum.SHARE_REMOVED, report.momentum());
    MultiLayerNetwork read = ModelSerializer.restoreMultiLayerNetwork(written.toFile());
    assertEquals(0, read.params().distance2(unlearned.params()));
    // The velocity is that of retraining, to first order.
    INDArray velocity = trained.getUpdater().getStateViewArray();
    INDArray theirs = retrained.getUpdater().getStateViewArray();
    double held = velocity.distance2(theirs);
    assertTrue(unlearned.getUpdater().getStateViewArray().distance2(theirs) < 1e-2 * held);

    double atOnce = unlearned.params().distance2(retrained.params());
    double nothing = trained.params().distance2(retrained.params());
    assertTrue(atOnce < 1e-2 * nothing, atOnce + " of " + nothing);
    MultiLayerNetwork kept = UserModels.unlearn(trained, HERS, record);
    kept.getUpdater().getStateViewArray().assign(velocity);
    goOn(trained);
    goOn(retrained);
    goOn(unlearned);
    goOn(read);
    goOn(kept);
    double after = unlearned.params().distance2(retrained.params());
    double nothingAfter = trained.params().distance2(retrained.params());
    double keptAfter = kept.params().distance2(retrained.params());
    System.out.printf(
        "at once: unlearned %.3g, nothing done %.3g; 40 steps on: %.3g, nothing done %.3g,"
            + " velocity kept %.3g%n",
        atOnce, nothing, after, nothingAfter, keptAfter);
    assertTrue(after < 1e-2 * nothingAfter, after + " of " + nothingAfter);
    assertTrue(keptAfter > 0.5 * nothingAfter, keptAfter + " of " + nothingAfter);
    assertEquals(0, read.params().distance2(unlearned.params()));
  }

  @Test
  void aRecordByHandTellsTheShareOrTheVelocityIsCleared() {
    ForgettingRecord byHand = ForgettingRecord.nesterovs(start, 8, RATE, MOMENTUM, 6, 5);
    ForgettingRecord watched = listener.record();
    assertEquals(watched.factor(), byHand.factor(), 1e-18);
    assertEquals(
        watched.visits().orElseThrow().velocityShare(),
        byHand.visits().orElseThrow().velocityShare(),
        1e-18);
    INDArray velocity = UserModels.unlearn(trained, HERS, byHand).getUpdater().getStateViewArray();
    assertEquals(
        0,
        velocity.distance2(
            UserModels.unlearn(trained, HERS, watched).getUpdater().getStateViewArray()),
        1e-15);

    ForgettingRecord factorOnly = new ForgettingRecord(start, byHand.factor(), 8);
    MultiLayerNetwork cleared = UserModels.unlearn(trained, HERS, factorOnly);
    assertEquals(0, cleared.getUpdater().getStateViewArray().norm2Number().doubleValue());
    UnlearningReport report = UserModels.report(trained, HERS, factorOnly);
    assertEquals(Momentum.CLEARED, report.momentum());
    assertTrue(report.toString().contains("cleared"), report.toString());
  }

  @Test
  void aModelWithoutMomentumIsReportedSo(@TempDir Path folder) throws IOException {
    // Saved without its updater: there is no velocity to hold anything.
    Path zip = folder.resolve("bare.zip");
    ModelSerializer.writeModel(trained, zip.toFile(), false);
    UnlearningReport report = UserModels.unlearn(zip, HERS, listener.record(), zip);
    assertEquals(Momentum.NONE, report.momentum());
    MultiLayerNetwork sgd = plain(new Sgd(0.1));
    INDArray before = sgd.params().dup();
    sgd.fit(HERS);
    ForgettingRecord record = ForgettingRecord.sgd(before, 8, 0.1);
    UnlearningReport plainReport = UserModels.report(sgd, HERS, record);
    assertEquals(Momentum.NONE, plainReport.momentum());
    assertEquals(sgd.params().distance2(before), plainReport.moved(), 1e-12);
    assertEquals(plainReport.moved(), 0.1 * plainReport.gradientNorm(), 1e-12);
  }

  @Test
  void weightsWrittenFromAWrappedModelLeaveNoOldVelocity() {
    try (Dl4jNetwork network = Dl4jNetwork.wrap(trained, 5)) {
      assertTrue(velocityNorm() > 0);
      network.writeTo(trained);
      assertEquals(0, velocityNorm());
    }
  }

  private double velocityNorm() {
    return trained.getUpdater().getStateViewArray().norm2Number().doubleValue();
  }

  /**
   * One dense layer and a loss that is linear in it would have a constant gradient; a rate of 1e-9
   * makes any gradient constant. Then a run with x* in it and one with a zero gradient in its place
   * differ by the factor times that gradient, and nothing else.
   */
  @Test
  void nesterovsFactorIsWhatAVisitMovesInTheEnd() {
    double rate = 1e-9;
    for (double momentum : new double[] {0.9, 0.5}) {
      List<DataSet> batches = List.of(batch(1), batch(2), batch(3), batch(4));
      MultiLayerNetwork model = plain(new Nesterovs(rate, momentum));
      MultiLayerNetwork retrained = model.clone();
      ForgettingListener listener = new ForgettingListener(batches.get(1));
      model.addListeners(listener);
      // A mask of zeros is a step with a zero gradient.
      DataSet zero =
          new DataSet(
              batches.get(1).getFeatures(),
              batches.get(1).getLabels(),
              null,
              Nd4j.zeros(DataType.DOUBLE, 8, 1));
      for (int epoch = 0; epoch < 2; epoch++) {
        for (int b = 0; b < 4; b++) {
          model.fit(batches.get(b));
          retrained.fit(b == 1 ? zero : batches.get(b));
        }
      }
      ForgettingRecord record = listener.record();
      double byHand = ForgettingRecord.nesterovsFactor(rate, momentum, 8, 1, 5);
      assertEquals(1, record.factor() / byHand, 1e-12);
      // By the sum of the geometric series, written out.
      double series = 0;
      for (int visit : new int[] {1, 5}) {
        for (int k = 0; k <= 8 - visit; k++) {
          series += rate * Math.pow(momentum, k);
        }
      }
      assertEquals(1, byHand / series, 1e-12);
      double nothingDone = model.params().distance2(retrained.params());
      MultiLayerNetwork unlearned = UserModels.unlearn(model, batches.get(1), record);
      assertTrue(unlearned.params().distance2(retrained.params()) < 1e-5 * nothingDone);
      // The factor of heavy ball, whose series is one power shorter, does not fit.
      double heavyBall = ForgettingRecord.nesterovsFactor(rate, momentum, 7, 1, 5);
      MultiLayerNetwork other =
          UserModels.unlearn(
              model, batches.get(1), new ForgettingRecord(record.startParameters(), heavyBall, 8));
      assertTrue(other.params().distance2(retrained.params()) > 0.01 * nothingDone);
    }
    assertRefused(
        IllegalArgumentException.class,
        "from 0 to 2",
        () -> ForgettingRecord.nesterovsFactor(rate, 0.9, 3, 3));
  }
}
