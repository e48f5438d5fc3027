package dev.unrolling.experiments.benchmark;

import dev.unrolling.engine.Network;
import dev.unrolling.training.DivergenceException;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningMethods;
import dev.unrolling.unlearning.UnlearningRequest;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Chooses the candidate of a method, by another forget set and the validation part alone. */
final class Tuning implements AutoCloseable {

  private final BenchmarkSplit split;
  private final Network original;
  private final Measures reference;

  /**
   * @param split with another forget set
   * @param original trained on all of it; owned
   * @param retrained on what stays; closed
   */
  Tuning(BenchmarkSplit split, Network original, Network retrained) {
    this.split = split;
    this.original = original;
    try (retrained) {
      this.reference = Measures.ofValidation(retrained, split);
    }
  }

  /** The candidate of the least gap to retraining; the first where none leaves a network. */
  double best(Contender contender) {
    double best = contender.grid().get(0);
    if (contender.grid().size() == 1) {
      return best;
    }
    double least = Double.POSITIVE_INFINITY;
    for (double candidate : contender.grid()) {
      Optional<Network> made = unlearned(contender.made().apply(candidate), original, split);
      if (made.isPresent()) {
        try (Network network = made.get()) {
          double gap = Measures.ofValidation(network, split).gap(reference);
          if (gap < least) {
            least = gap;
            best = candidate;
          }
        }
      }
    }
    return best;
  }

  /**
   * What a method makes of a network; empty if it destroyed it.
   *
   * @param trained read by one thread at a time
   * @throws IllegalStateException if a method of one's own failed, naming it, the cause and where
   */
  static Optional<Network> unlearned(
      UnlearningMethod method, Network trained, BenchmarkSplit split) {
    try (Network given = copy(trained)) {
      return Optional.of(
          UnlearningMethods.apply(
              method,
              UnlearningRequest.of(given, split.forget())
                  .withRetained(split.retained())
                  .withSeed(split.settings().seed())));
    } catch (DivergenceException destroyed) {
      return Optional.empty();
    } catch (CancellationException | IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      boolean isDestroyed = e instanceof IllegalStateException || e instanceof ArithmeticException;
      if (isDestroyed && OwnMethods.isOfTheLibrary(method)) {
        return Optional.empty();
      }
      StackTraceElement[] where = e.getStackTrace();
      throw new IllegalStateException(
          "unlearning by \""
              + method.name()
              + "\" failed: "
              + e
              + (where.length == 0 ? "" : ", at " + where[0]),
          e);
    }
  }

  /** A copy of a network that several threads have. */
  static Network copy(Network shared) {
    synchronized (shared) {
      return shared.copy();
    }
  }

  @Override
  public void close() {
    original.close();
  }
}
