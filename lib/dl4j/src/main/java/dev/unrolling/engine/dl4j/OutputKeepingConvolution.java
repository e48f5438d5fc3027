package dev.unrolling.engine.dl4j;

import java.util.Collection;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution without activation function whose output is kept until it goes back: DL4J's own
 * computes it a second time in the backward pass.
 */
final class OutputKeepingConvolution extends ConvolutionLayer {

  private static final long serialVersionUID = 1;

  /** A layer of a configuration whose activation is the identity. */
  OutputKeepingConvolution(ConvolutionLayer.Builder configuration) {
    super(configuration);
  }

  @Override
  public org.deeplearning4j.nn.api.Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialise,
      DataType type) {
    return made(new Computation(configuration, type), index, parameters);
  }

  /** A layer with its parameters, as DL4J's own layers make theirs; nothing is drawn. */
  static BaseLayer<?> made(BaseLayer<?> computation, int index, INDArray parameters) {
    NeuralNetConfiguration configuration = computation.conf();
    computation.setIndex(index);
    computation.setParamsViewArray(parameters);
    computation.setParamTable(
        configuration.getLayer().initializer().init(configuration, parameters, false));
    return computation;
  }

  private static final class Computation
      extends org.deeplearning4j.nn.layers.convolution.ConvolutionLayer {

    private static final long serialVersionUID = 1;

    Computation(NeuralNetConfiguration configuration, DataType type) {
      super(configuration, type);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
      INDArray output = super.activate(training, workspaces);
      // A field of DL4J's, which takes it for the output in the backward pass.
      preOutput = output;
      return output;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaces) {
      Pair<Gradient, INDArray> result = super.backpropGradient(epsilon, workspaces);
      preOutput = null;
      return result;
    }
  }
}
