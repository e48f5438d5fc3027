package dev.unrolling.engine.dl4j;

/** The visit to what is to be forgotten in an epoch: steps outside of epochs are not counted. */
final class EpochVisits {

  private boolean inEpoch;

  /** Iteration of the epoch's visit; -1 before it. */
  private int visit = -1;

  void begin() {
    inEpoch = true;
    visit = -1;
  }

  void end() {
    inEpoch = false;
  }

  void visit(int iteration) {
    visit = inEpoch ? iteration : visit;
  }

  /** Refuses a second visit in an epoch. */
  void requireFirst(int iteration) {
    if (inEpoch && visit >= 0) {
      throw new IllegalStateException(
          "steps %s and %s of one epoch are both, bit for bit, the batch to be forgotten; take the"
                  .formatted(visit, iteration)
              + " double out of the data, or have all of them forgotten by everyMatch()");
    }
  }
}
