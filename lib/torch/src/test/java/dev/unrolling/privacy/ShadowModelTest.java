package dev.unrolling.privacy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.privacy.ModifiedEntropy.Convention;
import dev.unrolling.privacy.PrivacyRiskScore.Spacing;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A linear model over 48 features learns 64 pictures nearly by heart. */
class ShadowModelTest {

  private static final Dataset DATA = Fixtures.features();
  private static final Batch MEMBERS = Batch.of(DATA, IntStream.range(0, 64).toArray());
  private static final Batch OTHERS = Batch.of(DATA, IntStream.range(64, 128).toArray());
  private static final SgdTrainer TRAINER =
      new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.1));

  private static Network start() {
    return Fixtures.float64().network(Fixtures.linear(), 0);
  }

  private static ShadowModel trained(int epochs, ShadowModel.EpochListener listener) {
    return ShadowModel.train(start(), TRAINER, MEMBERS, 16, epochs, OTHERS, 0, listener);
  }

  @Test
  void whatItWasTrainedOnScoresHigher() {
    try (ShadowModel shadow = trained(200, (epochs, model) -> {})) {
      assertTrue(shadow.memberAccuracy() > shadow.nonMemberAccuracy() + 0.3);
      // Ten classes: a linear model of coarse pictures knows more of unseen ones than chance does.
      assertTrue(shadow.nonMemberAccuracy() > 0.1, "non-members " + shadow.nonMemberAccuracy());
      PrivacyRiskScore score = shadow.riskScore(Convention.PROBABILITIES, Spacing.LOGARITHMIC, 5);
      assertEquals(10, score.classes());
      for (int label = 0; label < 10; label++) {
        assertEquals(1, IntStream.range(0, 5).mapToDouble(memberShare(score, label)).sum(), 1e-12);
      }
      // Raw logits have any sign; linear bins take them.
      assertEquals(
          6, shadow.riskScore(Convention.AUTHORS_RAW_LOGITS, Spacing.LINEAR, 5).edges(3).length);
      assertTrue(meanOf(score, MEMBERS) > 0.6, "members " + meanOf(score, MEMBERS));
      assertTrue(meanOf(score, OTHERS) < 0.4, "others " + meanOf(score, OTHERS));
    }
  }

  private static java.util.function.IntToDoubleFunction memberShare(
      PrivacyRiskScore score, int label) {
    return bin -> score.memberShares(label)[bin];
  }

  private static double meanOf(PrivacyRiskScore score, Batch examples) {
    try (Network again = start()) {
      TRAINER.train(
          again, dev.unrolling.data.BatchOrder.shuffled(DATA, MEMBERS.indices(), 16, 200, 0));
      return score.scores(ModifiedEntropy.of(again, examples, Convention.PROBABILITIES)).mean();
    }
  }

  @Test
  void anUntrainedModelTellsNothing() {
    try (Network network = start()) {
      // No training: both samples are answers to unseen pictures.
      EntropySample in = ModifiedEntropy.of(network, MEMBERS, Convention.PROBABILITIES);
      EntropySample out = ModifiedEntropy.of(network, OTHERS, Convention.PROBABILITIES);
      PrivacyRiskScore score = PrivacyRiskScore.of(in, out, Spacing.LOGARITHMIC, 1);
      assertEquals(0.5, score.scores(in).mean(), 1e-12);
    }
  }

  @Test
  void theListenerSeesEachEpoch() {
    List<Integer> epochs = new ArrayList<>();
    List<double[]> shares = new ArrayList<>();
    ShadowModel.EpochListener listener =
        (done, model) -> {
          epochs.add(done);
          shares.add(edges(model));
        };
    try (ShadowModel shadow = trained(3, listener)) {
      assertEquals(List.of(1, 2, 3), epochs);
      assertArrayEquals(edges(shadow), shares.get(2));
      assertTrue(shares.get(0)[0] != shares.get(2)[0]);
    }
  }

  private static double[] edges(ShadowModel model) {
    return model.riskScore(Convention.PROBABILITIES, Spacing.LOGARITHMIC, 3).edges(0);
  }

  @Test
  void nobodyIsMemberAndNonMember() {
    for (int shared : new int[] {0, 63}) {
      Batch overlap = Batch.of(DATA, 64, shared);
      try (Network network = start()) {
        String message =
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                        ShadowModel.train(
                            network, TRAINER, MEMBERS, 16, 1, overlap, 0, (done, model) -> {}))
                .getMessage();
        assertTrue(message.contains("example " + shared + " of"), message);
      }
    }
  }

  @Test
  void bothComeFromOneDataSet() {
    Batch member = Batch.of(Fixtures.tiny(new double[][] {{1}, {2}}, 1, 0), 0);
    Batch ofACopy = Batch.of(Fixtures.tiny(new double[][] {{1}, {2}}, 1, 0), 1);
    try (Network line = Fixtures.lineAtZero(Fixtures.float64())) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      ShadowModel.train(
                          line, TRAINER, member, 1, 1, ofACopy, 0, (done, model) -> {}))
              .getMessage();
      assertTrue(message.contains("load it once"), message);
    }
  }

  @Test
  void closingItFreesItsNetwork() {
    Network network = start();
    ShadowModel.train(network, TRAINER, MEMBERS, 16, 1, OTHERS, 0, (done, model) -> {}).close();
    assertThrows(RuntimeException.class, network::weights);
  }
}
