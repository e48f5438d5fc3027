package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What every error message must be. */
final class Messages {

  private Messages() {}

  /** One line that holds all the parts. */
  static void assertOneLine(Throwable error, String... parts) {
    String message = error.getMessage();
    assertFalse(message.contains("\n"), message);
    for (String part : parts) {
      assertTrue(message.contains(part), "\"" + part + "\" is not in: " + message);
    }
  }
}
