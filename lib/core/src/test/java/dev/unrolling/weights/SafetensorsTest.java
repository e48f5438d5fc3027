package dev.unrolling.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.DataException;
import dev.unrolling.weights.Tensor.Type;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

  @TempDir private Path folder;

  /** A file of a header and zeros. */
  private Path file(String header, int data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return file(text.length, text, data);
  }

  private Path file(long length, byte[] header, int data) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + data);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(header);
    return Files.write(folder.resolve("x.safetensors"), bytes.array());
  }

  static void assertDamaged(Path file, String part) {
    String message = assertThrows(DataException.class, () -> WeightFiles.read(file)).getMessage();
    assertTrue(message.contains(part), message);
    assertTrue(message.startsWith(file.toString()) && !message.contains("\n"), message);
  }

  @Test
  void readsWhatTheReferenceImplementationWrote() throws IOException {
    Map<String, Tensor> tensors = WeightFiles.read(TinyFiles.copy("tiny.safetensors", folder));
    assertEquals(13, tensors.size());
    assertTensor(tensors, "module.conv1.weight", Type.FLOAT16, List.of(1, 3, 5, 5), 0);
    assertTensor(tensors, "module.bn1.running_var", Type.FLOAT32, List.of(1), 78);
    assertTensor(tensors, "module.conv2.weight", Type.BFLOAT16, List.of(1, 1, 5, 5), 79);
    assertTensor(tensors, "module.linear.weight", Type.FLOAT32, List.of(2, 4), 108);
    assertTensor(tensors, "module.linear.bias", Type.FLOAT64, List.of(2), 116);
    Tensor count = tensors.get("module.bn1.num_batches_tracked");
    assertEquals(List.of(), count.shape());
    assertArrayEquals(new double[] {7}, count.toDoubles());
  }

  static void assertTensor(
      Map<String, Tensor> tensors, String name, Type type, List<Integer> shape, int k) {
    Tensor tensor = tensors.get(name);
    assertEquals(type, tensor.type(), name);
    assertEquals(shape, tensor.shape(), name);
    assertArrayEquals(
        TinyFiles.values(k, tensor.size(), name.endsWith("var")), tensor.toDoubles(), name);
  }

  @Test
  void keepsEveryBit() {
    Random random = new Random(1);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Type type : Type.values()) {
      // Any bits at all: infinities, signalling NaNs, minus zero.
      byte[] bytes = new byte[6 * type.width()];
      random.nextBytes(bytes);
      tensors.put("a \"" + type + "\" \u00e9", new Tensor(type, List.of(2, 3), bytes));
    }
    tensors.put("scalar", new Tensor(Type.FLOAT32, List.of(), new byte[4]));
    tensors.put("empty", new Tensor(Type.FLOAT32, List.of(3, 0), new byte[0]));
    Path file = folder.resolve("all.safetensors");
    WeightFiles.write(file, tensors);
    Map<String, Tensor> read = WeightFiles.read(file);
    assertEquals(tensors, read);
    assertEquals(List.copyOf(tensors.keySet()), List.copyOf(read.keySet()));
  }

  @Test
  void theHeaderEndsAtAMultipleOfEight() throws IOException {
    Path file = folder.resolve("one.safetensors");
    for (String name : List.of("a", "ab", "abcdefg")) {
      WeightFiles.write(file, Map.of(name, Tensor.of(List.of(1), 1f)));
      byte[] bytes = Files.readAllBytes(file);
      assertEquals(0, bytes[0] % 8);
      assertEquals('{', bytes[8]);
      assertEquals(
          bytes.length - 12, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
    }
  }

  @Test
  void halvesByHand() {
    int[] bits = {0x3c00, 0xc000, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x7c00, 0x8000, 0x3555};
    double[] expected = {
      1,
      -2,
      Math.scalb(1.0, -24),
      Math.scalb(1023.0, -24),
      Math.scalb(1.0, -14),
      65504,
      Double.POSITIVE_INFINITY,
      -0.0,
      0.333251953125
    };
    ByteBuffer bytes = ByteBuffer.allocate(2 * bits.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : bits) {
      bytes.putShort((short) value);
    }
    Tensor tensor = new Tensor(Type.FLOAT16, List.of(bits.length), bytes.array());
    assertArrayEquals(expected, tensor.toDoubles());
    Tensor nan = new Tensor(Type.FLOAT16, List.of(1), new byte[] {1, (byte) 0xfc});
    assertTrue(Double.isNaN(nan.toDoubles()[0]));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 7 | the file cut off?",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 9 | found 1 bytes after the last tensor",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}} | 12 | tensor \"a\" from byte 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}} | 12 | tensor \"b\" from byte 4, expected it to begin where \"a\" ends, at 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 8 | tensor \"b\" from byte 0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | 4 | tensor \"a\" in 4 bytes, expected 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}} | 8 | tensor \"a\" at bytes [8,0]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}} | 8 | tensor \"a\" at bytes [-8,0]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,99999999999999999999]}} | 8 | tensor \"a\" at bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8.0]}} | 8 | tensor \"a\" at bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}} | 8 | expected dtype, shape and two data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}} | 8 | expected dtype, shape and two data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}} | 8 | expected dtype, shape and two data_offsets",
        "{\"a\":3} | 8 | tensor \"a\" as 3",
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[8],\"data_offsets\":[0,8]}} | 8 | tensor \"a\" of type \"I8\", expected BF16, F16, F32, F64, I64",
        "{\"a\":{\"dtype\":7,\"shape\":[8],\"data_offsets\":[0,8]}} | 8 | of type 7",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | 8 | of shape [-2]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,8]}} | 8 | of shape [1.5]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[65536,65536],\"data_offsets\":[0,8]}} | 8 | expected less than 2^31 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | Duplicate field 'a'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[2],\"data_offsets\":[0,8]}} | 8 | Duplicate field 'shape'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} {} | 8 | a header that says",
        "[1] | 0 | a header that is no object",
        " {} | 0 | a header that is no object",
        "{\"a\": | 0 | a header that says",
      })
  void refusesAHeader(String header, int data, String part) throws IOException {
    // CsvSource strips a leading blank, which is what one of them is about.
    assertDamaged(
        file(part.contains("no object") && header.startsWith("{") ? " " + header : header, data),
        part);
  }

  @Test
  void refusesALength() throws IOException {
    byte[] header = "{}".getBytes(StandardCharsets.UTF_8);
    assertDamaged(file(0, header, 0), "a header of 0 bytes");
    assertDamaged(file(-1, header, 0), "a header of 18446744073709551615 bytes");
    assertDamaged(file(Safetensors.MAX_HEADER + 1, header, 0), "a header of 100000001 bytes");
    assertDamaged(
        file(3, header, 0), "a header of 3 bytes, expected one within the 10 of the file");
    Path file = folder.resolve("short.safetensors");
    assertDamaged(Files.write(file, new byte[7]), "a file of 7 bytes");
    assertDamaged(Files.write(file, new byte[0]), "an empty file");
    assertDamaged(folder.resolve("none.safetensors"), "found nothing");
  }

  @Test
  void everyTruncationOfARealFileIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(TinyFiles.copy("tiny.safetensors", folder));
    Path file = folder.resolve("cut.safetensors");
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThrows(DataException.class, () -> WeightFiles.read(file));
    }
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length + 1));
    assertDamaged(file, "1 bytes after the last tensor");
  }

  @Test
  void refusesOtherFiles() {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> WeightFiles.read(folder.resolve("model.pth")))
            .getMessage();
    assertTrue(message.contains("safetensors.torch.save_file(model.state_dict()"), message);
  }
}
