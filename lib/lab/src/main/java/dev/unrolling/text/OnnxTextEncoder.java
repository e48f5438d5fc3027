package dev.unrolling.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.unrolling.data.Checksums;
import dev.unrolling.data.DataException;
import dev.unrolling.data.FileErrors;
import dev.unrolling.data.TextEncoder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * A transformer in ONNX form with its tokenizer. A vector is the mean of the last layer over the
 * tokens, of unit length; a text longer than the maximum is cut at its end.
 *
 * <p>Each text goes through the model alone, on one thread: a quantised model rounds by the largest
 * value of all that it computes together, so a text's vector would depend on its neighbours. Call
 * {@link #encode} from as many threads as there are cores. The vectors of a quantised model can
 * differ a little between kinds of processor.
 */
public final class OnnxTextEncoder implements TextEncoder {

  /** Tokens that are read of a text unless said otherwise; film reviews average 317. */
  public static final int DEFAULT_TOKENS = 256;

  /** Values in a vector of {@link #miniLm}. */
  public static final int MINI_LM_WIDTH = 384;

  private final String name;
  private final String key;
  private final int width;
  private final HuggingFaceTokenizer tokenizer;
  private final OrtEnvironment environment;
  private final OrtSession session;

  private OnnxTextEncoder(String name, byte[] model, byte[] tokens, int maximum) {
    if (maximum < 3) {
      throw new IllegalArgumentException(
          "at least 3 tokens are needed, two of them the marks of start and end, not " + maximum);
    }
    this.name = name + ", " + maximum + " tokens";
    this.key = key(model, tokens, maximum);
    this.environment = OrtEnvironment.getEnvironment();
    this.tokenizer = tokenizer(name, tokens, maximum);
    this.session = session(name, model);
    this.width = probe();
  }

  /**
   * The quantised MiniLM of the class path (all-MiniLM-L6-v2, 384 values), with the first {@value
   * #DEFAULT_TOKENS} tokens of a text. Left to itself its tokenizer would cut at 128.
   */
  public static OnnxTextEncoder miniLm() {
    return new OnnxTextEncoder(MiniLm.NAME, MiniLm.model(), MiniLm.tokenizer(), DEFAULT_TOKENS);
  }

  /** {@link #key} of {@link #miniLm}, without opening it. */
  public static String miniLmKey() {
    return MiniLm.Key.VALUE;
  }

  /**
   * An encoder of the user's own, e.g. a DistilBERT.
   *
   * @param model an ONNX file; it takes {@code input_ids} and, if it declares them, {@code
   *     attention_mask} and {@code token_type_ids}, all {@code (1, tokens)}; its first output is
   *     {@code (1, tokens, width)}, or {@code (1, width)} if it pools itself
   * @param tokenizer its tokenizer.json
   * @param maximumTokens that are read of a text, at least 3, at most what the model takes
   * @throws DataException if a file cannot be read or is none of these
   */
  public static OnnxTextEncoder of(Path model, Path tokenizer, int maximumTokens) {
    return new OnnxTextEncoder(
        model.getFileName().toString(), bytes(model), bytes(tokenizer), maximumTokens);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public float[] encode(String text) {
    Encoding encoding = tokenizer.encode(text);
    Map<String, long[]> known =
        Map.of(
            "input_ids", encoding.getIds(),
            "attention_mask", encoding.getAttentionMask(),
            "token_type_ids", encoding.getTypeIds());
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      for (String input : session.getInputNames()) {
        long[] values = known.get(input);
        if (values == null) {
          throw new DataException(
              name
                  + " asks for an input \""
                  + input
                  + "\"; a text encoder takes input_ids, attention_mask and token_type_ids: export"
                  + " it for feature extraction");
        }
        inputs.put(
            input,
            OnnxTensor.createTensor(
                environment, LongBuffer.wrap(values), new long[] {1, values.length}));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        return pooled((OnnxTensor) result.get(0));
      }
    } catch (OrtException e) {
      throw new DataException(
          name + " cannot encode a text of " + encoding.getIds().length + " tokens (" + e + ")", e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  /** Tokens that the model sees of a text, the marks of start and end included. */
  int tokens(String text) {
    return tokenizer.encode(text).getIds().length;
  }

  @Override
  public void close() {
    tokenizer.close();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The mean over the tokens (there is no padding), of unit length. */
  private float[] pooled(OnnxTensor output) {
    long[] shape = output.getInfo().getShape();
    FloatBuffer values = output.getFloatBuffer();
    if (shape.length < 2 || shape.length > 3 || shape[0] != 1 || values == null) {
      throw new DataException(
          name
              + " has a first output of shape "
              + Arrays.toString(shape)
              + "; expected floats (1, tokens, width) or (1, width)");
    }
    int columns = (int) shape[shape.length - 1];
    double[] sums = new double[columns];
    for (int i = 0; values.hasRemaining(); i++) {
      sums[i % columns] += values.get();
    }
    double squares = 0;
    for (double sum : sums) {
      squares += sum * sum;
    }
    float[] vector = new float[columns];
    for (int i = 0; i < columns; i++) {
      vector[i] = (float) (sums[i] / Math.sqrt(squares));
    }
    return vector;
  }

  private int probe() {
    try {
      return encode("A text.").length;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static HuggingFaceTokenizer tokenizer(String name, byte[] tokens, int maximum) {
    // Without these the tokenizer's library reports its use to its makers when it is loaded.
    setUnlessSet("OPT_OUT_TRACKING");
    setUnlessSet("DJL_OFFLINE");
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(tokens),
          Map.of(
              "padding",
              "false",
              "truncation",
              "true",
              "maxLength",
              String.valueOf(maximum),
              "modelMaxLength",
              String.valueOf(maximum)));
    } catch (IOException | RuntimeException e) {
      throw new DataException(
          "the tokenizer of " + name + " cannot be read (" + e + "); give its tokenizer.json", e);
    }
  }

  private static void setUnlessSet(String property) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, "true");
    }
  }

  private OrtSession session(String model, byte[] content) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      return environment.createSession(content, options);
    } catch (OrtException e) {
      tokenizer.close();
      throw new DataException(model + " is no ONNX model that can be run (" + e + ")", e);
    }
  }

  /** What tells the vectors of a model from those of another. */
  static String key(byte[] model, byte[] tokens, int maximum) {
    MessageDigest digest = Checksums.newDigest();
    digest.update(model);
    digest.update(tokens);
    digest.update(("mean, unit length, " + maximum).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
  }

  private static byte[] bytes(Path file) {
    FileErrors.requireFile(file);
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw FileErrors.failed(file, e);
    }
  }
}
