package dev.unrolling.store;

/** A saved state that is whole but cannot be resumed from; {@link ResultStore} begins afresh. */
public final class ForeignState extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** A state without notes. */
  public ForeignState() {
    this(null);
  }

  /**
   * A state whose notes are others.
   *
   * @param cause what reading them said
   */
  public ForeignState(Throwable cause) {
    super("the saved state is not one that this version writes", cause);
  }
}
