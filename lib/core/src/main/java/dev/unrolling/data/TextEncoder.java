package dev.unrolling.data;

/**
 * Turns a text into a vector of fixed width. The sentence encoder of the experiments is one; {@link
 * TextFeatures} encodes whole data sets by it.
 */
public interface TextEncoder extends AutoCloseable {

  /** A name for tables and messages, e.g. {@code "all-minilm-l6-v2-q, 256 tokens"}. */
  String name();

  /**
   * What decides the vectors, as letters and digits: two encoders with one key give the same vector
   * for the same text. Keys the features kept on disk.
   */
  String key();

  /** Values in a vector, at least 1. */
  int width();

  /**
   * Encodes one text. May be called from several threads.
   *
   * @param text not blank
   * @return a new array of {@link #width()} finite values
   * @throws DataException if the model cannot encode it
   */
  float[] encode(String text);

  /** Frees the model. */
  @Override
  void close();
}
