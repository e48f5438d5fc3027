package dev.unrolling.engine.dl4j;

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
 */
public final class ForgettingListener extends BaseTrainingListener {

  private final INDArray features;
  private Optional<INDArray> start = Optional.empty();
  private boolean visiting;
  private double velocityShare;
  private double factor;
  private int visits;

  /**
   * A listener for one run, to be attached before it.
   *
   * @param forgetBatch a whole batch of the run, with the features as the model is fed them
   */
  public ForgettingListener(DataSet forgetBatch) {
    this.features = forgetBatch.getFeatures().dup();
  }

  @Override
  public void onForwardPass(Model model, List<INDArray> activations) {
    lookOutsideOfWorkspaces(model, activations.get(0));
  }

  @Override
  public void onForwardPass(Model model, Map<String, INDArray> activations) {
    if (model instanceof ComputationGraph graph) {
      lookOutsideOfWorkspaces(model, graph.getInput(0));
    }
  }

  private void look(Model model, INDArray input) {
    if (start.isEmpty()) {
      ModelChecks.check(model);
      if (BaseOptimizer.getIterationCount(model) > 0) {
        throw new IllegalStateException(
            "the model was trained for "
                + BaseOptimizer.getIterationCount(model)
                + " steps before the ForgettingListener was attached, so w_0 is gone; attach it"
                + " before the first fit");
      }
      start = Optional.of(model.params().dup());
    }
    visiting = input.equalShapes(features) && input.equals(features);
  }

  /** What is allocated in here outlives the step, whose workspaces DL4J has open. */
  private void lookOutsideOfWorkspaces(Model model, INDArray input) {
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      look(model, input);
    }
  }

  @Override
  public void onGradientCalculation(Model model) {
    // The share of the batch's gradients in the running sum of momentum, and in the weights.
    double momentum = ModelChecks.momentum(model);
    double before = velocityShare;
    velocityShare *= momentum;
    if (visiting) {
      velocityShare += ModelChecks.rate(model);
      visits++;
      visiting = false;
    }
    factor += (1 + momentum) * velocityShare - momentum * before;
  }

  /** Number of visits to the batch so far. */
  public int visits() {
    return visits;
  }

  /**
   * What was recorded.
   *
   * @throws IllegalStateException if the run has not seen the batch
   */
  public ForgettingRecord record() {
    if (visits == 0) {
      throw new IllegalStateException(
          "no training step saw the batch to be forgotten, "
              + features.size(0)
              + " examples: it must be one whole batch of the run, in the same order and with the"
              + " same preprocessing");
    }
    return new ForgettingRecord(start.orElseThrow(), factor, (int) features.size(0));
  }
}
