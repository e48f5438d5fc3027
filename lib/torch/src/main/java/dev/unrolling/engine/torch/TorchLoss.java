package dev.unrolling.engine.torch;

import dev.unrolling.engine.Loss;
import org.bytedeco.pytorch.Tensor;

/** A scalar tensor, read once; until then the device need not have finished it. */
final class TorchLoss implements Loss {

  private final Tensor tensor;
  private double value;
  private boolean read;

  /** Takes over a tensor that was kept by {@link TorchEngine#keep}. */
  TorchLoss(Tensor kept) {
    this.tensor = kept;
  }

  @Override
  public double value() {
    if (!read) {
      value = Transfers.number(tensor);
      read = true;
      tensor.close();
    }
    return value;
  }
}
