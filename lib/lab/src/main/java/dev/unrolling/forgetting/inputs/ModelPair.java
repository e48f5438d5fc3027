package dev.unrolling.forgetting.inputs;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Objective;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntConsumer;

/** A user's model before and after the training that saw what is to be forgotten. */
public interface ModelPair extends AutoCloseable {

  /**
   * What a method gave.
   *
   * @param model unlearned
   * @param notes sentences on what was done
   */
  record Unlearned(Snapshot model, List<String> notes) {}

  /** The model at w_0. */
  Snapshot start();

  /** The model at w_t. */
  Snapshot trained();

  /** What a pixel is to the model, as far as its files tell. */
  UserExamples.Pixels pixels();

  /** Data as the model is fed them; asked before anything of the models. */
  Dataset fed(Dataset data);

  /** Steps of the training, where the files tell. */
  OptionalInt steps();

  /** Epochs of the training, where the files tell. */
  OptionalInt epochs();

  /** Momentum of the training. */
  double momentum();

  /** Whether the momentum of the training is that of the library's own steps. */
  boolean stepsAsWeDo();

  /** The learning rates of a run, one a step. */
  double[] rates(BatchOrder order);

  /** What was minimised, without regularisation. */
  Objective objective();

  /** Single gradient unlearning of what an order visits. */
  Unlearned singleGradient(BatchOrder order);

  /**
   * Trains again from w_0.
   *
   * @param order of the batches
   * @param progress told how many epochs are done
   */
  Snapshot trainedAgain(BatchOrder order, IntConsumer progress);

  @Override
  void close();
}
