package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Both layouts of IMDB, with real reviews. */
class ImdbTest {

  private static final List<String> CLASSES = List.of("negative", "positive");

  @TempDir private Path folder;

  @Test
  void splitsTheRealReviewsAsDocumented() {
    TextDataset train = RealData.imdbTrain();
    assertEquals(25_051, train.size());
    assertEquals(12_615, IntStream.range(0, train.size()).filter(i -> train.label(i) == 0).count());
    assertEquals("negative", train.classNames().get(train.label(0)));
    assertEquals("positive", train.classNames().get(train.label(train.size() - 1)));
    assertTrue(IntStream.range(0, 1000).allMatch(i -> Imdb.isForTraining(train.text(i))));
  }

  @Test
  void readsAFolderOfReviewsByNumber() {
    TextDataset real = RealData.imdbTrain();
    OfficialFiles.reviews(folder.resolve("train"), real, 12);
    OfficialFiles.reviews(folder.resolve("test"), real, 3);
    TextDataset train = Imdb.trainFromFolder(folder);
    assertEquals(24, train.size());
    assertEquals(6, Imdb.testFromFolder(folder).size());
    for (int i = 0; i < 12; i++) {
      assertEquals(real.text(i), train.text(i));
      assertEquals(0, train.label(i));
      assertEquals(1, train.label(12 + i));
    }
  }

  /** A descriptor of a folder aclImdb with so many reviews a label. */
  private static DataDescriptor official(int each) {
    List<DataSource.Tree> trees =
        Stream.of("train/neg", "train/pos", "test/neg", "test/pos")
            .map(name -> new DataSource.Tree(name, each, 100_000))
            .toList();
    DataSource source =
        new DataSource.Archive(
            java.net.URI.create("http://localhost:9/aclImdb.tar.gz"),
            "aclImdb",
            1,
            "",
            List.of(),
            trees);
    return new DataDescriptor("imdb", "IMDB", "", "", "", Map.of(), List.of(source), Map.of());
  }

  private DataCache cache(List<String> lines) {
    return new DataCache(
        folder,
        true,
        List.of("no-npm"),
        new PrintStream(OutputStream.nullOutputStream()) {
          @Override
          public void println(String line) {
            lines.add(line);
          }
        });
  }

  @Test
  void aReviewThatChangesIsFoundAndTheRecordIsNotTrustedBlindly() throws IOException {
    TextDataset real = RealData.imdbTrain();
    OfficialFiles.reviews(folder.resolve("aclImdb/train"), real, 3);
    OfficialFiles.reviews(
        folder.resolve("aclImdb/test"), real.take(9, 10, 11, 25_009, 25_010, 25_011), 3);
    OfficialFiles.write(folder.resolve("aclImdb/test/neg/.DS_Store"), new byte[] {0, 1});
    DataDescriptor data = official(3);
    List<String> lines = new ArrayList<>();
    String sum = Imdb.contentSum(cache(lines), data);
    Path record = folder.resolve("aclImdb.train.sum");
    byte[] written = Files.readAllBytes(record);
    assertEquals(List.of(), lines);
    // A damaged record is as good as none, and is made anew.
    for (int at = 0; at < written.length; at += 7) {
      byte[] damaged = written.clone();
      damaged[at] ^= 2;
      Files.write(record, damaged);
      lines.clear();
      assertEquals(sum, Imdb.contentSum(cache(lines), data), "byte " + at);
      assertTrue(lines.get(0).contains(record + " is damaged"), lines::toString);
      assertArrayEquals(written, Files.readAllBytes(record));
    }
    Files.delete(record);
    Files.createDirectory(record);
    assertEquals(sum, Imdb.contentSum(cache(lines), data));
    Path review = folder.resolve("aclImdb/train/pos/1_9.txt");
    String before = Files.readString(review);
    Files.writeString(review, before + "!");
    assertEquals(sum, Imdb.contentSum(cache(lines), data), "known without reading");
    DataException error =
        assertThrows(DataException.class, () -> Imdb.read(cache(lines), data, "train"));
    Messages.assertOneLine(error, folder + "/aclImdb/train", "SHA-256", "delete " + record);
    assertEquals(6, Imdb.read(cache(lines), data, "test").size());
    Files.delete(record);
    assertNotEquals(sum, Imdb.contentSum(cache(lines), data), "other reviews, another sum");
    Files.writeString(review, before);
    Files.delete(record);
    assertEquals(sum, Imdb.contentSum(cache(lines), data));
  }

  /** What systems leave in folders that somebody looked into. */
  @Test
  void leavesOutWhatFileManagersLeave() throws IOException {
    Path train = OfficialFiles.reviews(folder.resolve("train"), RealData.imdbTrain(), 2);
    for (String name : List.of(".DS_Store", "._0_2.txt", "Thumbs.db", "desktop.ini", ".nfs01")) {
      OfficialFiles.write(train.resolve("neg").resolve(name), new byte[] {0, 1});
    }
    assertEquals(4, Imdb.trainFromFolder(folder).size());
  }

  @Test
  void saysWhatAFolderOfImdbHolds() {
    DataException error = assertThrows(DataException.class, () -> Imdb.testFromFolder(folder));
    Messages.assertOneLine(error, folder.toString(), "reviews.json", "test", "fetch imdb");
  }

  private interface Damage {
    void apply(Path train) throws IOException;
  }

  private static Arguments damage(String name, String says, Damage how) {
    return Arguments.of(name, says, how);
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        damage("empty", "an empty file", t -> Files.write(t.resolve("neg/1_2.txt"), new byte[0])),
        damage("blank", "no text", t -> Files.writeString(t.resolve("neg/1_2.txt"), " \n")),
        damage(
            "oversized",
            "100001 bytes",
            t -> Files.writeString(t.resolve("pos/1_9.txt"), "x".repeat(100_001))),
        damage(
            "not UTF-8",
            "no UTF-8",
            t -> Files.write(t.resolve("pos/1_9.txt"), new byte[] {'a', (byte) 0xff, 'b'})),
        damage("wrong name", "such a file", t -> Files.writeString(t.resolve("pos/a.txt"), "x")),
        damage("wrong rating", "rating 9", t -> Files.writeString(t.resolve("neg/3_9.txt"), "x")),
        damage("a gap", "2 reviews", t -> Files.delete(t.resolve("neg/1_2.txt"))),
        damage("fewer", "3 negative and 2 positive", t -> Files.delete(t.resolve("pos/2_9.txt"))),
        damage("twice", "twice", t -> Files.writeString(t.resolve("neg/1_3.txt"), "x")),
        damage(
            "no folder",
            "cannot be read",
            t -> Files.move(t.resolve("neg"), t.resolve("negative"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void refusesADamagedFolder(String name, String says, Damage how) throws IOException {
    Path train = OfficialFiles.reviews(folder.resolve("train"), RealData.imdbTrain(), 3);
    how.apply(train);
    DataException error =
        assertThrows(DataException.class, () -> Imdb.trainFromFolder(folder), name);
    Messages.assertOneLine(error, train.toString(), says);
  }

  @Test
  void readsAJsonOfReviews() {
    TextDataset read = readJson("[{\"t\":\"bad\",\"s\":0},{\"s\":1,\"t\":\"g\\u00f6od\"}]");
    assertEquals(2, read.size());
    assertEquals("göod", read.text(1));
    assertEquals(1, read.label(1));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "truncated | [{\"t\":\"bad\",\"s\":0},{\"t\":\"go | no JSON",
        "cut short | [{\"t\":\"bad\",\"s\":0}] | 1 reviews",
        "empty | '' | empty",
        "oversized | [{\"t\":\"a\",\"s\":0},{\"t\":\"b\",\"s\":1},{\"t\":\"c\",\"s\":1}] | more",
        "followed | [{\"t\":\"a\",\"s\":0},{\"t\":\"b\",\"s\":1}] 3 | something else",
        "unbalanced | [{\"t\":\"a\",\"s\":0},{\"t\":\"b\",\"s\":0}] | 0 of them",
        "no label | [{\"t\":\"a\"},{\"t\":\"b\",\"s\":0}] | no label",
        "label 2 | [{\"t\":\"a\",\"s\":2},{\"t\":\"b\",\"s\":0}] | no label",
        "no text | [{\"s\":0},{\"t\":\"b\",\"s\":1}] | no text",
        "text is null | [{\"t\":null,\"s\":0}] | field",
        "another field | [{\"text\":\"a\",\"s\":0}] | field \"text\"",
        "an object | {\"t\":\"a\",\"s\":0} | no array",
        "a name twice | [{\"t\":\"a\",\"t\":\"b\",\"s\":0}] | no JSON",
        "a comment | [{\"t\":\"a\",\"s\":0} /**/ ] | no JSON",
        "no JSON | <html> | no JSON"
      })
  void refusesADamagedJson(String name, String json, String says) {
    DataException error = assertThrows(DataException.class, () -> readJson(json), name);
    Messages.assertOneLine(error, folder.resolve("reviews.json").toString(), says, "expected");
  }

  private TextDataset readJson(String json) {
    Path file =
        OfficialFiles.write(folder.resolve("reviews.json"), json.getBytes(StandardCharsets.UTF_8));
    return ReviewJson.read(file, 2, "two reviews", CLASSES, text -> true);
  }
}
