package dev.unrolling.weights;

import dev.unrolling.weights.Tensor.Type;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * NumPy's format {@code .npy}, versions 1.0 and 2.0: a magic word and version, the length of a
 * header, the header (a Python dictionary of type, order and shape), and the values.
 */
final class Npy {

  /** An array that is not as it should be. */
  static final class MalformedException extends IOException {
    private final String found;
    private final String expected;

    MalformedException(String found, String expected) {
      super("found " + found + ", expected " + expected);
      this.found = found;
      this.expected = expected;
    }

    String found() {
      return found;
    }

    String expected() {
      return expected;
    }
  }

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private static final Map<String, Type> TYPES =
      new TreeMap<>(
          Map.of("<f2", Type.FLOAT16, "<f4", Type.FLOAT32, "<f8", Type.FLOAT64, "<i8", Type.INT64));

  /** NumPy's own bound of a header. */
  private static final int MAX_HEADER = 10_000;

  private static final Pattern FIELD =
      Pattern.compile(
          "\\s*'(descr|fortran_order|shape)'\\s*:\\s*('[^']*'|True|False|\\([\\d,\\s]*\\))\\s*(,|$)");

  private Npy() {}

  /**
   * Reads one array to the end of a stream.
   *
   * @param size bytes of the stream
   */
  static Tensor read(InputStream in, long size) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
      throw new MalformedException("no array of NumPy", "one that begins with \\x93NUMPY");
    }
    if (start[6] != 1 && start[6] != 2) {
      throw new MalformedException("version " + start[6] + "." + start[7], "1.0 or 2.0");
    }
    int width = start[6] == 1 ? 2 : 4;
    byte[] digits = Arrays.copyOf(in.readNBytes(width), 4);
    int length = ByteBuffer.wrap(digits).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (length < 0 || length > MAX_HEADER) {
      throw new MalformedException(
          "a header of " + Integer.toUnsignedString(length) + " bytes", "at most " + MAX_HEADER);
    }
    String header = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    Map<String, String> fields = fields(header);
    Type type = TYPES.get(fields.get("descr").replace("'", ""));
    if (type == null) {
      throw new MalformedException(
          "type " + fields.get("descr"), String.join(", ", TYPES.keySet()));
    }
    List<Integer> shape = shape(fields.get("shape"));
    long left = size - 8 - width - length;
    int expected;
    try {
      expected = Tensor.byteCount(type, shape);
    } catch (ArithmeticException e) {
      throw new MalformedException("an array of " + shape, "less than 2^31 bytes");
    }
    if (left != expected) {
      throw new MalformedException(
          left + " bytes of values", expected + " for " + shape + " in " + type);
    }
    byte[] values = in.readNBytes(expected);
    if (values.length < expected || in.read() >= 0) {
      throw new MalformedException("more or fewer bytes than the archive says", size + " bytes");
    }
    boolean columns = fields.get("fortran_order").equals("True");
    return new Tensor(type, shape, columns ? rowMajor(values, shape, type.width()) : values);
  }

  private static Map<String, String> fields(String header) throws IOException {
    String text = header.strip();
    MalformedException wrong =
        new MalformedException(
            "the header " + (text.length() > 80 ? text.substring(0, 80) + "..." : text),
            "{'descr': ..., 'fortran_order': ..., 'shape': (...)}");
    if (!text.startsWith("{") || !text.endsWith("}")) {
      throw wrong;
    }
    String body = text.substring(1, text.length() - 1).stripTrailing();
    Map<String, String> fields = new HashMap<>();
    Matcher matcher = FIELD.matcher(body);
    int at = 0;
    while (at < body.length()) {
      if (!matcher.find(at)
          || matcher.start() != at
          || fields.put(matcher.group(1), matcher.group(2)) != null) {
        throw wrong;
      }
      at = matcher.end();
    }
    if (fields.size() != 3
        || !fields.get("descr").startsWith("'")
        || !fields.get("shape").startsWith("(")
        || !fields.get("fortran_order").matches("True|False")) {
      throw wrong;
    }
    return fields;
  }

  private static List<Integer> shape(String tuple) throws IOException {
    List<Integer> shape = new ArrayList<>();
    for (String part : tuple.substring(1, tuple.length() - 1).split(",")) {
      if (!part.isBlank()) {
        try {
          shape.add(Integer.parseInt(part.strip()));
        } catch (NumberFormatException e) {
          throw new MalformedException("the shape " + tuple, "extents from 0 to 2^31 - 1");
        }
      }
    }
    return shape;
  }

  /** Values whose first index runs fastest, with the last running fastest. */
  private static byte[] rowMajor(byte[] columns, List<Integer> shape, int width) {
    byte[] rows = new byte[columns.length];
    int[] index = new int[shape.size()];
    for (int to = 0; to < rows.length; to += width) {
      int from = 0;
      for (int axis = index.length - 1; axis >= 0; axis--) {
        from = from * shape.get(axis) + index[axis];
      }
      System.arraycopy(columns, from * width, rows, to, width);
      for (int axis = index.length - 1; axis >= 0 && ++index[axis] == shape.get(axis); axis--) {
        index[axis] = 0;
      }
    }
    return rows;
  }

  /**
   * What stands before the values, in version 1.0.
   *
   * @throws IllegalArgumentException if NumPy has no such type
   */
  static byte[] header(String name, Tensor tensor) {
    String type =
        TYPES.entrySet().stream()
            .filter(entry -> entry.getValue() == tensor.type())
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "NumPy has no type for \""
                            + name
                            + "\", which is "
                            + tensor
                            + "; write .safetensors"));
    String shape = tensor.shape().stream().map(String::valueOf).collect(Collectors.joining(", "));
    String comma = tensor.shape().size() == 1 ? "," : "";
    String text =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + comma + "), }";
    // Padded so that the values begin at a multiple of 64 bytes.
    int length = (MAGIC.length + 4 + text.length() + 1 + 63) / 64 * 64;
    ByteBuffer header = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (length - 10));
    header.put(text.getBytes(StandardCharsets.US_ASCII));
    Arrays.fill(header.array(), header.position(), length - 1, (byte) ' ');
    header.array()[length - 1] = '\n';
    return header.array();
  }
}
