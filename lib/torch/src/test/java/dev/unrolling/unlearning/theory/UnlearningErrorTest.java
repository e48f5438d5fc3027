package dev.unrolling.unlearning.theory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.unlearning.theory.UnlearningError.Averaging;
import java.util.List;
import org.junit.jupiter.api.Test;

/** By hand: eta 0.1, movement 2, t = 11, so that movement (t - 1) / 2 = 10. */
class UnlearningErrorTest {

  private static final List<Double> SIGNED = List.of(4., -9., 17.);
  private static final List<Double> SQUARES = List.of(4., 9., 16.);

  @Test
  void thePublishedFormHasTwoEtas() {
    // sigma = (4 + 9 + 17) / 3 = 10: 0.01 * 10 * 10
    assertEquals(1, UnlearningError.published().value(0.1, 2, 11, SIGNED), 1e-14);
  }

  @Test
  void theOtherFormHasOne() {
    assertEquals(10, UnlearningError.oneEta().value(0.1, 2, 11, SIGNED), 1e-13);
  }

  @Test
  void theLastSigmaAloneCanEnter() {
    // 0.01 * 10 * 17
    assertEquals(
        1.7,
        UnlearningError.published().withAveraging(Averaging.LAST).value(0.1, 2, 11, SIGNED),
        1e-14);
  }

  @Test
  void theAuthorsTakeTheMeanOfSquareRoots() {
    // (2 + 3 + 4) / 3 = 3: 0.01 * 10 * 3; the last alone: 0.01 * 10 * 4
    UnlearningError authors = UnlearningError.authorsSquareRoot();
    assertEquals(0.3, authors.value(0.1, 2, 11, SQUARES), 1e-15);
    assertEquals(0.4, authors.withAveraging(Averaging.LAST).value(0.1, 2, 11, SQUARES), 1e-15);
  }

  @Test
  void theAuthorsFormIsNaNForANegativeEigenvalue() {
    UnlearningError authors = UnlearningError.authorsSquareRoot();
    assertTrue(Double.isNaN(authors.value(0.1, 2, 11, SIGNED)));
    assertTrue(
        Double.isNaN(authors.withAveraging(Averaging.LAST).value(0.1, 2, 11, List.of(4., -1.))));
  }

  @Test
  void oneStepHasNoError() {
    assertEquals(0, UnlearningError.published().value(0.1, 2, 1, SIGNED));
    // Nor has a run that has not moved.
    assertEquals(0, UnlearningError.published().value(0.1, 0, 11, SIGNED));
  }

  @Test
  void refusesWhatIsOutOfRange() {
    UnlearningError error = UnlearningError.published();
    assertThrows(IllegalArgumentException.class, () -> error.value(0, 2, 11, SIGNED));
    assertThrows(IllegalArgumentException.class, () -> error.value(0.1, -2, 11, SIGNED));
    assertThrows(IllegalArgumentException.class, () -> error.value(0.1, 2, 0, SIGNED));
    assertThrows(IllegalArgumentException.class, () -> error.value(0.1, 2, 11, List.of()));
  }
}
