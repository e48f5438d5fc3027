package dev.unrolling.unlearning;

import java.util.stream.IntStream;

/**
 * What serving one request to forget after the other costs, in gradients of one example (claim
 * 2.9). What the first training took is not counted: every method trains once. Open: the cost of a
 * method of one's own is one class.
 */
public interface UnlearningCost {

  /**
   * Requests that come one after the other, each for some of the examples that are left, any of
   * them as likely as any other.
   *
   * @param examples N trained on before the first, at least 2
   * @param points q that each forgets, {@code 1 .. examples - 1}
   */
  record Requests(int examples, int points) {

    /** Checks the ranges. */
    public Requests {
      if (points < 1 || points >= examples) {
        throw new IllegalArgumentException(
            "points must be 1 to examples - 1, not " + points + " of " + examples);
      }
    }

    /** Number of requests that leave at least one example. */
    public int most() {
      return (examples - 1) / points;
    }

    /**
     * Examples left once a request is served.
     *
     * @param request from 1 to {@link #most()}
     * @throws IllegalArgumentException if the request is out of range
     */
    public int left(int request) {
      if (request < 1 || request > most()) {
        throw new IllegalArgumentException(
            "request must be 1 to " + most() + " of " + this + ", not " + request);
      }
      return examples - request * points;
    }
  }

  /** The requests that are served. */
  Requests requests();

  /**
   * Cost of one request; its expectation where it depends on which examples are asked for.
   *
   * @param request from 1 to {@code requests().most()}
   */
  double ofRequest(int request);

  /**
   * Vectors of all p weights that are kept, those of the models in use included; 4 p or 8 p bytes
   * each.
   */
  long storedVectors();

  /** Cost of the first so many requests, at least 1. */
  default double total(int count) {
    requests().left(count);
    return IntStream.rangeClosed(1, count).mapToDouble(this::ofRequest).sum();
  }

  /** Mean cost of the first so many requests, at least 1. */
  default double amortised(int count) {
    return total(count) / count;
  }

  /**
   * Training again from the start, without what is forgotten: E epochs over the examples left. Two
   * vectors: w_0 and the model.
   *
   * @param requests that are served
   * @param epochs E, at least 1
   */
  record Retraining(Requests requests, int epochs) implements UnlearningCost {

    /** Checks the range. */
    public Retraining {
      if (epochs < 1) {
        throw new IllegalArgumentException("epochs must be at least 1, not " + epochs);
      }
    }

    @Override
    public double ofRequest(int request) {
      return (double) epochs * requests.left(request);
    }

    @Override
    public long storedVectors() {
      return 2;
    }
  }

  /**
   * {@link SingleGradientUnlearning}: one gradient at w_0 of each point. Two vectors: w_0 and the
   * model.
   *
   * @param requests that are served
   */
  record SingleGradient(Requests requests) implements UnlearningCost {

    @Override
    public double ofRequest(int request) {
      requests.left(request);
      return requests.points();
    }

    @Override
    public long storedVectors() {
      return 2;
    }
  }

  /**
   * {@link AmnesiacUnlearning}: no gradient at all, for it has stored every update. It must store
   * all, not knowing which will be asked for: a vector a step, beside the model. (Where the batches
   * are the same in every epoch, their sums suffice: a vector a batch.) A batch is taken back
   * whole, with the points in it that nobody asked to forget.
   *
   * @param requests that are served
   * @param steps of the training, at least 1
   */
  record Amnesiac(Requests requests, long steps) implements UnlearningCost {

    /** Checks the range. */
    public Amnesiac {
      if (steps < 1) {
        throw new IllegalArgumentException("steps must be at least 1, not " + steps);
      }
    }

    @Override
    public double ofRequest(int request) {
      requests.left(request);
      return 0;
    }

    @Override
    public long storedVectors() {
      return 1 + steps;
    }
  }

  /**
   * Single gradient unlearning within an error budget: a request is served by it while the summed
   * unlearning error e stays within the budget; the request that would pass it is served by
   * retraining, and the sum starts again at 0. Every request is taken to cost the same e, which
   * knows nothing of what is forgotten (claim 2.4b).
   *
   * <p>Knowing e is not free: sigma takes Hessian-vector products, at each training anew. What they
   * cost at the first training is counted with the first request.
   *
   * @param retraining once the budget would be passed
   * @param budget of the summed error, at least 0
   * @param error e of one request, above 0
   * @param measuring gradients that measuring e costs at each training, at least 0
   */
  record Budgeted(Retraining retraining, double budget, double error, long measuring)
      implements UnlearningCost {

    /** Relative slack, so that a budget of n times e admits n requests whatever the rounding. */
    private static final double ROUNDING = 1e-9;

    /** Checks the ranges. */
    public Budgeted {
      if (!(budget >= 0) || !(error > 0) || !Double.isFinite(budget / error) || measuring < 0) {
        throw new IllegalArgumentException(
            "budget and measuring must be at least 0 and error above 0, all finite, not "
                + budget
                + ", "
                + measuring
                + " and "
                + error);
      }
    }

    @Override
    public Requests requests() {
      return retraining.requests();
    }

    /** Requests served by a single gradient between two retrainings. */
    public long requestsWithinBudget() {
      return (long) Math.floor(budget / error * (1 + ROUNDING));
    }

    /** Number of retrainings among the first so many requests. */
    public long retrainings(int count) {
      return count / (1 + requestsWithinBudget());
    }

    @Override
    public double ofRequest(int request) {
      double first = request == 1 ? measuring : 0;
      boolean retrained = request % (1 + requestsWithinBudget()) == 0;
      return first
          + (retrained
              ? retraining.ofRequest(request) + measuring
              : new SingleGradient(requests()).ofRequest(request));
    }

    @Override
    public long storedVectors() {
      return retraining.storedVectors();
    }
  }
}
