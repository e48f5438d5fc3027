package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.Mode;
import java.util.Collection;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batch norm over the second dimension, for two things that DL4J's own does not do.
 *
 * <p>By running statistics its derivative is that of a layer whose statistics do not move, while
 * DL4J's backward pass always takes them for the batch's. By the batch's own, its statistics take a
 * fourth of the time, by another of ND4J's operations.
 */
final class BatchNorm extends BatchNormalization {

  private static final long serialVersionUID = 1;

  private final Mode mode;

  /**
   * A layer in place of another.
   *
   * @param like what it is made of; its running variance is kept as such, not as a logarithm
   * @param mode which statistics it reads
   */
  BatchNorm(BatchNormalization like, Mode mode) {
    this.mode = mode;
    setLayerName(like.getLayerName());
    setNIn(like.getNIn());
    setNOut(like.getNOut());
    setEps(like.getEps());
    setDecay(like.getDecay());
    setLockGammaBeta(like.isLockGammaBeta());
    setUseLogStd(false);
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialise,
      DataType type) {
    Computation computation = new Computation(configuration, type, mode);
    return OutputKeepingConvolution.made(computation, index, parameters);
  }

  private static final class Computation
      extends org.deeplearning4j.nn.layers.normalization.BatchNormalization {

    private static final long serialVersionUID = 1;

    private final Mode mode;
    private final INDArray mean;
    private final INDArray variance;

    Computation(NeuralNetConfiguration configuration, DataType type, Mode mode) {
      super(configuration, type);
      this.mode = mode;
      try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        this.mean = Nd4j.create(type, layerConf().getNOut());
        this.variance = Nd4j.create(type, layerConf().getNOut());
      }
    }

    @Override
    public INDArray preOutput(INDArray x, TrainingMode training, LayerWorkspaceMgr workspaces) {
      if (mode == Mode.TRAINING) {
        Nd4j.exec(
            DynamicCustomOp.builder("moments")
                .addInputs(x)
                .addIntegerArguments(positions(x))
                .addOutputs(mean, variance)
                .build());
      } else {
        mean.assign(flat(BatchNormalizationParamInitializer.GLOBAL_MEAN));
        variance.assign(flat(BatchNormalizationParamInitializer.GLOBAL_VAR));
      }
      INDArray output = like(x, ArrayType.ACTIVATIONS, workspaces);
      return normalise(x, mean, scale(), shift(), output);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaces) {
      // ND4J's operations read other strides wrongly.
      INDArray dense = Shape.hasDefaultStridesForShape(epsilon) ? epsilon : epsilon.dup('c');
      INDArray result = like(input, ArrayType.ACTIVATION_GRAD, workspaces);
      if (mode == Mode.TRAINING) {
        followBatch(dense, result, workspaces);
      } else {
        holdStatistics(dense, result, workspaces);
      }
      Gradient gradient = new DefaultGradient();
      gradientViews.forEach(gradient::setGradientFor);
      return new Pair<>(gradient, result);
    }

    private void followBatch(INDArray epsilon, INDArray result, LayerWorkspaceMgr workspaces) {
      Nd4j.exec(
          operation("batchnorm_bp")
              .addInputs(input, mean, variance, scale(), shift(), epsilon)
              .addOutputs(
                  result,
                  like(mean, ArrayType.BP_WORKING_MEM, workspaces),
                  like(mean, ArrayType.BP_WORKING_MEM, workspaces),
                  gradientOf(BatchNormalizationParamInitializer.GAMMA),
                  gradientOf(BatchNormalizationParamInitializer.BETA))
              .build());
      moveStatistic(BatchNormalizationParamInitializer.GLOBAL_MEAN, mean);
      moveStatistic(BatchNormalizationParamInitializer.GLOBAL_VAR, variance);
    }

    private void holdStatistics(INDArray epsilon, INDArray result, LayerWorkspaceMgr workspaces) {
      INDArray ones = Nd4j.onesLike(mean);
      INDArray zeros = Nd4j.zerosLike(mean);
      INDArray byScale = like(input, ArrayType.BP_WORKING_MEM, workspaces);
      normalise(input, mean, ones, zeros, byScale).muli(epsilon);
      int[] positions = positions(epsilon);
      gradientOf(BatchNormalizationParamInitializer.GAMMA).assign(byScale.sum(positions));
      gradientOf(BatchNormalizationParamInitializer.BETA).assign(epsilon.sum(positions));
      normalise(epsilon, zeros, scale(), zeros, result);
    }

    private INDArray normalise(
        INDArray x, INDArray centre, INDArray scale, INDArray shift, INDArray output) {
      Nd4j.exec(
          operation("batchnorm")
              .addInputs(x, centre, variance, scale, shift)
              .addOutputs(output)
              .build());
      return output;
    }

    private DynamicCustomOp.DynamicCustomOpsBuilder operation(String name) {
      return DynamicCustomOp.builder(name)
          .addIntegerArguments(1, 1, 1)
          .addFloatingPointArguments(layerConf().getEps());
    }

    /** What DL4J subtracts from a running statistic: its share of (running - batch's). */
    private void moveStatistic(String key, INDArray ofBatch) {
      gradientViews.get(key).assign(flat(key)).subi(ofBatch).muli(1 - layerConf().getDecay());
    }

    private INDArray scale() {
      return layerConf().isLockGammaBeta()
          ? Nd4j.onesLike(mean)
          : flat(BatchNormalizationParamInitializer.GAMMA);
    }

    private INDArray shift() {
      return layerConf().isLockGammaBeta()
          ? Nd4j.zerosLike(mean)
          : flat(BatchNormalizationParamInitializer.BETA);
    }

    /** Where a derivative goes; what is locked has none that anyone reads. */
    private INDArray gradientOf(String key) {
      return layerConf().isLockGammaBeta() ? Nd4j.zerosLike(mean) : gradientViews.get(key);
    }

    private INDArray flat(String key) {
      INDArray values = getParam(key);
      return values.reshape(values.length());
    }

    private static int[] positions(INDArray x) {
      return IntStream.range(0, x.rank()).filter(dimension -> dimension != 1).toArray();
    }

    private static INDArray like(INDArray x, ArrayType type, LayerWorkspaceMgr workspaces) {
      return workspaces.createUninitialized(type, x.dataType(), x.shape());
    }
  }
}
