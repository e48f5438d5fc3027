package dev.unrolling.engine.dl4j;

import static dev.unrolling.engine.dl4j.UserFixtures.assertRefused;
import static dev.unrolling.engine.dl4j.UserFixtures.batch;
import static dev.unrolling.engine.dl4j.UserFixtures.builder;
import static dev.unrolling.engine.dl4j.UserFixtures.chain;
import static dev.unrolling.engine.dl4j.UserFixtures.dense;
import static dev.unrolling.engine.dl4j.UserFixtures.output;
import static dev.unrolling.engine.dl4j.UserFixtures.plain;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** What a user vouches for, and what is no longer there. */
class UserStatementTest {

  private static final Sgd SGD = new Sgd(0.01);

  private static final class MyActivation extends ActivationTanH {}

  @Test
  void aClosedModelOrArrayIsNamed() {
    MultiLayerNetwork model = plain(SGD);
    INDArray start = model.params().dup();
    model.fit(batch(1));
    DataSet closed = new DataSet(batch(1).getFeatures().dup(), batch(1).getLabels());
    closed.getFeatures().close();
    ForgettingRecord record = ForgettingRecord.sgd(start, 8, 0.01);
    assertRefused(
        IllegalArgumentException.class, "closed", () -> UserModels.unlearn(model, closed, record));
    Dl4jNetwork network = Dl4jNetwork.wrap(model, 5);
    model.close();
    assertRefused(
        IllegalArgumentException.class,
        "closed",
        () -> UserModels.unlearn(model, batch(1), record));
    assertRefused(IllegalArgumentException.class, "closed", () -> Dl4jNetwork.wrap(model, 5));
    assertRefused(IllegalArgumentException.class, "closed", () -> network.writeTo(model));
    start.close();
    assertRefused(
        IllegalArgumentException.class, "closed", () -> new ForgettingRecord(start, 0.01, 8));
  }

  @Test
  void aUsersStatementStandsForTheCheckOfALayerAndIsReported() {
    MultiLayerNetwork model =
        chain(builder(SGD), dense().activation(new MyActivation()).build(), output().build());
    INDArray start = model.params().dup();
    UserStatement mine = UserStatement.plainGradientStep("first", "it is tanh by another name");
    ForgettingListener listener = new ForgettingListener(batch(1), mine);
    model.addListeners(listener);
    model.fit(batch(1));
    ForgettingRecord record = listener.record();
    assertRefused(
        IllegalArgumentException.class,
        "plainGradientStep(\"first\"",
        () -> UserModels.unlearn(model, batch(1), record));
    INDArray unlearned = UserModels.unlearn(model, batch(1), record, mine).params();
    assertEquals(0, unlearned.distance2(start), 1e-15);
    UnlearningReport report = UserModels.report(model, batch(1), record, mine);
    assertEquals(List.of(mine), report.statements());
    assertTrue(report.toString().contains("it is tanh by another name"), report.toString());
    Dl4jNetwork.wrap(model, new int[] {5}, mine).close();

    UserStatement other = UserStatement.plainGradientStep("second", "a slip");
    assertRefused(
        IllegalArgumentException.class, "[first, last]", () -> ModelChecks.check(model, other));
    assertRefused(
        IllegalArgumentException.class,
        "reason",
        () -> UserStatement.plainGradientStep("first", " "));
    MultiLayerNetwork adam = chain(builder(new Adam()), dense().build(), output().build());
    assertRefused(
        IllegalArgumentException.class, "updater Adam", () -> ModelChecks.check(adam, mine));
  }
}
