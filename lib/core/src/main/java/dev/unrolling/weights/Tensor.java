package dev.unrolling.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor as it stands in a file: its bits are kept, whatever their format.
 *
 * @param type of a value
 * @param shape row-major; empty for a single number
 * @param bytes the values, little-endian, row-major; not copied
 */
public record Tensor(Type type, List<Integer> shape, byte[] bytes) {

  /** Format of a value. */
  public enum Type {
    /** 16 bits: 5 of exponent, 10 after the point. */
    FLOAT16(2),
    /** The upper half of 32 bits: 8 of exponent, 7 after the point. */
    BFLOAT16(2),
    /** 32 bits. */
    FLOAT32(4),
    /** 64 bits. */
    FLOAT64(8),
    /** Whole numbers of 64 bits, such as counts of batches; no weights. */
    INT64(8);

    private final int width;

    Type(int width) {
      this.width = width;
    }

    /** Bytes of a value. */
    public int width() {
      return width;
    }
  }

  /** Copies the shape and checks the sizes. */
  public Tensor {
    shape = List.copyOf(shape);
    if (bytes.length != byteCount(type, shape)) {
      throw new IllegalArgumentException(
          bytes.length + " bytes do not make a tensor of " + shape + " in " + type);
    }
  }

  /**
   * Bytes that a tensor has.
   *
   * @throws ArithmeticException if they are more than 2^31 - 1
   */
  static int byteCount(Type type, List<Integer> shape) {
    int count = type.width();
    boolean empty = shape.contains(0);
    for (int extent : shape) {
      if (extent < 0) {
        throw new IllegalArgumentException("a shape has no negative extent, not " + shape);
      }
      count = empty ? 0 : Math.multiplyExact(count, extent);
    }
    return count;
  }

  /** A tensor of 64-bit values. */
  public static Tensor of(List<Integer> shape, double... values) {
    ByteBuffer bytes = little(new byte[Math.multiplyExact(values.length, Double.BYTES)]);
    bytes.asDoubleBuffer().put(values);
    return new Tensor(Type.FLOAT64, shape, bytes.array());
  }

  /** A tensor of 32-bit values. */
  public static Tensor of(List<Integer> shape, float... values) {
    ByteBuffer bytes = little(new byte[Math.multiplyExact(values.length, Float.BYTES)]);
    bytes.asFloatBuffer().put(values);
    return new Tensor(Type.FLOAT32, shape, bytes.array());
  }

  /** Number of values. */
  public int size() {
    return bytes.length / type.width();
  }

  /** The values, row-major; exact but for whole numbers beyond 2^53. */
  public double[] toDoubles() {
    double[] values = new double[size()];
    ByteBuffer from = little(bytes);
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case FLOAT16 -> half(from.getShort());
            case BFLOAT16 -> Float.intBitsToFloat(from.getShort() << 16);
            case FLOAT32 -> from.getFloat();
            case FLOAT64 -> from.getDouble();
            case INT64 -> from.getLong();
          };
    }
    return values;
  }

  /** IEEE 754 binary16, which Java 17 has no conversion for. */
  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double size;
    if (exponent == 0) {
      size = Math.scalb((double) fraction, -24);
    } else if (exponent == 31) {
      size = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else {
      size = Math.scalb((double) (fraction | 0x400), exponent - 25);
    }
    return bits < 0 ? -size : size;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor that
        && type == that.type
        && shape.equals(that.shape)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return type + " " + shape;
  }
}
