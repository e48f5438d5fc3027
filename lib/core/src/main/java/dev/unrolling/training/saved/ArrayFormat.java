package dev.unrolling.training.saved;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays of rank 1 in a stream: type (4 float32, 8 float64), length, values, big-endian. */
final class ArrayFormat {

  /** What was read cannot be an array. */
  static final class MalformedException extends IOException {
    MalformedException(String message) {
      super(message);
    }
  }

  private static final int CHUNK = 1 << 13;

  private ArrayFormat() {}

  static void write(DataOutputStream out, INDArray array) throws IOException {
    int width = array.dataType() == DataType.DOUBLE ? Double.BYTES : Float.BYTES;
    int length = array.isEmpty() ? 0 : Math.toIntExact(array.length());
    out.writeByte(width);
    out.writeInt(length);
    if (length == 0) {
      return;
    }
    double[] doubles = width == Double.BYTES ? array.toDoubleVector() : new double[0];
    float[] floats = width == Float.BYTES ? array.toFloatVector() : new float[0];
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK * width);
    for (int from = 0; from < length; from += CHUNK) {
      int count = Math.min(CHUNK, length - from);
      buffer.clear();
      if (width == Double.BYTES) {
        buffer.asDoubleBuffer().put(doubles, from, count);
      } else {
        buffer.asFloatBuffer().put(floats, from, count);
      }
      out.write(buffer.array(), 0, count * width);
    }
  }

  /**
   * Reads an array.
   *
   * @param atMost bytes there can be: keeps a damaged length from taking all memory
   */
  static INDArray read(DataInputStream in, long atMost) throws IOException {
    int width = in.readUnsignedByte();
    int length = in.readInt();
    if (width != Double.BYTES && width != Float.BYTES) {
      throw new MalformedException("type " + width + " of an array, expected 4 or 8");
    }
    if (length < 0 || (long) length * width > atMost) {
      throw new MalformedException("an array of " + length + " values in " + atMost + " bytes");
    }
    if (length == 0) {
      return Nd4j.empty(width == Double.BYTES ? DataType.DOUBLE : DataType.FLOAT);
    }
    double[] doubles = new double[width == Double.BYTES ? length : 0];
    float[] floats = new float[width == Float.BYTES ? length : 0];
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK * width);
    for (int from = 0; from < length; from += CHUNK) {
      int count = Math.min(CHUNK, length - from);
      in.readFully(buffer.array(), 0, count * width);
      buffer.clear();
      if (width == Double.BYTES) {
        buffer.asDoubleBuffer().get(doubles, from, count);
      } else {
        buffer.asFloatBuffer().get(floats, from, count);
      }
    }
    return width == Double.BYTES ? Nd4j.createFromArray(doubles) : Nd4j.createFromArray(floats);
  }
}
