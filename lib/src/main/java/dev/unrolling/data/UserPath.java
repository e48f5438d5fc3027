package dev.unrolling.data;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Paths as the user names them. Java turns the bytes of arguments, of the environment and of the
 * working folder into letters by the locale, and in the locale C it knows ASCII alone: other
 * letters are lost before a program starts, and no option of the Java machine brings them back.
 */
public final class UserPath {

  private static final char LOST = '\ufffd';

  private UserPath() {}

  /**
   * The path of a text.
   *
   * @param what names it, e.g. {@code "--store"}
   * @param text as it was given
   * @throws IllegalArgumentException in a line, if it is none, or letters of it were lost
   */
  public static Path of(String what, String text) {
    try {
      if (text.indexOf(LOST) < 0) {
        return Path.of(text);
      }
    } catch (InvalidPathException e) {
      if (text.chars().allMatch(letter -> letter < 128)) {
        throw new IllegalArgumentException(
            what + " is no path: \"" + text + "\" (" + e.getReason() + ")", e);
      }
    }
    throw new IllegalArgumentException(unreadable(what, text));
  }

  /**
   * Checks that Java can name the working folder; else it would write beside it, into one whose
   * name has question marks.
   *
   * @throws IllegalArgumentException in a line, if it cannot
   */
  public static void requireWorkingFolder() {
    of("the working folder", System.getProperty("user.dir"));
  }

  private static String unreadable(String what, String text) {
    return what
        + " has letters that Java cannot read in this locale ("
        + System.getProperty("sun.jnu.encoding")
        + "): "
        + text.replace(LOST, '?')
        + "; set LC_ALL=C.UTF-8 or another UTF-8 locale, or use a path of ASCII letters";
  }
}
