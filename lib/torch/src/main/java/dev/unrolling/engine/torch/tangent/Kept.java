package dev.unrolling.engine.torch.tangent;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Tensors that outlive the scope in which they were made. */
final class Kept implements AutoCloseable {

  private final List<Tensor> tensors = new ArrayList<>();

  /** A handle of its own: one that a native function gave may be a part of what ends before. */
  Tensor keep(Tensor tensor) {
    Tensor handle = new Tensor(tensor);
    handle.retainReference();
    tensors.add(handle);
    return handle;
  }

  @Override
  public void close() {
    tensors.forEach(Tensor::close);
    tensors.clear();
  }
}
