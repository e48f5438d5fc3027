package dev.unrolling.unlearning.baselines;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Network;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.Descent;
import dev.unrolling.unlearning.baselines.parts.Retargeted;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Unlearning with a bad teacher (Chundawat, Tarun, Mandal and Kankanhalli, AAAI 2023): a copy of M
 * learns the answers of an untrained network on what is forgotten, and those of M on a share of
 * what stays, by KL(teacher || copy) at temperature 1.
 *
 * <p>The default is the setting of their scripts, one epoch in batches of 256 at rate 1e-4 with 30%
 * of what stays, but for the optimiser: theirs is Adam, here it is SGD with momentum 0.9, so the
 * rate is to be searched.
 *
 * @param plan of the epochs
 * @param share of what stays that is taught, above 0 and at most 1; at least one example is
 */
public record BadTeacher(SgdPlan plan, double share) implements UnlearningMethod {

  /** Checks the range. */
  public BadTeacher {
    checkShare(share);
  }

  /** The setting of Chundawat et al. */
  public BadTeacher() {
    this(new SgdPlan(Schedule.constant(1e-4), 1, 256, 0.9), 0.3);
  }

  @Override
  public String name() {
    return "bad-teacher";
  }

  @Override
  public String displayName() {
    return "bad teacher";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(plan.gradients(size.forgotten() + shareOf(size.retained(), share)));
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
    Batch stays = shareOf(request.requireRetained(name()), share, request.seed());
    Network trained = request.trained();
    Retargeted taught = new Retargeted(request.forget().dataset());
    try (Network untrained = trained.engine().network(trained.architecture(), request.seed() + 1)) {
      taught.withTeacher(untrained, request.forget(), 0).withTeacher(trained, stays, 0);
    }
    Batch both = taught.of(request.forget(), stays);
    return Descent.unlearn(
        request,
        plan,
        Optional.empty(),
        loop ->
            loop.walk(
                plan.order(both, request.seed()),
                Descent.gradients(request.objective().withGamma(0))));
  }

  static void checkShare(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "the share of what stays must be above 0 and at most 1, not " + share);
    }
  }

  /** A share of so many examples that stay: at least one. */
  static long shareOf(long retained, double share) {
    return Math.max(1, Math.round(share * retained));
  }

  /** A share of what stays, drawn by the seed. */
  static Batch shareOf(Batch retained, double share, long seed) {
    int[] drawn = Subsets.byKeys(retained.indices(), seed);
    return Batch.of(retained.dataset(), Arrays.copyOf(drawn, (int) shareOf(drawn.length, share)));
  }
}
