package dev.unrolling.unlearning;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What is to be forgotten, and all that a method may use for it:
 *
 * <pre>{@code
 * UnlearningRequest request =
 *     UnlearningRequest.of(model, Batch.of(train, forgotten))
 *         .withRetained(Subsets.rest(train, forgotten));
 * try (Network unlearned = UnlearningMethods.named("fine-tuning").unlearn(request)) { ... }
 * }</pre>
 *
 * @param trained M at w_t; read, not owned
 * @param forget the forget set; its divisor is not read
 * @param retained the retain set: what M was trained on and may keep; empty if it is not at hand
 * @param record of the run that led to w_t; empty if there is none
 * @param objective that M was trained with
 * @param seed of whatever a method draws
 */
public record UnlearningRequest(
    Network trained,
    Batch forget,
    Optional<Batch> retained,
    Optional<ForgettingRecorder> record,
    Objective objective,
    long seed) {

  /**
   * Checks what belongs together.
   *
   * @throws IllegalArgumentException if nothing is to be forgotten, or an example is to be both
   *     forgotten and kept
   */
  public UnlearningRequest {
    if (forget.size() == 0) {
      throw new IllegalArgumentException("a request needs at least one example to forget, not 0");
    }
    retained.ifPresent(stays -> checkDisjoint(forget, stays));
  }

  /** A request with the forget set alone, cross entropy and seed 0. */
  public static UnlearningRequest of(Network trained, Batch forget) {
    return new UnlearningRequest(
        trained, forget, Optional.empty(), Optional.empty(), Objective.crossEntropy(), 0);
  }

  /** This request with a retain set. */
  public UnlearningRequest withRetained(Batch stays) {
    return new UnlearningRequest(trained, forget, Optional.of(stays), record, objective, seed);
  }

  /**
   * This request with a retain set.
   *
   * @param indices of the data set in which the forget set lies, e.g. {@link Subsets#rest(Dataset,
   *     int...)}
   */
  public UnlearningRequest withRetained(int... indices) {
    return withRetained(Batch.of(forget.dataset(), indices));
  }

  /** This request with the record of the run, and the objective of its first epoch. */
  public UnlearningRequest withRecord(ForgettingRecorder recorder) {
    return new UnlearningRequest(
        trained, forget, retained, Optional.of(recorder), recorder.trainer().objective(0), seed);
  }

  /** This request with the objective that M was trained with. */
  public UnlearningRequest withObjective(Objective trainedWith) {
    return new UnlearningRequest(trained, forget, retained, record, trainedWith, seed);
  }

  /** This request with another seed. */
  public UnlearningRequest withSeed(long drawn) {
    return new UnlearningRequest(trained, forget, retained, record, objective, drawn);
  }

  /**
   * The retain set, for a method that cannot do without.
   *
   * @param method its name, for the message
   * @throws IllegalArgumentException if there is none
   */
  public Batch requireRetained(String method) {
    return retained.orElseThrow(
        () ->
            new IllegalArgumentException(
                "unlearning by \""
                    + method
                    + "\" needs the retain set, and the request has none; add it by"
                    + " UnlearningRequest.withRetained(Subsets.rest(train, forgotten))"));
  }

  /**
   * The record of the run, for a method that cannot do without.
   *
   * @param method its name, for the message
   * @throws IllegalArgumentException if there is none, or it is of another network or of other
   *     examples
   */
  public ForgettingRecorder requireRecord(String method) {
    ForgettingRecorder recorder =
        record.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unlearning by \""
                        + method
                        + "\" needs the record of the run from w_0, and the request has none; give"
                        + " a ForgettingRecorder to the trainer before the run and add it by"
                        + " UnlearningRequest.withRecord, or take a method that needs only the"
                        + " trained network, such as fine-tuning or gradient-ascent"));
    if (recorder.network() != trained) {
      throw new IllegalArgumentException(
          "the record is of another network than the one to unlearn from; give the request the"
              + " network that the recorder was made with");
    }
    Batch recorded = recorder.removal().forgotten(recorder.order().forgetBatch());
    if (recorded.dataset() != forget.dataset() || !indices(recorded).equals(indices(forget))) {
      throw new IllegalArgumentException(
          "the record is of forgetting "
              + some(recorded)
              + ", the request of forgetting "
              + some(forget)
              + "; what it forgets is decided before the run, by the order and the removal");
    }
    return recorder;
  }

  private static void checkDisjoint(Batch forget, Batch stays) {
    if (stays.dataset() != forget.dataset()) {
      return;
    }
    Set<Integer> forgotten = indices(forget);
    IntStream.of(stays.indices())
        .filter(forgotten::contains)
        .findFirst()
        .ifPresent(
            both -> {
              throw new IllegalArgumentException(
                  "example "
                      + both
                      + " of "
                      + forget.dataset().name()
                      + " is to be forgotten and among the retained; take it out of one (see"
                      + " Subsets.rest)");
            });
  }

  private static Set<Integer> indices(Batch batch) {
    return IntStream.of(batch.indices()).boxed().collect(Collectors.toSet());
  }

  private static String some(Batch batch) {
    String first = Arrays.toString(Arrays.copyOf(batch.indices(), Math.min(3, batch.size())));
    return batch + ", the first " + first;
  }
}
