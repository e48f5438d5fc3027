package dev.unrolling.engine.torch;

import dev.unrolling.engine.Engine;

/** LibTorch with images in the order that a CPU's user cannot choose, to compare with. */
public final class ChannelsFirst {

  private ChannelsFirst() {}

  /** The engine with the other order. */
  public static Engine of(Engine torch) {
    TorchEngine engine = (TorchEngine) torch;
    return new TorchEngine(
        engine.device(), engine.precision(), engine.threads(), false, engine.residentImages());
  }
}
