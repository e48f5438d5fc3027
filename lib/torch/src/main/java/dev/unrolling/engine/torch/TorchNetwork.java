package dev.unrolling.engine.torch;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Examples;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Loss;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.engine.torch.TorchForward.Statistics;
import dev.unrolling.model.Architecture;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights in one flat tensor; each layer's weight is a view of it, and the leaf of the derivative.
 */
final class TorchNetwork implements Network {

  private final TorchEngine engine;
  private final Architecture architecture;
  private final TorchState tensors;

  TorchNetwork(TorchEngine engine, Architecture architecture, INDArray initial) {
    this(engine, architecture, TorchState.of(engine, architecture, initial));
  }

  private TorchNetwork(TorchEngine engine, Architecture architecture, TorchState tensors) {
    this.engine = engine;
    this.architecture = architecture;
    this.tensors = tensors;
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public ParameterVector weights() {
    return new TorchVector(engine, TorchEngine.copy(tensors.weights()));
  }

  @Override
  public void setWeights(ParameterVector values) {
    tensors.overwriteWeights(TorchVector.compatible(values, engine, tensors.weights().numel()));
  }

  @Override
  public ParameterVector vector(INDArray values) {
    architecture.checkCount("vector", values.length(), tensors.weights().numel());
    return new TorchVector(engine, engine.tensor(values));
  }

  @Override
  public NetworkState saveState() {
    return tensors.save();
  }

  @Override
  public void restore(NetworkState state) {
    tensors.restore(state);
  }

  @Override
  public Network copy() {
    return new TorchNetwork(engine, architecture, tensors.copy());
  }

  @Override
  public Loss step(Batch batch, Objective objective, SgdStep step) {
    engine.enter();
    Tensor weights = tensors.weights();
    try (NativeScope scope = new NativeScope()) {
      boolean empty = batch.size() == 0;
      Tensor loss =
          empty
              ? weights.new_zeros(new long[0])
              : dataLoss(batch, objective, Statistics.BATCH_AND_UPDATE);
      List<Tensor> leaves = tensors.leaves();
      Tensor[] gradient =
          empty ? leaves.stream().map(torch::zeros_like).toArray(Tensor[]::new) : grad(loss);
      Scalar against = new Scalar(-step.rate());
      try (NoGradGuard frozen = new NoGradGuard()) {
        loss = TorchObjective.withDecay(objective, loss, tensors.weights());
        if (step.momentum() == 0 && !TorchEngine.isCuda(engine.device())) {
          // A flat copy of the gradient is one more pass over memory, but one call on a GPU.
          for (int i = 0; i < gradient.length; i++) {
            Tensor leaf = leaves.get(i);
            leaf.add_(TorchObjective.slopeWithDecay(objective, gradient[i], leaf), against);
          }
        } else {
          Tensor whole = TorchObjective.slopeWithDecay(objective, flat(gradient), weights);
          weights.add_(tensors.carry(whole, step.momentum()), against);
        }
      }
      return new TorchObjective.Value(TorchEngine.keep(loss.detach()));
    }
  }

  @Override
  public LossGradient gradient(Batch batch, Objective objective, Mode mode) {
    try (NativeScope scope = new NativeScope()) {
      Tensor loss = dataLoss(batch, objective, statistics(mode));
      Tensor gradient = flat(grad(loss));
      try (NoGradGuard frozen = new NoGradGuard()) {
        loss = TorchObjective.withDecay(objective, loss, tensors.weights());
        gradient = TorchObjective.slopeWithDecay(objective, gradient, tensors.weights());
      }
      return new LossGradient(
          new TorchObjective.Value(TorchEngine.keep(loss.detach())),
          new TorchVector(engine, TorchEngine.keep(gradient)));
    }
  }

  @Override
  public INDArray inputGradient(Batch batch, Objective objective, Mode mode) {
    try (NativeScope scope = new NativeScope()) {
      Tensor input = input(batch, statistics(mode)).set_requires_grad(true);
      Tensor loss = dataLoss(batch, input, objective, statistics(mode));
      Tensor gradient = grad(loss, new TensorVector(input), false)[0];
      return engine.array(gradient, Examples.shape(batch, architecture));
    }
  }

  @Override
  public LinearOperator hessian(Batch batch, Objective objective, Mode mode) {
    try (NativeScope scope = new NativeScope()) {
      Tensor input = input(batch, statistics(mode));
      return TorchNatives.shortened(
          () ->
              TorchHessian.of(
                  engine,
                  architecture,
                  tensors,
                  input,
                  mode,
                  logits -> dataLoss(batch, objective, logits),
                  objective.weightDecay()));
    }
  }

  @Override
  public INDArray logits(Batch batch, Mode mode) {
    try (NativeScope scope = new NativeScope();
        NoGradGuard frozen = new NoGradGuard()) {
      Tensor logits = forward(input(batch, statistics(mode)), statistics(mode));
      return engine.array(logits, batch.size(), architecture.classes());
    }
  }

  @Override
  public void close() {
    tensors.close();
  }

  private Tensor dataLoss(Batch batch, Objective objective, Statistics how) {
    return dataLoss(batch, input(batch, how), objective, how);
  }

  private Tensor dataLoss(Batch batch, Tensor input, Objective objective, Statistics how) {
    return dataLoss(batch, objective, forward(input, how));
  }

  private Tensor dataLoss(Batch batch, Objective objective, Tensor logits) {
    Tensor labels = TorchExamples.labels(engine, architecture, batch, objective.criterion());
    return TorchNatives.shortened(
        () -> TorchObjective.loss(objective, logits, labels, batch.averagedOver()));
  }

  private Tensor input(Batch batch, Statistics how) {
    if (how != Statistics.RUNNING) {
      architecture.checkTrainingBatch(batch.size());
    }
    engine.enter(products(how));
    return TorchExamples.input(engine, architecture, batch);
  }

  private Precision products(Statistics how) {
    return how == Statistics.BATCH_AND_UPDATE ? engine.precision() : engine.precision().measured();
  }

  private Tensor forward(Tensor input, Statistics how) {
    boolean narrow = products(how) == Precision.BFLOAT16;
    Tensor logits =
        TorchNatives.shortened(
            () ->
                TorchForward.logits(
                    architecture.layers(),
                    narrow ? TorchForward.narrow(input) : input,
                    tensors.leaves(),
                    tensors.runningViews(),
                    how,
                    narrow));
    return narrow ? logits.to(engine.scalarType()) : logits;
  }

  private Tensor[] grad(Tensor loss) {
    return grad(loss, new TensorVector(tensors.leaves().toArray(Tensor[]::new)), false);
  }

  static Tensor[] grad(Tensor loss, TensorVector inputs, boolean createGraph) {
    return TorchNatives.shortened(
        () ->
            torch
                .grad(
                    new TensorVector(loss),
                    inputs,
                    new TensorVector(),
                    new BoolOptional(createGraph),
                    createGraph,
                    false)
                .get());
  }

  private static Tensor flat(Tensor[] gradient) {
    Tensor[] rows = Arrays.stream(gradient).map(g -> g.reshape(-1)).toArray(Tensor[]::new);
    return torch.cat(new TensorVector(rows));
  }

  private static Statistics statistics(Mode mode) {
    return mode == Mode.TRAINING ? Statistics.BATCH : Statistics.RUNNING;
  }
}
