package dev.unrolling.experiment;

import dev.unrolling.engine.Engine;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What decides the numbers of a run; its hash names the run's folder. Neither times nor versions of
 * libraries are in it; those are provenance.
 *
 * @param computation name of the {@link Computation}
 * @param version of the computation
 * @param engine e.g. {@code "torch"}
 * @param device {@code "cpu"} or {@code "cuda"}: another device rounds otherwise
 * @param precision e.g. {@code "float32"}
 * @param threads of one operation
 * @param data that it reads; those that a name has always stood for are not in the hash
 * @param settings of the run
 */
public record RunKey(
    String computation,
    int version,
    String engine,
    String device,
    String precision,
    int threads,
    DataIdentity data,
    Record settings) {

  private static final int DIGITS = 16;

  /**
   * The key of a computation's run on an engine.
   *
   * @throws IllegalArgumentException if there is no data set of the name that the settings give
   * @throws dev.unrolling.data.DataException if it cannot be told which data these are
   */
  public static <S extends Record> RunKey of(
      Computation<S, ?> computation, Engine engine, DataSets data, S settings) {
    DataIdentity identity = data.identity(computation.data(settings));
    return of(computation.name(), computation.version(), engine, identity, settings);
  }

  static RunKey of(
      String computation, int version, Engine engine, DataIdentity data, Record settings) {
    return new RunKey(
        computation,
        version,
        engine.name(),
        engine.device().replaceFirst(":.*", ""),
        engine.precision().toString(),
        engine.threads(),
        data,
        settings);
  }

  /** The first 16 hexadecimal digits of the SHA-256 of {@link #text}. */
  public String hash() {
    return sha256(text()).substring(0, DIGITS);
  }

  static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Every value in a line; numbers with a fraction bit for bit, so that all JVMs agree. */
  String text() {
    StringBuilder lines = new StringBuilder();
    append(lines, "", this);
    return lines.toString();
  }

  private static void append(StringBuilder lines, String prefix, Record values) {
    for (RecordComponent component : values.getClass().getRecordComponents()) {
      String name = prefix + component.getName();
      Object value = RecordTable.read(component, values);
      if (value instanceof DataIdentity data) {
        lines.append(data.isUsual() ? "" : name + "=" + data.sum() + '\n');
      } else if (value instanceof Record inner) {
        append(lines, name + ".", inner);
      } else {
        lines
            .append(name)
            .append('=')
            .append(value instanceof Double d ? Double.toHexString(d) : value)
            .append('\n');
      }
    }
  }
}
