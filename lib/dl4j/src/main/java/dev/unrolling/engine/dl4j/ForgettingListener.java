package dev.unrolling.engine.dl4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Records, during a user's own {@code fit}, what it takes to forget one of its batches: w_0, and
 * the learning rates at which the batch was seen, with what {@code Nesterovs} makes of them.
 *
 * <pre>{@code
 * ForgettingListener listener = new ForgettingListener(batch);
 * model.addListeners(listener);
 * model.fit(iterator, epochs);
 * MultiLayerNetwork unlearned = UserModels.unlearn(model, batch, listener.record());
 * }</pre>
 *
 * <p>The batch is known by the bits of its features, labels and masks, in the model's precision; of
 * the batch only sums over them are kept. Every step that shows them counts as a visit, by {@code
 * fit} of an iterator or of a single {@code DataSet}. The order of the batches is free, but their
 * examples stay together: where an iterator shuffles these into other batches, {@link #record}
 * refuses, for what they did there would not be undone. It listens to one model, at every step: a
 * gap, or a second model ({@code ParallelWrapper} trains copies), is refused when it is seen. A
 * training that stops and goes on in another process stores it by {@link #save}.
 */
public final class ForgettingListener extends BaseTrainingListener {

  private record Options(boolean fromPresentWeights, boolean everyMatch) {}

  private final Optional<MultiDataSet> batch;
  private final Options options;
  private final UserStatement[] statements;
  private Optional<ListenerState> state;
  private Optional<Model> model = Optional.empty();
  private boolean visiting;

  /** How many examples of the batch the step at hand has, without being the batch. */
  private int strayed;

  private final EpochVisits epoch = new EpochVisits();

  /**
   * A listener for one run, to be attached before it.
   *
   * @param forgetBatch a whole batch of the run, with the features as the model is fed them
   * @param statements on layers that the library does not know
   * @throws IllegalArgumentException if features or labels are missing or hold what is no number
   */
  public ForgettingListener(DataSet forgetBatch, UserStatement... statements) {
    this(forgetBatch.toMultiDataSet(), statements);
  }

  /** As above, for a graph with several inputs or outputs. */
  public ForgettingListener(MultiDataSet forgetBatch, UserStatement... statements) {
    this(Optional.of(forgetBatch), new Options(false, false), Optional.empty(), statements);
    ForgetBatch.of(forgetBatch);
  }

  private ForgettingListener(
      Optional<MultiDataSet> batch,
      Options options,
      Optional<ListenerState> state,
      UserStatement... statements) {
    this.batch = batch;
    this.options = options;
    this.state = state;
    this.statements = statements.clone();
  }

  /**
   * A listener that takes the weights at its first step for w_0, although the model was trained
   * before: for the fine-tuning of a pre-trained model. What the pre-training made of the batch is
   * not undone.
   */
  public ForgettingListener fromPresentWeights() {
    return new ForgettingListener(batch, new Options(true, options.everyMatch), state, statements);
  }

  /**
   * A listener that takes all matching batches of an epoch for visits: the retrained model leaves
   * out all of them. Without it, two in one epoch are refused: which is meant cannot be known.
   */
  public ForgettingListener everyMatch() {
    return new ForgettingListener(
        batch, new Options(options.fromPresentWeights, true), state, statements);
  }

  @Override
  public void onEpochStart(Model seen) {
    epoch.begin();
  }

  @Override
  public void onEpochEnd(Model seen) {
    epoch.end();
  }

  @Override
  public void onForwardPass(Model seen, List<INDArray> activations) {
    look(seen);
  }

  @Override
  public void onForwardPass(Model seen, Map<String, INDArray> activations) {
    // Pre-training calls it with a layer.
    if (seen instanceof ComputationGraph) {
      look(seen);
    }
  }

  private void look(Model seen) {
    // What is allocated in here outlives the step, whose workspaces DL4J has open.
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      bind(seen);
      visiting = state.orElseThrow().shown().isFed(seen);
    }
  }

  private void bind(Model seen) {
    int iteration = BaseOptimizer.getIterationCount(seen);
    if (model.isEmpty()) {
      ModelChecks.check(seen, statements);
      state =
          Optional.of(
              state.isPresent() ? state.get().resumed(seen, iteration) : start(seen, iteration));
      model = Optional.of(seen);
    }
    if (model.get() != seen) {
      throw new IllegalStateException(
          "a ForgettingListener listens to one model, and this is another; give each its own, copy a"
              + " ComputationGraph by UserModels.copy (its clone() shares the listeners), and train"
              + " without ParallelWrapper, which trains copies");
    }
    state.get().sums().requireAt(iteration);
  }

  @Override
  public void onBackwardPass(Model seen) {
    if (model.isEmpty() || model.get() != seen) {
      return;
    }
    ShownBatch shown = state.orElseThrow().shown();
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      visiting = visiting && shown.hasLabels(seen);
      strayed = visiting ? 0 : shown.examplesOf(seen);
    }
    if (visiting && !options.everyMatch) {
      epoch.requireFirst(state.get().sums().iteration());
    }
  }

  private ListenerState start(Model seen, int iteration) {
    if (!options.fromPresentWeights) {
      ListenerState.requireUntrained(iteration);
    }
    return ListenerState.start(seen, ForgetBatch.of(batch.orElseThrow()), iteration);
  }

  @Override
  public void onGradientCalculation(Model seen) {
    ListenerState now = state.orElseThrow();
    if (visiting) {
      epoch.visit(now.sums().iteration());
    }
    state =
        Optional.of(
            now.next(ModelChecks.rate(seen), ModelChecks.momentum(seen), visiting, strayed));
    visiting = false;
    strayed = 0;
  }

  /** Number of visits to the batch so far. */
  public int visits() {
    return state.map(now -> now.sums().visits()).orElse(0);
  }

  /**
   * What was recorded, of the model as it is now.
   *
   * @throws IllegalStateException if the run has not seen the batch, or has seen examples of it
   *     outside of it, equal in features and labels
   */
  public ForgettingRecord record() {
    state.ifPresent(now -> now.strays().requireNone(visits()));
    return recordOfWholeVisits();
  }

  /**
   * As {@link #record}, although steps may have shown examples of the batch outside of it: what
   * they did there stays. For data in which other examples happen to equal some of the batch.
   *
   * @throws IllegalStateException if the run has not seen the batch as a whole
   */
  public ForgettingRecord recordOfWholeVisits() {
    if (visits() == 0) {
      throw new IllegalStateException(
          "no training step saw the batch to be forgotten"
              + batch.map(data -> " of " + data.getLabels(0).size(0) + " examples").orElse("")
              + (state.isEmpty()
                  ? ", for none was seen at all: attach the listener before the first fit"
                  : ": it must be one whole batch of the run, with the same preprocessing, labels"
                      + " and masks"));
    }
    return state.get().record(model.map(RecordChecks::parameters));
  }

  /**
   * Stores the listener, for a training that goes on in another process. Store the model at the
   * same moment, with its updater, by DL4J's ModelSerializer. The file is whole or not there.
   *
   * @throws IllegalStateException before the first step
   * @throws IOException if it cannot be written; what stood there stands there still
   */
  public void save(Path file) throws IOException {
    if (model.isEmpty()) {
      throw new IllegalStateException(
          "the ForgettingListener has seen no step yet, so there is nothing new to store; store it"
              + " after a fit");
    }
    int iteration = BaseOptimizer.getIterationCount(model.get());
    ListenerFile.write(file, state.get().at(model.get(), iteration), options.everyMatch);
  }

  /**
   * Reads what {@link #save} wrote: a listener that goes on, to be attached to the model that was
   * stored at the same moment. It refuses another.
   *
   * @param statements as it was made with
   * @throws IOException if the file is no stored listener, damaged, or of another version
   */
  public static ForgettingListener load(Path file, UserStatement... statements) throws IOException {
    ListenerFile.Content content = ListenerFile.read(file);
    return new ForgettingListener(
        Optional.empty(),
        new Options(true, content.everyMatch()),
        Optional.of(content.state()),
        statements);
  }
}
