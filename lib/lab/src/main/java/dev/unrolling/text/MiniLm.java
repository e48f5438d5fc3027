package dev.unrolling.text;

import dev.unrolling.data.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;

/** The files of the quantised MiniLM on the class path. */
final class MiniLm {

  static final String NAME = "all-minilm-l6-v2-q";

  private static final String MODEL = NAME + ".onnx";
  private static final String TOKENIZER = NAME + "-tokenizer.json";

  private MiniLm() {}

  static byte[] model() {
    return resource(MODEL);
  }

  static byte[] tokenizer() {
    return resource(TOKENIZER);
  }

  /** The key of its encoder, found when it is asked for. */
  static final class Key {
    /** Files of which the key is known: to read them takes longer than else to name a run. */
    private static final String KNOWN = "df4d1c08 c3f77764";

    static final String VALUE =
        KNOWN.equals(crc(MODEL) + " " + crc(TOKENIZER))
            ? "206c046924d6f545"
            : OnnxTextEncoder.key(model(), tokenizer(), OnnxTextEncoder.DEFAULT_TOKENS);

    private Key() {}
  }

  /** The CRC-32 that the index of a resource's jar names; empty if it is in none. */
  private static String crc(String path) {
    URL url = MiniLm.class.getResource("/" + path);
    try {
      return url != null && url.openConnection() instanceof JarURLConnection jar
          ? Long.toHexString(jar.getJarEntry().getCrc())
          : "";
    } catch (IOException unreadable) {
      return "";
    }
  }

  private static byte[] resource(String path) {
    try (InputStream in = MiniLm.class.getResourceAsStream("/" + path)) {
      if (in == null) {
        throw new DataException(
            path + " is not on the class path; add langchain4j-embeddings-" + NAME);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new DataException(path + " cannot be read from the class path", e);
    }
  }
}
