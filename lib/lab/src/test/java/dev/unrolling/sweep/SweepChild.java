package dev.unrolling.sweep;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Runs cases in a JVM that may die of them, and says of each that it begins and how it ended. */
final class SweepChild {

  /** An index that reads memory which is not there, to see that a crash is reported. */
  static final long CRASH = -1;

  static final String BEGINS = "begins";

  private SweepChild() {}

  /** How a case that did not kill its process ended. */
  enum Ending {
    /** Computed, and right. */
    OK,
    /** Not computed, with a message that says why. */
    REFUSED,
    /** Computed, and wrong. */
    WRONG,
    /** An exception that is no refusal. */
    FAILED
  }

  /** Takes the indices of cases from standard input, one a line. */
  public static void main(String[] none) throws IOException {
    PrintStream said = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader indices =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = indices.readLine(); line != null; line = indices.readLine()) {
      said.println(BEGINS + " " + line);
      said.println(run(Long.parseLong(line)));
    }
  }

  private static String run(long index) {
    if (index == CRASH) {
      new BytePointer(new Nowhere()).get();
    }
    try {
      String wrong = CaseRun.wrong(Case.of(index));
      return wrong.isEmpty() ? Ending.OK.name() : Ending.WRONG + " " + wrong;
    } catch (IllegalArgumentException | ArithmeticException refused) {
      return Ending.REFUSED + " " + refused.getMessage().lines().findFirst().orElse("");
    } catch (RuntimeException failure) {
      return Ending.FAILED + " " + failure.toString().lines().findFirst().orElse("");
    }
  }

  private static final class Nowhere extends Pointer {
    Nowhere() {
      address = 8;
    }
  }
}
