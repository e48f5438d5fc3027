package dev.unrolling.experiments.methods;

import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.HessianSchedule;
import dev.unrolling.unlearning.recording.TrajectoryRecorder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The trajectory of a run, exact and as cheaper products give it. */
final class Trajectories implements StepListener, AutoCloseable {

  /** With a product of the whole batch at each step. */
  static final String EXACT = "trajectory";

  /** With products of a quarter of each batch. */
  static final String PART = "trajectory, quarter batches";

  /** With a product at every fourth step. */
  static final String SELDOM = "trajectory, every 4th step";

  /** With both. */
  static final String COARSE = "trajectory, quarter batches, every 4th step";

  /** What each of the two saves. */
  private static final int SHARE = 4;

  /** Two values a channel are what batch norm needs at least. */
  private static final int FEWEST = 2;

  /**
   * What a recorder has beside its vectors.
   *
   * @param products so far
   * @param vectors how many it holds
   */
  record Counts(long products, int vectors) {}

  private final Map<String, TrajectoryRecorder> recorders = new LinkedHashMap<>();

  /**
   * Recorders of a run.
   *
   * @param settings of the run
   * @param recorder of the run, called before this; read, not owned
   */
  Trajectories(FineTuningSettings settings, ForgettingRecorder recorder) {
    HessianSchedule whole = HessianSchedule.everyStep();
    int part = Math.max(FEWEST, settings.batchSize() / SHARE);
    recorders.put(EXACT, new TrajectoryRecorder(recorder, whole));
    recorders.put(PART, new TrajectoryRecorder(recorder, whole.withExamples(part)));
    recorders.put(SELDOM, new TrajectoryRecorder(recorder, whole.withEvery(SHARE)));
    recorders.put(
        COARSE, new TrajectoryRecorder(recorder, whole.withExamples(part).withEvery(SHARE)));
  }

  /** The one that the others approximate. */
  TrajectoryRecorder exact() {
    return recorders.get(EXACT);
  }

  /** The others by their names. */
  Map<String, TrajectoryRecorder> cheaper() {
    Map<String, TrajectoryRecorder> others = new LinkedHashMap<>(recorders);
    others.remove(EXACT);
    return others;
  }

  @Override
  public void beforeStep(Step step) {
    recorders.values().forEach(recorder -> recorder.beforeStep(step));
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    recorders.values().forEach(recorder -> recorder.afterStep(step, losses));
  }

  /** All vectors of all recorders, to go on with after an interruption. */
  List<INDArray> vectors() {
    return recorders.values().stream()
        .flatMap(recorder -> recorder.collected().vectors().stream())
        .toList();
  }

  /** What goes with {@link #vectors}. */
  List<Counts> counts() {
    return recorders.values().stream()
        .map(TrajectoryRecorder::collected)
        .map(collected -> new Counts(collected.products(), collected.vectors().size()))
        .toList();
  }

  /** Goes on from what was collected before a step. */
  void resume(int step, List<Counts> counts, List<INDArray> vectors) {
    int from = 0;
    List<TrajectoryRecorder> all = new ArrayList<>(recorders.values());
    for (int i = 0; i < all.size(); i++) {
      Counts one = counts.get(i);
      all.get(i)
          .resume(
              new TrajectoryRecorder.Collected(
                  step, one.products(), vectors.subList(from, from + one.vectors())));
      from += one.vectors();
    }
  }

  @Override
  public void close() {
    recorders.values().forEach(TrajectoryRecorder::close);
  }
}
