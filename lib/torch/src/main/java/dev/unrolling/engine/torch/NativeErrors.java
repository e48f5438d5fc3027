package dev.unrolling.engine.torch;

import java.util.function.Supplier;

/** What LibTorch refuses, in its own words but without the frames of its native stack. */
final class NativeErrors {

  private static final String FRAMES = "\nException raised from ";
  private static final String MOVED = "modified by an inplace operation";

  private NativeErrors() {}

  /**
   * Calls LibTorch.
   *
   * @throws IllegalStateException saying what it refused
   */
  static <T> T shortened(Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException refused) {
      String message = String.valueOf(refused.getMessage());
      int frames = message.indexOf(FRAMES);
      if (frames < 0) {
        throw refused;
      }
      // Not as its cause, which would print the frames after all.
      IllegalStateException plain = new IllegalStateException(reason(message.substring(0, frames)));
      plain.setStackTrace(refused.getStackTrace());
      throw plain;
    }
  }

  private static String reason(String message) {
    return message.contains(MOVED)
        ? "the weights were moved since this Hessian was made; make another at the new ones"
        : "LibTorch refused: " + message.strip();
  }
}
