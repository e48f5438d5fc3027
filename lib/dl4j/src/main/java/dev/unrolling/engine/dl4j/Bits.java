package dev.unrolling.engine.dl4j;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The bits of an array's values as a model sees them, whatever their strides and order: their
 * shape, and two sums over them. ND4J's own {@code equals} rounds to 1e-5.
 *
 * @param shape of the array
 * @param crc fast to compute, so that it is asked first
 * @param sha256 in hexadecimal digits
 */
record Bits(String shape, long crc, String sha256) {

  /** Those of an array, read in a type; of a missing one if it is null. */
  static Bits of(INDArray array, DataType type) {
    if (array == null) {
      return new Bits("none", 0, "");
    }
    ByteBuffer bytes = bytes(array, type);
    return new Bits(Arrays.toString(array.shape()), crc(bytes), sha256(bytes));
  }

  /** Whether an array, read in a type, has the same shape and bits. */
  boolean match(INDArray array, DataType type) {
    if (array == null || shape.equals("none")) {
      return array == null && shape.equals("none");
    }
    if (!shape.equals(Arrays.toString(array.shape()))) {
      return false;
    }
    ByteBuffer bytes = bytes(array, type);
    return crc == crc(bytes) && sha256.equals(sha256(bytes));
  }

  /** One sum over those of several arrays, in order. */
  static String sum(List<Bits> bits) {
    return sha256(ByteBuffer.wrap(bits.toString().getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * A number for each example, over the bits of its row in each of the arrays: two sums of 32 bits,
   * so that of other examples it is another. None if the arrays do not have as many rows.
   */
  static List<Long> examples(DataType type, INDArray... arrays) {
    int examples = Math.toIntExact(arrays[0].size(0));
    if (Arrays.stream(arrays).anyMatch(array -> array.size(0) != examples)) {
      return List.of();
    }
    List<ByteBuffer> all = Arrays.stream(arrays).map(array -> bytes(array, type)).toList();
    return IntStream.range(0, examples)
        .mapToObj(
            i -> rows(new CRC32C(), all, i, examples) << 32 | rows(new CRC32(), all, i, examples))
        .toList();
  }

  private static long rows(Checksum sum, List<ByteBuffer> arrays, int example, int examples) {
    for (ByteBuffer array : arrays) {
      int length = array.capacity() / examples;
      sum.update(array.slice(example * length, length));
    }
    return sum.getValue();
  }

  private static ByteBuffer bytes(INDArray array, DataType type) {
    INDArray dense = array.castTo(type).dup('c');
    int length = Math.toIntExact(dense.length());
    if (type == DataType.FLOAT) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(length, Float.BYTES));
      bytes.asFloatBuffer().put(dense.data().asFloat());
      return bytes;
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(length, Double.BYTES));
    bytes.asDoubleBuffer().put(dense.data().asDouble());
    return bytes;
  }

  private static long crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return crc.getValue();
  }

  private static String sha256(ByteBuffer bytes) {
    return HexFormat.of().formatHex(newDigest().digest(bytes.array()));
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
