package dev.unrolling.data;

/**
 * Data that is missing, damaged or cannot be fetched. The message is one line for the user: what
 * was found, what was expected, and the way out.
 */
public final class DataException extends RuntimeException {

  /** An error with its message. */
  public DataException(String message) {
    super(message);
  }

  /** An error with its message and what caused it. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
