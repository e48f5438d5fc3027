package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.BatchOrder.Position;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Objective;
import dev.unrolling.training.CountedNetwork;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.KrylovUnlearning.HessianAt;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.HessianSchedule;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What methods say that they cost is what they compute. */
class MethodCostTest {

  private static final Dataset IMAGES = Fixtures.images();
  private static final int[] DRAWN = Subsets.stratified(IMAGES, 24, 0);
  private static final Batch FORGET = Batch.of(IMAGES, Arrays.copyOf(DRAWN, 8));
  private static final int[] STAYS = Arrays.copyOfRange(DRAWN, 8, 24);
  private static final RequestSize SIZE = new RequestSize(8, 16, 3);

  /** Those that only say what they cost at most. */
  private static final Set<String> BOUNDS = Set.of("neg-grad-plus", "trajectory");

  private static CountedNetwork network() {
    return new CountedNetwork(Fixtures.float64().network(Fixtures.tanh(), 1));
  }

  static Stream<UnlearningMethod> methods() {
    return Stream.concat(
        UnlearningMethods.names().stream().map(UnlearningMethods::named),
        Stream.of(
            new KrylovUnlearning(3, 16, HessianAt.BOTH, Mode.EVALUATION, true),
            new TrajectoryUnlearning(HessianSchedule.everyStep().withEvery(4))));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void eachSaysWhatItComputes(UnlearningMethod method) {
    BatchOrder order =
        BatchOrder.fixed(IMAGES, STAYS, 8, 3).withForgetBatch(FORGET, Position.FIRST);
    SgdTrainer trainer = new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.01));
    try (CountedNetwork network = network();
        ForgettingRecorder record =
            new ForgettingRecorder(network, order, trainer, Removal.skippedStep())) {
      trainer.train(network, order, record);
      assertEquals(SIZE.training() + FORGET.size(), network.gradients(), "with that of the record");
      long trained = SIZE.training();
      UnlearningRequest request = UnlearningRequest.of(network, FORGET).withRetained(STAYS);
      if (method instanceof RecordedUnlearning) {
        request = request.withRecord(record);
      }
      long before = needsGradientOfRecord(method) ? trained : network.gradients();
      method.unlearn(request).close();
      long took = network.gradients() - before;
      long said = method.gradients(SIZE).orElseThrow();
      if (BOUNDS.contains(method.name())) {
        assertTrue(took <= said && 2 * took > said, took + " of at most " + said);
      } else {
        assertEquals(said, took);
      }
    }
  }

  private static boolean needsGradientOfRecord(UnlearningMethod method) {
    return method instanceof SingleGradientUnlearning || method instanceof KrylovUnlearning;
  }

  @Test
  void aTrajectoryThatWasCarriedCostsItsProductsAlone() {
    assertEquals(3 * 3 * 24, new TrajectoryUnlearning().gradients(SIZE).orElseThrow());
    assertTrue(new AmnesiacUnlearning().gradients(SIZE).orElseThrow() == 0);
    List<RecordedUnlearning> ends =
        List.of(new SingleGradientUnlearning(), new Retraining(), new TrajectoryUnlearning());
    assertTrue(ends.stream().allMatch(RecordedUnlearning::readsEndsAlone));
    assertTrue(!new AmnesiacUnlearning().readsEndsAlone());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void sizesAreChecked(int which) {
    long[] values = {1, 0, 1};
    values[which]--;
    assertThrows(
        IllegalArgumentException.class,
        () -> new RequestSize(values[0], values[1], (int) values[2]));
  }
}
