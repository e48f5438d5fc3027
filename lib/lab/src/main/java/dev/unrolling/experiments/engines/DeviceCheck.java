package dev.unrolling.experiments.engines;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether a device computes what a reference computes.
 *
 * <p>What may be asked of float32 is limited by where a unit's sign is rounded the other way: there
 * a rectified network's gradient jumps. On one thread and on two of the same CPU, the training
 * gradient of a ResNet-18 at its initial weights differed by 6e-3 of its norm, and its losses over
 * 20 steps by 5e-3. So losses are compared on a network of few units, where they differed by 2e-5;
 * the float32 gradient is compared with the running statistics, where it differed by 4e-7; and the
 * training gradient in float64, where it differed by 2e-14.
 *
 * @param architecture of the network whose gradient is compared
 * @param images what it takes, at least 640 of them
 */
public record DeviceCheck(Architecture architecture, Dataset images) {

  /** Steps of training whose losses are compared. */
  public static final int STEPS = 20;

  private static final int BATCH_SIZE = 32;
  private static final int WIDTH = 8;
  private static final double RATE = 0.001;
  private static final Objective OBJECTIVE = Objective.crossEntropy().withGamma(1);

  /** Checks that there are examples for the steps. */
  public DeviceCheck {
    if (images.size() < STEPS * BATCH_SIZE) {
      throw new IllegalArgumentException(
          "a check takes at least "
              + STEPS * BATCH_SIZE
              + " images, and "
              + images.name()
              + " has "
              + images.size());
    }
  }

  /**
   * Compares the losses of a narrow ResNet-8, trained for {@value #STEPS} steps of 32 images at a
   * rate of 0.001 with momentum 0.9 and gamma 1, and two gradients of {@link #architecture}:
   * float32 with running statistics, and float64 with those of the batch.
   *
   * @return {@link EngineVerdicts#deviceLossesAgree}, then {@link
   *     EngineVerdicts#deviceGradientAgrees} twice
   */
  public List<Verdict> compare(Engine reference, Engine device) {
    BatchOrder order =
        BatchOrder.fixed(images, IntStream.range(0, STEPS * BATCH_SIZE).toArray(), BATCH_SIZE, 1);
    SgdTrainer trainer = new SgdTrainer(OBJECTIVE, Schedule.constant(RATE)).withMomentum(0.9);
    return List.of(
        EngineVerdicts.deviceLossesAgree(
            EngineComparison.training(
                reference,
                device,
                Architectures.resnet8(WIDTH, images.classes()),
                0,
                order,
                trainer)),
        gradient(reference, device, Precision.FLOAT32, Mode.EVALUATION),
        gradient(reference, device, Precision.FLOAT64, Mode.TRAINING));
  }

  private Verdict gradient(Engine reference, Engine device, Precision precision, Mode mode) {
    return EngineVerdicts.deviceGradientAgrees(
        precision,
        EngineComparison.gradientDifference(
            reference.withPrecision(precision),
            device.withPrecision(precision),
            architecture,
            0,
            first(BATCH_SIZE),
            OBJECTIVE,
            mode));
  }

  private Batch first(int examples) {
    return Batch.of(images, IntStream.range(0, examples).toArray());
  }
}
