package dev.unrolling.unlearning;

/**
 * How much a request is about, to tell what a method will cost before anything is done.
 *
 * @param forgotten examples that are to be forgotten, at least 1
 * @param retained examples that stay, at least 0
 * @param epochs that the network was trained for, at least 1
 */
public record RequestSize(long forgotten, long retained, int epochs) {

  /** Checks the ranges. */
  public RequestSize {
    if (forgotten < 1 || retained < 0 || epochs < 1) {
      throw new IllegalArgumentException(
          "at least 1 example is forgotten, 0 or more stay and there was at least 1 epoch, not "
              + forgotten
              + ", "
              + retained
              + " and "
              + epochs);
    }
  }

  /** Gradients of one example that the training took. */
  public long training() {
    return epochs * (forgotten + retained);
  }
}
