package dev.unrolling.engine.dl4j;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.FwdPassType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
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

  /**
   * Initialises the graph with zeros: DL4J would draw weights, and reseed ND4J's global generator
   * for it.
   *
   * @param parameters number of values, batch-norm statistics included
   */
  LayerGraph(ComputationGraphConfiguration configuration, long parameters) {
    super(configuration);
    init(Nd4j.zeros(configuration.getDataType(), 1, parameters), false);
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
}
