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
import dev.unrolling.model.InitialWeights;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Weights in one flat tensor; each layer's weight is a view of it, and the leaf of the derivative.
 */
final class TorchNetwork implements Network {

  private final TorchEngine engine;
  private final Architecture architecture;
  private final TorchTensors tensors;
  private final TorchVelocity velocity;

  TorchNetwork(TorchEngine engine, Architecture architecture, INDArray initial) {
    this(
        engine,
        architecture,
        engine.tensor(checked(architecture, "weights", initial, architecture.parameters().size())),
        engine.tensor(
            InitialWeights.runningStatistics(architecture),
            architecture.runningStatistics().size()),
        new TorchVelocity(engine));
  }

  /** Takes over tensors that were kept by {@link TorchEngine#keep}. */
  private TorchNetwork(
      TorchEngine engine,
      Architecture architecture,
      Tensor weights,
      Tensor statistics,
      TorchVelocity velocity) {
    this.engine = engine;
    this.velocity = velocity;
    this.architecture = architecture;
    this.tensors = new TorchTensors(architecture, weights, statistics);
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
    Tensor weights = tensors.weights();
    overwrite(weights, TorchVector.compatible(values, engine, weights.numel()));
  }

  @Override
  public ParameterVector vector(INDArray values) {
    checkLength("vector", values, tensors.weights().numel());
    return new TorchVector(engine, engine.tensor(values));
  }

  @Override
  public NetworkState saveState() {
    Tensor weights = tensors.weights();
    Tensor statistics = tensors.statistics();
    return new NetworkState(
        engine.array(weights, weights.numel()),
        statistics.numel() == 0
            ? Nd4j.empty(engine.precision().dataType())
            : engine.array(statistics, statistics.numel()),
        velocity.toArray());
  }

  @Override
  public void restore(NetworkState state) {
    Tensor weights = tensors.weights();
    Tensor statistics = tensors.statistics();
    checkLength("weights", state.weights(), weights.numel());
    checkLength("running statistics", state.runningStatistics(), statistics.numel());
    if (!state.velocity().isEmpty()) {
      checkLength("velocity", state.velocity(), weights.numel());
    }
    overwrite(weights, state.weights());
    if (statistics.numel() > 0) {
      overwrite(statistics, state.runningStatistics());
    }
    velocity.restore(state.velocity());
  }

  @Override
  public Network copy() {
    return new TorchNetwork(
        engine,
        architecture,
        TorchEngine.copy(tensors.weights()),
        TorchEngine.copy(tensors.statistics()),
        velocity.copy());
  }

  @Override
  public Loss step(Batch batch, Objective objective, SgdStep step) {
    engine.enter();
    Tensor weights = tensors.weights();
    try (PointerScope scope = new PointerScope()) {
      boolean empty = batch.size() == 0;
      Tensor loss =
          empty
              ? weights.new_zeros(new long[0])
              : dataLoss(batch, objective, Statistics.BATCH_AND_UPDATE);
      List<Tensor> leaves = tensors.leaves();
      Tensor[] gradient =
          empty ? leaves.stream().map(torch::zeros_like).toArray(Tensor[]::new) : grad(loss, false);
      Scalar against = new Scalar(-step.rate());
      try (NoGradGuard frozen = new NoGradGuard()) {
        loss = withDecay(loss, objective);
        if (step.momentum() == 0 && !TorchEngine.isCuda(engine.device())) {
          // A flat copy of the gradient is one more pass over memory, but one call on a GPU.
          for (int i = 0; i < gradient.length; i++) {
            Tensor leaf = leaves.get(i);
            leaf.add_(withDecay(gradient[i], leaf, objective), against);
          }
        } else {
          Tensor whole = withDecay(flat(gradient), weights, objective);
          weights.add_(velocity.carry(whole, step.momentum()), against);
        }
      }
      return new TorchLoss(TorchEngine.keep(loss.detach()));
    }
  }

  @Override
  public LossGradient gradient(Batch batch, Objective objective, Mode mode) {
    try (PointerScope scope = new PointerScope()) {
      Tensor loss = dataLoss(batch, objective, statistics(mode));
      Tensor gradient = flat(grad(loss, false));
      try (NoGradGuard frozen = new NoGradGuard()) {
        loss = withDecay(loss, objective);
        gradient = withDecay(gradient, tensors.weights(), objective);
      }
      return new LossGradient(
          new TorchLoss(TorchEngine.keep(loss.detach())),
          new TorchVector(engine, TorchEngine.keep(gradient)));
    }
  }

  @Override
  public INDArray inputGradient(Batch batch, Objective objective, Mode mode) {
    try (PointerScope scope = new PointerScope()) {
      Tensor input = input(batch, statistics(mode)).set_requires_grad(true);
      Tensor loss = dataLoss(batch, input, objective, statistics(mode));
      Tensor gradient = grad(loss, new TensorVector(input), false)[0];
      return engine.array(gradient, Examples.shape(batch, architecture));
    }
  }

  @Override
  public LinearOperator hessian(Batch batch, Objective objective, Mode mode) {
    try (PointerScope scope = new PointerScope()) {
      Statistics how = statistics(mode);
      Tensor input = input(batch, how);
      Tensor logits =
          NativeErrors.shortened(
              () ->
                  TorchForward.twiceDifferentiable(
                      architecture.layers(), input, tensors.leaves(), tensors.runningViews(), how));
      Tensor[] gradient = grad(dataLoss(batch, objective, logits), true);
      // The array points into a vector that ends with the scope: keep handles of our own.
      Tensor[] kept =
          Arrays.stream(gradient).map(g -> TorchEngine.keep(new Tensor(g))).toArray(Tensor[]::new);
      return new TorchHessian(engine, layout(), tensors, kept, objective.weightDecay());
    }
  }

  @Override
  public INDArray logits(Batch batch, Mode mode) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard frozen = new NoGradGuard()) {
      Tensor logits = forward(input(batch, statistics(mode)), statistics(mode));
      return engine.array(logits, batch.size(), architecture.classes());
    }
  }

  @Override
  public void close() {
    velocity.close();
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
    return NativeErrors.shortened(
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
        NativeErrors.shortened(
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

  private Tensor[] grad(Tensor loss, boolean createGraph) {
    return grad(loss, new TensorVector(tensors.leaves().toArray(Tensor[]::new)), createGraph);
  }

  private static Tensor[] grad(Tensor loss, TensorVector inputs, boolean createGraph) {
    return NativeErrors.shortened(
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

  /** The loss with the L2 term. */
  private Tensor withDecay(Tensor loss, Objective objective) {
    Tensor weights = tensors.weights();
    return objective.weightDecay() == 0
        ? loss
        : loss.add(weights.dot(weights), new Scalar(objective.weightDecay() / 2));
  }

  /** A gradient by some weights, with that of the L2 term. */
  private static Tensor withDecay(Tensor gradient, Tensor weights, Objective objective) {
    return objective.weightDecay() == 0
        ? gradient
        : gradient.add(weights, new Scalar(objective.weightDecay()));
  }

  private void overwrite(Tensor target, INDArray values) {
    try (Tensor source = engine.tensor(values)) {
      overwrite(target, source);
    }
  }

  private static void overwrite(Tensor target, Tensor source) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard frozen = new NoGradGuard()) {
      target.copy_(source);
    }
  }

  private static Statistics statistics(Mode mode) {
    return mode == Mode.TRAINING ? Statistics.BATCH : Statistics.RUNNING;
  }

  private void checkLength(String what, INDArray values, long expected) {
    checked(architecture, what, values, expected);
  }

  private static INDArray checked(
      Architecture architecture, String what, INDArray values, long expected) {
    if (values.length() != expected && !(values.isEmpty() && expected == 0)) {
      throw new IllegalArgumentException(
          what
              + " of "
              + architecture.name()
              + " must hold "
              + expected
              + " values, not "
              + values.length());
    }
    return values;
  }
}
