package dev.unrolling.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** A SHA-256 over all that an experiment can see of a data set; made in one pass. */
final class ContentSum {

  private final MessageDigest digest = Checksums.newDigest();

  /** The sum of any data set: shape, classes, and each example's label and values. */
  static String of(Dataset data) {
    ContentSum sum = new ContentSum().head(data);
    double[] values = new double[data.exampleSize()];
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * values.length);
    for (int i = 0; i < data.size(); i++) {
      data.writeExample(i, values, 0);
      bytes.clear().asDoubleBuffer().put(values);
      sum.digest.update(bytes);
    }
    return sum.hex();
  }

  /** Shape, classes, size and labels. */
  ContentSum head(Dataset data) {
    StringBuilder text = new StringBuilder();
    for (int extent : data.exampleShape()) {
      text.append(extent).append(' ');
    }
    text.append("in ").append(data.classes()).append(" classes\n");
    add(text.toString());
    ByteBuffer labels = ByteBuffer.allocate(Integer.BYTES * data.size());
    for (int i = 0; i < data.size(); i++) {
      labels.putInt(data.label(i));
    }
    return add(labels.array());
  }

  ContentSum add(byte[] bytes) {
    digest.update(bytes);
    return this;
  }

  ContentSum add(List<Double> values) {
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * values.size());
    values.forEach(bytes::putDouble);
    return add(bytes.array());
  }

  ContentSum add(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The sum in lower-case hexadecimal; the end of this object. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
