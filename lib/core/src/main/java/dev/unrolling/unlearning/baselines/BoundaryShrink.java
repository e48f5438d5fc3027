package dev.unrolling.unlearning.baselines;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.training.Logits;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.Descent;
import dev.unrolling.unlearning.baselines.parts.InputGradients;
import dev.unrolling.unlearning.baselines.parts.Retargeted;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Boundary shrink (Chen, Gao, Liu, Peng and Wang, "Boundary Unlearning", CVPR 2023): M goes on
 * training on the forget set alone, each example with the class that lies nearest to it, so that
 * the neighbours' regions take over that of what is forgotten. The nearest class is what M answers,
 * in evaluation mode, to the example moved by one step of the fast gradient sign method, \( x +
 * \epsilon \, \mathrm{sign} \, \nabla_x L(w_t, x) \). Where the step does not leave the region, M
 * still answers the true class, and the example keeps its label, as in their script: a longer step
 * leaves fewer of them. Needs neither the record nor the retain set.
 *
 * <p>The default is their setting: 10 epochs at rate 1e-5 in batches of 64, momentum 0.9, a step of
 * 0.1 for pixels in [0, 1]; they decay no weights. For networks and forget sets much smaller than
 * theirs the rate is to be searched.
 *
 * @param plan of the epochs
 * @param step \( \epsilon \), finite and positive: of pictures ({@link
 *     dev.unrolling.data.ImageDataset}) in units of pixels in [0, 1], which they do not leave; of
 *     other examples in units of the values that the network sees, without bounds
 */
public record BoundaryShrink(SgdPlan plan, double step) implements UnlearningMethod {

  /** Checks the range. */
  public BoundaryShrink {
    if (!(step > 0) || Double.isInfinite(step)) {
      throw new IllegalArgumentException(
          "the step to the nearest class must be finite and positive, e.g. 0.1, not " + step);
    }
  }

  /** The setting of Chen et al. */
  public BoundaryShrink() {
    this(new SgdPlan(Schedule.constant(1e-5), 10, 64, 0.9), 0.1);
  }

  @Override
  public String name() {
    return "boundary-shrink";
  }

  /** {@inheritDoc} A gradient by an example counts as one by the weights. */
  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(size.forgotten() + plan.gradients(size.forgotten()));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if there is a single class
   * @throws ArithmeticException if M's answers are no numbers
   * @throws IllegalStateException if the weights do not stay finite
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  @Override
  public Network unlearn(UnlearningRequest request) {
    Batch forget = request.forget();
    Batch relabelled =
        new Retargeted(forget.dataset()).withLabels(forget, nearest(request)).of(forget);
    return Descent.unlearn(
        request,
        plan,
        Optional.empty(),
        loop ->
            loop.walk(
                plan.order(relabelled, request.seed()), Descent.gradients(request.objective())));
  }

  /** What M answers to each example of the forget set after the step. */
  private int[] nearest(UnlearningRequest request) {
    Batch forget = request.forget();
    Network trained = request.trained();
    BatchOrder parts = BatchOrder.fixed(forget.dataset(), forget.indices(), plan.batchSize(), 1);
    return IntStream.range(0, parts.steps())
        .mapToObj(i -> InputGradients.signStep(trained, parts.batch(i), request.objective(), step))
        .flatMap(moved -> Arrays.stream(Logits.of(trained, Batch.all(moved))))
        .mapToInt(Logits::argMax)
        .toArray();
  }
}
