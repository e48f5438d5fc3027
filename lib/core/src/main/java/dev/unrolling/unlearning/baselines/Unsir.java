package dev.unrolling.unlearning.baselines;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Network;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.Descent;
import dev.unrolling.unlearning.baselines.parts.WithNoise;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * UNSIR (Tarun, Chundawat, Mandal and Kankanhalli, "Fast Yet Effective Machine Unlearning", IEEE
 * Transactions on Neural Networks and Learning Systems, 2023): of the classes of the forget set
 * {@link ErrorMaximisingNoise} is learned; M is impaired by training on copies of it, labelled as
 * these classes, among a share of what stays, and repaired by training on that share alone. Each of
 * the two begins without momentum.
 *
 * <p>It is meant for whole classes: of the forget set it reads nothing but which classes occur. The
 * noise is divided among these, so that several cost what one does; where examples of them stay,
 * the noise works against those. Their script labels the noise of every class as class 0, which
 * here has its own.
 *
 * <p>The default is the setting of their script for CIFAR-10: an epoch at rate 0.02 with 20 copies
 * of the noise and an epoch at rate 0.01, both in batches of 256, with 1,000 of the 5,000 examples
 * of each class that stays; but for the optimiser: theirs is Adam, here it is SGD with momentum
 * 0.9, so the rates are to be searched.
 *
 * @param impair plan of the first part
 * @param repair plan of the second
 * @param noise that is learned
 * @param copies of the noise in the first part, at least 1
 * @param share of what stays that both parts see, above 0 and at most 1; at least one example is
 */
public record Unsir(
    SgdPlan impair, SgdPlan repair, ErrorMaximisingNoise noise, int copies, double share)
    implements UnlearningMethod {

  /** Checks the ranges. */
  public Unsir {
    BadTeacher.checkShare(share);
    if (copies < 1) {
      throw new IllegalArgumentException(
          "the noise is trained on in at least 1 copy, not " + copies);
    }
  }

  /** The setting of Tarun et al. */
  public Unsir() {
    this(
        new SgdPlan(Schedule.constant(0.02), 1, 256, 0.9),
        new SgdPlan(Schedule.constant(0.01), 1, 256, 0.9),
        new ErrorMaximisingNoise(),
        20,
        0.2);
  }

  @Override
  public String name() {
    return "unsir";
  }

  @Override
  public String displayName() {
    return "UNSIR";
  }

  /**
   * {@inheritDoc} A gradient by the noise counts as one by the weights. Of more classes than the
   * noise has examples it costs more.
   */
  @Override
  public OptionalLong gradients(RequestSize size) {
    long stays = BadTeacher.shareOf(size.retained(), share);
    long learned = (long) noise.steps() * noise.examples();
    return OptionalLong.of(
        learned
            + impair.gradients((long) copies * noise.examples() + stays)
            + repair.gradients(stays));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the request has no retain set
   * @throws IllegalStateException if the weights do not stay finite
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  @Override
  public Network unlearn(UnlearningRequest request) {
    Batch stays = BadTeacher.shareOf(request.requireRetained(name()), share, request.seed());
    int[] classes = Arrays.stream(request.forget().labels()).distinct().sorted().toArray();
    Dataset learned =
        noise.learned(
            request.trained(), stays.dataset(), request.objective(), request.seed(), classes);
    Batch noisy = new WithNoise(stays.dataset(), learned, copies).with(stays);
    try (Network impaired = trained(request, request.trained(), impair, noisy)) {
      return trained(request, impaired, repair, stays);
    }
  }

  /** A copy of a network that was trained on. */
  private static Network trained(
      UnlearningRequest request, Network from, SgdPlan plan, Batch examples) {
    UnlearningRequest part =
        UnlearningRequest.of(from, request.forget()).withObjective(request.objective());
    return Descent.unlearn(
        part,
        plan,
        Optional.empty(),
        loop ->
            loop.walk(
                plan.order(examples, request.seed()), Descent.gradients(request.objective())));
  }
}
