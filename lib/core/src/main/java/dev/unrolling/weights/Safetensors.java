package dev.unrolling.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.unrolling.data.AtomicFile;
import dev.unrolling.data.DataException;
import dev.unrolling.data.FileErrors;
import dev.unrolling.weights.Tensor.Type;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The format {@code .safetensors}: eight bytes with the length N of a header, little-endian; N
 * bytes of JSON with the type, shape and place of each tensor; then the tensors, one after the
 * other, without gaps. Read strictly: what the header says must fit the file to the byte.
 */
final class Safetensors {

  /** The reference implementation's bound of a header. */
  static final long MAX_HEADER = 100_000_000;

  private static final Map<String, Type> TYPES =
      new TreeMap<>(
          Map.of(
              "F16", Type.FLOAT16,
              "BF16", Type.BFLOAT16,
              "F32", Type.FLOAT32,
              "F64", Type.FLOAT64,
              "I64", Type.INT64));

  private static final String METADATA = "__metadata__";

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private record Place(String name, Type type, List<Integer> shape, long begin, long end) {}

  private Safetensors() {}

  static Map<String, Tensor> read(Path file) {
    long size = FileErrors.requireFile(file);
    try (FileChannel channel = FileChannel.open(file)) {
      if (size < Long.BYTES) {
        throw damaged(file, "a file of " + size + " bytes", "at least 8");
      }
      long header = bytes(channel, 0, Long.BYTES).getLong();
      if (header < 2 || header > MAX_HEADER) {
        throw damaged(
            file,
            "a header of " + Long.toUnsignedString(header) + " bytes",
            "2 to " + MAX_HEADER + " bytes");
      }
      long start = Long.BYTES + header;
      if (start > size) {
        throw damaged(
            file, "a header of " + header + " bytes", "one within the " + size + " of the file");
      }
      List<Place> places =
          places(file, bytes(channel, Long.BYTES, (int) header).array(), size - start);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (Place place : places) {
        int length = (int) (place.end - place.begin);
        byte[] values = bytes(channel, start + place.begin, length).array();
        tensors.put(place.name, new Tensor(place.type, place.shape, values));
      }
      return tensors;
    } catch (IOException e) {
      throw FileErrors.failed(file, e);
    }
  }

  private static ByteBuffer bytes(FileChannel channel, long from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  /** The tensors' places, checked, in the header's order. */
  private static List<Place> places(Path file, byte[] header, long length) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(header);
    } catch (JsonProcessingException e) {
      throw damaged(file, "a header that says " + e.getOriginalMessage(), "one JSON object");
    }
    if (header[0] != '{' || !root.isObject()) {
      throw damaged(file, "a header that is no object", "one JSON object");
    }
    List<Place> places = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (!field.getKey().equals(METADATA)) {
        places.add(place(file, field.getKey(), field.getValue(), length));
      }
    }
    long end = 0;
    String before = "the header";
    for (Place place :
        places.stream()
            .sorted(Comparator.comparingLong(Place::begin).thenComparingLong(Place::end))
            .toList()) {
      if (place.begin != end) {
        throw damaged(
            file,
            "tensor \"" + place.name + "\" from byte " + place.begin,
            "it to begin where " + before + " ends, at " + end);
      }
      end = place.end;
      before = "\"" + place.name + "\"";
    }
    if (end != length) {
      throw damaged(file, length - end + " bytes after the last tensor", "none");
    }
    return places;
  }

  private static Place place(Path file, String name, JsonNode node, long length) {
    String what = "tensor \"" + name + "\"";
    JsonNode offsets = node.path("data_offsets");
    JsonNode extents = node.path("shape");
    if (node.size() != 3 || !extents.isArray() || offsets.size() != 2) {
      throw damaged(file, what + " as " + shortened(node), "dtype, shape and two data_offsets");
    }
    Type type = TYPES.get(node.path("dtype").asText());
    if (type == null) {
      throw damaged(
          file,
          what + " of type " + node.path("dtype"),
          String.join(", ", TYPES.keySet()) + " (convert it where it was saved, or leave it out)");
    }
    List<Integer> shape = new ArrayList<>();
    for (JsonNode extent : extents) {
      if (!extent.isIntegralNumber() || !extent.canConvertToInt() || extent.intValue() < 0) {
        throw damaged(file, what + " of shape " + shortened(extents), "extents from 0 to 2^31 - 1");
      }
      shape.add(extent.intValue());
    }
    long begin = offset(offsets.get(0));
    long end = offset(offsets.get(1));
    if (begin < 0 || end < begin || end > length) {
      throw damaged(
          file,
          what + " at bytes " + shortened(offsets),
          "a place within the " + length + " bytes after the header (is the file cut off?)");
    }
    int expected;
    try {
      expected = Tensor.byteCount(type, shape);
    } catch (ArithmeticException e) {
      throw damaged(file, what + " of shape " + shape, "less than 2^31 bytes");
    }
    if (end - begin != expected) {
      throw damaged(
          file,
          what + " in " + (end - begin) + " bytes",
          expected + " for " + shape + " in " + type);
    }
    return new Place(name, type, shape, begin, end);
  }

  private static long offset(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : -1;
  }

  private static String shortened(JsonNode node) {
    String text = node.toString();
    return text.length() > 80 ? text.substring(0, 80) + "..." : text;
  }

  static void write(Path file, Map<String, Tensor> tensors) {
    ObjectNode header = JSON.createObjectNode();
    // PyTorch's own readers look for this.
    header.putObject(METADATA).put("format", "pt");
    long end = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", name(tensor.type()));
      tensor.shape().forEach(node.putArray("shape")::add);
      node.putArray("data_offsets").add(end).add(end += tensor.bytes().length);
    }
    AtomicFile.write(
        file,
        out -> {
          byte[] text = JSON.writeValueAsBytes(header);
          int padding = -text.length & 7;
          ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          out.write(length.putLong(text.length + padding).array());
          out.write(text);
          out.write(" ".repeat(padding).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
          for (Tensor tensor : tensors.values()) {
            out.write(tensor.bytes());
          }
        });
  }

  private static String name(Type type) {
    return TYPES.entrySet().stream()
        .filter(entry -> entry.getValue() == type)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static DataException damaged(Path file, String found, String expected) {
    return WeightFiles.damaged(file, found, expected);
  }
}
