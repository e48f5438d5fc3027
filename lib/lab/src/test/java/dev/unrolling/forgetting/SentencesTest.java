package dev.unrolling.forgetting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SentencesTest {

  @Test
  void numbersAreAsLongAsTheyAreKnown() {
    assertEquals("0", Sentences.number(0.0));
    assertEquals("0.3314", Sentences.number(0.33141));
    assertEquals("2.100e-06", Sentences.number(2.1e-6));
    assertEquals("not known", Sentences.number(null));
    assertEquals("5,760", Sentences.count(5760L));
    assertEquals("102.1%", Sentences.share(1.0208));
  }
}
