package dev.unrolling.engine.dl4j;

import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.FwdPassType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.InputVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A graph that ends in logits instead of a loss. DL4J's public ways to backpropagate a foreign
 * derivative work outside of its workspaces, where each pass allocates anew and waits for the
 * garbage collector; this opens them as its training does.
 */
final class LayerGraph extends ComputationGraph {

  private static final long serialVersionUID = 1;

  private final Input inputVertex;

  /**
   * Initialises the graph with zeros: DL4J would draw weights, and reseed ND4J's global generator
   * for it.
   *
   * @param parameters number of values, batch-norm statistics included
   */
  LayerGraph(ComputationGraphConfiguration configuration, long parameters) {
    super(configuration);
    init(Nd4j.zeros(configuration.getDataType(), 1, parameters), false);
    this.inputVertex = new Input((InputVertex) getVertex(configuration.getNetworkInputs().get(0)));
    vertices[inputVertex.getVertexIndex()] = inputVertex;
    verticesMap.put(inputVertex.getVertexName(), inputVertex);
  }

  /** Logits of an input, in training mode. A new array. */
  INDArray logits(INDArray input) {
    LayerWorkspaceMgr workspaces = workspaces();
    try (MemoryWorkspace all = workspaces.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
      return forward(input);
    } finally {
      clearVertices();
    }
  }

  /**
   * Goes forward and back in training mode. The derivatives are then in {@link #gradient()}.
   *
   * @param derivative from logits to the loss's derivative by them, of the same shape
   */
  void pass(INDArray input, UnaryOperator<INDArray> derivative) {
    LayerWorkspaceMgr workspaces = workspaces();
    try (MemoryWorkspace all = workspaces.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
      INDArray logits = forward(input);
      INDArray epsilon;
      try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        epsilon = derivative.apply(logits);
      }
      calcBackpropGradients(false, false, epsilon);
    } finally {
      clearVertices();
    }
  }

  /**
   * Goes forward and back in training mode.
   *
   * @param derivative as in {@link #pass}
   * @return the loss's derivative by the input, of its shape. A new array
   */
  INDArray inputDerivative(INDArray input, UnaryOperator<INDArray> derivative) {
    inputVertex.received = Optional.of(Nd4j.zeros(input.dataType(), input.shape()));
    try {
      pass(input, derivative);
      return inputVertex.received.get();
    } finally {
      inputVertex.received = Optional.empty();
    }
  }

  private INDArray forward(INDArray input) {
    Map<String, INDArray> activations =
        ffToLayerActivationsInWS(
            true, -1, null, FwdPassType.STANDARD, false, new INDArray[] {input}, null, null, false);
    return activations.get(getConfiguration().getNetworkOutputs().get(0)).detach();
  }

  private LayerWorkspaceMgr workspaces() {
    LayerWorkspaceMgr manager =
        LayerWorkspaceMgr.builder()
            .with(ArrayType.ACTIVATIONS, WS_ALL_LAYERS_ACT, WS_ALL_LAYERS_ACT_CONFIG)
            .with(ArrayType.INPUT, WS_ALL_LAYERS_ACT, WS_ALL_LAYERS_ACT_CONFIG)
            .build();
    manager.setHelperWorkspacePointers(helperWorkspaces);
    return manager;
  }

  private void clearVertices() {
    for (GraphVertex vertex : vertices) {
      vertex.clear();
    }
  }

  /**
   * Where the input comes in. DL4J hands it the derivative in a workspace that is closed before the
   * backward pass is over, so it is copied while it is there, where somebody asked for it.
   */
  // DL4J's own setInputs takes an array where its interface has variable arguments.
  @SuppressWarnings("overrides")
  private static final class Input extends InputVertex {

    private static final long serialVersionUID = 1;

    private transient Optional<INDArray> received = Optional.empty();

    Input(InputVertex original) {
      super(
          original.getGraph(),
          original.getVertexName(),
          original.getVertexIndex(),
          original.getOutputVertices(),
          original.getDataType());
    }

    /** Called once for each vertex that reads the input, each time with the sum so far. */
    @Override
    public void setEpsilon(INDArray epsilon) {
      super.setEpsilon(epsilon);
      received.ifPresent(copy -> copy.assign(epsilon.reshape(copy.shape())));
    }
  }
}
