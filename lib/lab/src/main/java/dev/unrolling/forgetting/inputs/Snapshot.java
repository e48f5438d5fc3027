package dev.unrolling.forgetting.inputs;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Network;
import java.io.IOException;
import java.nio.file.Path;

/** A user's model at one moment: before its training, after it, unlearned, retrained. */
public interface Snapshot extends AutoCloseable {

  /** Distance of the trained weights of two snapshots of one model. */
  double distance(Snapshot other);

  /** The model's own loss on some examples, mean over them. */
  double loss(Batch examples);

  /** Share of some examples that it classifies right, 0 to 1. */
  double accuracy(Batch examples);

  /**
   * A network of this library with the same values, that the caller closes.
   *
   * @throws IllegalArgumentException if the model holds what the library's networks do not cover
   */
  Network network();

  /** The same model with the values of such a network. */
  Snapshot with(Network values);

  /** Writes it, whole or not at all. */
  void write(Path file) throws IOException;

  @Override
  void close();
}
