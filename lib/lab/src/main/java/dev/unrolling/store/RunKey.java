package dev.unrolling.store;

import dev.unrolling.data.Checksums;
import dev.unrolling.dataset.DataIdentity;
import dev.unrolling.engine.Engine;
import java.lang.reflect.RecordComponent;
import java.util.Optional;

/**
 * What decides the numbers of a run; its hash names the run's folder. Neither times nor versions of
 * libraries are in it; those are provenance.
 *
 * @param computation name of the computation
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

  /** The key of a run on an engine. */
  public static RunKey of(
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
    return Checksums.sha256(text()).substring(0, DIGITS);
  }

  /**
   * Every value in a line; numbers with a fraction bit for bit, so that all JVMs agree. A setting
   * that is optional and empty has none: a run without it is the run from before there was one.
   */
  public String text() {
    StringBuilder lines = new StringBuilder();
    append(lines, "", this);
    return lines.toString();
  }

  private static void append(StringBuilder lines, String prefix, Record values) {
    for (RecordComponent component : RecordTable.components(values.getClass())) {
      String name = prefix + component.getName();
      Object value = RecordTable.read(component, values);
      if (value instanceof Optional<?> optional) {
        optional.ifPresent(set -> lines.append(name).append('=').append(set).append('\n'));
      } else if (value instanceof DataIdentity data) {
        lines.append(data.matchesName() ? "" : name + "=" + data.sum() + '\n');
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
