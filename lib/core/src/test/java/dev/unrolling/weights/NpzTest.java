package dev.unrolling.weights;

import static dev.unrolling.weights.SafetensorsTest.assertDamaged;
import static dev.unrolling.weights.SafetensorsTest.assertTensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.DataException;
import dev.unrolling.weights.Tensor.Type;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpzTest {

  @TempDir private Path folder;

  /** An array of a version, a header and float32 values 0, 1, ... */
  private static byte[] npy(int version, String header, int values) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    int width = version == 1 ? 2 : 4;
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + width + text.length + 4 * values).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    if (width == 2) {
      bytes.putShort((short) text.length);
    } else {
      bytes.putInt(text.length);
    }
    bytes.put(text);
    for (int i = 0; i < values; i++) {
      bytes.putFloat(i);
    }
    return bytes.array();
  }

  private Path npz(String entry, byte[] content) throws IOException {
    Path file = folder.resolve("x.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(content);
    }
    return file;
  }

  @Test
  void readsWhatNumPyWrote() throws IOException {
    Map<String, Tensor> tensors = WeightFiles.read(TinyFiles.copy("tiny.npz", folder));
    assertEquals(13, tensors.size());
    // Compressed; this one half precision, and stored column by column.
    assertTensor(tensors, "module.conv1.weight", Type.FLOAT16, List.of(1, 3, 5, 5), 0);
    assertTensor(tensors, "module.bn1.running_var", Type.FLOAT32, List.of(1), 78);
    assertTensor(tensors, "module.conv2.weight", Type.FLOAT32, List.of(1, 1, 5, 5), 79);
    assertTensor(tensors, "module.linear.bias", Type.FLOAT64, List.of(2), 116);
    Tensor count = tensors.get("module.bn1.num_batches_tracked");
    assertEquals(List.of(), count.shape());
    assertArrayEquals(new double[] {7}, count.toDoubles());
  }

  @Test
  void columnsByHand() throws IOException {
    // Stored 0 .. 5 as (2, 3) by columns: the rows are (0, 2, 4) and (1, 3, 5).
    String header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }";
    Tensor tensor = WeightFiles.read(npz("a.npy", npy(2, header, 6))).get("a");
    assertArrayEquals(new double[] {0, 2, 4, 1, 3, 5}, tensor.toDoubles());
  }

  @Test
  void keepsEveryBitTwice() throws IOException {
    Random random = new Random(1);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Type type : List.of(Type.FLOAT16, Type.FLOAT32, Type.FLOAT64, Type.INT64)) {
      byte[] bytes = new byte[6 * type.width()];
      random.nextBytes(bytes);
      tensors.put("layer." + type, new Tensor(type, List.of(2, 3), bytes));
    }
    tensors.put("scalar", new Tensor(Type.FLOAT32, List.of(), new byte[4]));
    tensors.put("row", new Tensor(Type.FLOAT32, List.of(2), new byte[8]));
    tensors.put("empty", new Tensor(Type.FLOAT32, List.of(3, 0), new byte[0]));
    Path file = folder.resolve("all.npz");
    WeightFiles.write(file, tensors);
    byte[] once = Files.readAllBytes(file);
    Map<String, Tensor> read = WeightFiles.read(file);
    assertEquals(tensors, read);
    WeightFiles.write(file, read);
    assertArrayEquals(once, Files.readAllBytes(file));
  }

  @Test
  void refusesToWriteWhatNumPyDoesNotHave() {
    Path file = folder.resolve("b.npz");
    Tensor brain = new Tensor(Type.BFLOAT16, List.of(1), new byte[2]);
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> WeightFiles.write(file, Map.of("b", brain)))
            .getMessage();
    assertTrue(message.contains("write .safetensors"), message);
    assertFalse(Files.exists(file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1 | {'descr': '>f4', 'fortran_order': False, 'shape': (2,), } | type '>f4' in a.npy, expected <f2, <f4, <f8, <i8",
        "1 | {'descr': '<U4', 'fortran_order': False, 'shape': (2,), } | type '<U4'",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (3,), } | 8 bytes of values in a.npy, expected 12",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (1,), } | 8 bytes of values in a.npy, expected 4",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (70000, 70000), } | expected less than 2^31 bytes",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (9999999999,), } | the shape (9999999999,)",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (-2,), } | the header {'descr'",
        "1 | {'descr': '<f4', 'fortran_order': False, } | the header",
        "1 | {'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (2,)} | the header",
        "1 | {'descr': '<f4', 'fortran_order': 1, 'shape': (2,), } | the header",
        "1 | {'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), } | the header",
        "1 | hello | the header hello",
        "3 | {'descr': '<f4', 'fortran_order': False, 'shape': (2,), } | version 3.0",
      })
  void refusesAnArray(int version, String header, String part) throws IOException {
    assertDamaged(npz("a.npy", npy(version, header, 2)), part);
  }

  @Test
  void refusesAnArchive() throws IOException {
    byte[] fine = npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 2);
    assertEquals(1, WeightFiles.read(npz("a.npy", fine)).size());
    assertDamaged(npz("a.txt", fine), "a.txt in the archive");
    assertDamaged(npz("a.npy", new byte[20]), "no array of NumPy in a.npy");
    assertDamaged(npz("a.npy", Arrays.copyOf(fine, 5)), "no array of NumPy");
    byte[] huge = fine.clone();
    huge[6] = 2;
    huge[8] = huge[9] = huge[10] = huge[11] = -1;
    assertDamaged(npz("a.npy", huge), "a header of 4294967295 bytes");
    Path file = folder.resolve("bad.npz");
    assertDamaged(Files.write(file, fine), "no zip that can be read");
  }

  @Test
  void refusesANameThatComesTwice() throws IOException {
    byte[] fine = npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 2);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : List.of("a.npy", "b.npy")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(fine);
      }
    }
    String text = bytes.toString(StandardCharsets.ISO_8859_1).replace("b.npy", "a.npy");
    Path file = folder.resolve("twice.npz");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    assertDamaged(file, "array \"a\" twice");
  }

  @Test
  void aChangedByteIsSeen() throws IOException {
    Path file = folder.resolve("flip.npz");
    WeightFiles.write(file, Map.of("a", Tensor.of(List.of(100), new float[100])));
    byte[] whole = Files.readAllBytes(file);
    // The values lie after the zip's and NumPy's headers, before the directory.
    whole[300] ^= 1;
    assertDamaged(Files.write(file, whole), "a checksum of");
  }

  @Test
  void everyTruncationOfARealFileIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(TinyFiles.copy("tiny.npz", folder));
    Path file = folder.resolve("cut.npz");
    for (int length = 0; length < whole.length; length += 13) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThrows(DataException.class, () -> WeightFiles.read(file), "at " + length);
    }
  }
}
