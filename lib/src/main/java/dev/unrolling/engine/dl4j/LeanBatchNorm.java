package dev.unrolling.engine.dl4j;

import dev.unrolling.model.Layer;
import java.util.Collection;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batch norm of pictures {@code (batch, channel, height, width)} by the batch's own statistics, in
 * float32. DL4J's own takes four times as long for these statistics, by another operation.
 */
final class LeanBatchNorm extends BatchNormalization {

  private static final long serialVersionUID = 1;

  LeanBatchNorm(Layer.BatchNorm b) {
    setNIn(b.channels());
    setNOut(b.channels());
    setEps(Layer.BatchNorm.EPSILON);
    setDecay(1 - Layer.BatchNorm.MOMENTUM);
    setUseLogStd(false);
    setActivationFn(new ActivationIdentity());
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialise,
      DataType type) {
    return LeanConvolution.made(new Computation(configuration, type), index, parameters);
  }

  private static final class Computation
      extends org.deeplearning4j.nn.layers.normalization.BatchNormalization {

    private static final long serialVersionUID = 1;

    private final INDArray mean;
    private final INDArray variance;

    Computation(NeuralNetConfiguration configuration, DataType type) {
      super(configuration, type);
      try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        this.mean = Nd4j.create(type, layerConf().getNOut());
        this.variance = Nd4j.create(type, layerConf().getNOut());
      }
    }

    @Override
    public INDArray preOutput(INDArray x, TrainingMode training, LayerWorkspaceMgr workspaces) {
      Nd4j.exec(
          DynamicCustomOp.builder("moments")
              .addInputs(x)
              .addIntegerArguments(0, 2, 3)
              .addOutputs(mean, variance)
              .build());
      INDArray output =
          workspaces.createUninitialized(ArrayType.ACTIVATIONS, x.dataType(), x.shape());
      Nd4j.exec(
          operation("batchnorm")
              .addInputs(x, mean, variance, scale(), shift())
              .addOutputs(output)
              .build());
      return output;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaces) {
      INDArray result =
          workspaces.createUninitialized(
              ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape());
      INDArray byMean =
          workspaces.createUninitialized(ArrayType.BP_WORKING_MEM, mean.dataType(), mean.shape());
      INDArray byVariance =
          workspaces.createUninitialized(ArrayType.BP_WORKING_MEM, mean.dataType(), mean.shape());
      Gradient gradient = new DefaultGradient();
      gradientViews.forEach(gradient::setGradientFor);
      Nd4j.exec(
          operation("batchnorm_bp")
              .addInputs(input, mean, variance, scale(), shift(), epsilon)
              .addOutputs(
                  result,
                  byMean,
                  byVariance,
                  gradientViews.get(BatchNormalizationParamInitializer.GAMMA),
                  gradientViews.get(BatchNormalizationParamInitializer.BETA))
              .build());
      statisticsMove(BatchNormalizationParamInitializer.GLOBAL_MEAN, mean);
      statisticsMove(BatchNormalizationParamInitializer.GLOBAL_VAR, variance);
      return new Pair<>(gradient, result);
    }

    private DynamicCustomOp.DynamicCustomOpsBuilder operation(String name) {
      return DynamicCustomOp.builder(name)
          .addIntegerArguments(1, 1, 1)
          .addFloatingPointArguments(layerConf().getEps());
    }

    /** What DL4J subtracts from a running statistic: its share of (running - batch's). */
    private void statisticsMove(String key, INDArray ofBatch) {
      gradientViews
          .get(key)
          .assign(getParam(key).reshape(ofBatch.shape()))
          .subi(ofBatch)
          .muli(1 - layerConf().getDecay());
    }

    private INDArray scale() {
      return flat(BatchNormalizationParamInitializer.GAMMA);
    }

    private INDArray shift() {
      return flat(BatchNormalizationParamInitializer.BETA);
    }

    private INDArray flat(String key) {
      INDArray values = getParam(key);
      return values.reshape(values.length());
    }
  }
}
