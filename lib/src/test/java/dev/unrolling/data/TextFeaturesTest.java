package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The encoder and the features on disk, with real reviews. */
class TextFeaturesTest {

  private static OnnxTextEncoder encoder;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    encoder = OnnxTextEncoder.miniLm();
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  /** The real encoder, counting. */
  private static final class Counting implements TextEncoder {
    private final AtomicInteger calls = new AtomicInteger();

    @Override
    public String name() {
      return encoder.name();
    }

    @Override
    public String key() {
      return encoder.key();
    }

    @Override
    public int width() {
      return encoder.width();
    }

    @Override
    public float[] encode(String text) {
      calls.incrementAndGet();
      return encoder.encode(text);
    }

    @Override
    public void close() {}
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return dot;
  }

  @Test
  void meaningIsNearer() {
    float[] good = encoder.encode("A wonderful film, I loved every minute of it.");
    float[] fine = encoder.encode("This movie was great; I enjoyed it a lot.");
    float[] pipes = encoder.encode("The plumber replaced the pipe below the kitchen sink.");
    assertEquals(384, encoder.width());
    assertEquals(384, good.length);
    assertEquals(1, cosine(good, good), 1e-5);
    assertTrue(cosine(good, fine) > cosine(good, pipes) + 0.3);
  }

  @Test
  void longTextsAreCutAtOurMaximum() {
    String start = "good ".repeat(200);
    String longer = start + "bad ".repeat(300);
    assertEquals(202, encoder.tokens(start));
    assertEquals(256, encoder.tokens(longer));
    assertArrayEquals(encoder.encode(longer), encoder.encode(longer + "worse ".repeat(50)));
    assertFalse(cosine(encoder.encode(start), encoder.encode(longer)) > 0.9999);
  }

  @Test
  void anEncoderOfTheUsersOwn() throws IOException {
    Path model = copy("all-minilm-l6-v2-q.onnx");
    Path tokenizer = copy("all-minilm-l6-v2-q-tokenizer.json");
    String text = RealData.imdbTrain().text(0);
    try (OnnxTextEncoder same = OnnxTextEncoder.of(model, tokenizer, 256);
        OnnxTextEncoder shorter = OnnxTextEncoder.of(model, tokenizer, 32)) {
      assertEquals(encoder.key(), same.key());
      assertArrayEquals(encoder.encode(text), same.encode(text));
      assertNotEquals(encoder.key(), shorter.key());
      assertEquals(32, shorter.tokens(text));
    }
    assertMessage(() -> OnnxTextEncoder.of(tokenizer, tokenizer, 256), "ONNX");
    assertMessage(() -> OnnxTextEncoder.of(model, model, 256), "tokenizer.json");
    assertMessage(() -> OnnxTextEncoder.of(folder.resolve("none"), tokenizer, 256), "nothing");
    assertThrows(
        IllegalArgumentException.class, () -> OnnxTextEncoder.of(model, tokenizer, 2).close());
  }

  private static void assertMessage(Executable broken, String part) {
    String message = assertThrows(DataException.class, broken).getMessage();
    assertTrue(message.contains(part), message);
  }

  private Path copy(String resource) throws IOException {
    try (InputStream in = TextFeaturesTest.class.getResourceAsStream("/" + resource)) {
      Path file = folder.resolve(resource);
      Files.copy(in, file);
      return file;
    }
  }

  private static double[] row(Dataset data, int index) {
    double[] row = new double[384];
    data.writeExample(index, row, 0);
    return row;
  }

  @Test
  void nothingIsEncodedTwiceAndADamagedFileIsNotUsed() throws IOException {
    DataCache cache = new DataCache(folder, true);
    TextDataset reviews = RealData.imdbTrain();
    TextDataset train = reviews.take(0, 1, 25_000, 25_001);
    TextDataset test = reviews.take(2, 0);
    Counting counting = new Counting();
    TextFeatures first = TextFeatures.of(counting, cache, train, test, line -> {});
    assertEquals(5, counting.calls.get());
    TextFeatures second = TextFeatures.of(counting, cache, train, test, line -> {});
    assertEquals(5, counting.calls.get());
    assertArrayEquals(row(first.test(), 0), row(second.test(), 0));
    assertArrayEquals(row(first.train(), 0), row(first.test(), 1));
    assertEquals(List.of(0, 0, 1, 1), List.of(0, 1, 2, 3).stream().map(train::label).toList());
    try (Stream<Path> files = Files.walk(folder.resolve("features"))) {
      List<Path> kept = files.filter(Files::isRegularFile).toList();
      assertEquals(1, kept.size());
      byte[] content = Files.readAllBytes(kept.get(0));
      content[100] ^= 1;
      Files.write(kept.get(0), content);
    }
    List<String> lines = new ArrayList<>();
    TextFeatures third = TextFeatures.of(counting, cache, train, test, lines::add);
    assertEquals(10, counting.calls.get());
    assertArrayEquals(row(first.train(), 3), row(third.train(), 3));
    assertTrue(lines.get(0).startsWith("encodes again: "), lines::toString);
    TextFeatures.of(counting, cache, train, test, lines::add);
    assertEquals(10, counting.calls.get(), "the damaged file was replaced");
  }

  @Test
  void aCacheThatCannotBeReadOrWrittenStopsNothing() throws IOException {
    DataCache cache = new DataCache(folder, true);
    TextDataset some = RealData.imdbTrain().take(0, 25_000);
    double[] expected = row(TextFeatures.of(encoder, cache, some, some, line -> {}).train(), 0);
    Path features = folder.resolve("features").resolve(encoder.key());
    try (Stream<Path> files = Files.list(features)) {
      Path kept = files.findFirst().orElseThrow();
      Path plain = Files.writeString(folder.resolve("plain"), "text");
      assertEquals(Files.getPosixFilePermissions(plain), Files.getPosixFilePermissions(kept));
      Files.delete(kept);
      Files.createDirectory(kept);
    }
    List<String> lines = new ArrayList<>();
    TextFeatures again = TextFeatures.of(encoder, cache, some, some, lines::add);
    assertArrayEquals(expected, row(again.train(), 0));
    assertTrue(lines.get(0).startsWith("encodes again: "), lines::toString);
    // A file in the folder's place: nothing can be kept.
    Path blocked = Files.createDirectory(folder.resolve("blocked"));
    Files.writeString(blocked.resolve("features"), "in the way");
    lines.clear();
    TextFeatures unkept =
        TextFeatures.of(encoder, new DataCache(blocked, true), some, some, lines::add);
    assertArrayEquals(expected, row(unkept.train(), 0));
    assertTrue(
        lines.stream().anyMatch(l -> l.startsWith("goes on without keeping")), lines::toString);
  }

  @Test
  void theTrainingSetSetsShiftAndScale() {
    double[] train = {1, 5, 3, 5};
    double[] test = {5, 7};
    TextFeatures.standardise(train, test, 2);
    double half = 1 / Math.sqrt(2);
    assertArrayEquals(new double[] {-half, 0, half, 0}, train, 1e-12);
    assertArrayEquals(new double[] {3 * half, 0}, test, 1e-12);
  }
}
