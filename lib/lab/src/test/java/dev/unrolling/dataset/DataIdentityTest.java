package dev.unrolling.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Checksums;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.experiment.Sittings;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.experiments.finetuning.GridVerdicts;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.store.RunKey;
import dev.unrolling.text.OnnxTextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run's key knows its data; data are known without reading them, and held to what they were. */
class DataIdentityTest {

  @TempDir private Path folder;

  private static RunKey key(DataSets data, String name) {
    FineTuningSettings settings =
        SettingsJson.with(FineTuningSettings.authors(), "model", "linear-384", "data", name);
    return new FineTuning().key(Sittings.ENGINE, data, settings);
  }

  /** A folder aclImdb that was read before: its sums lie beside it. */
  private DataSets authors(String contents) throws IOException {
    Path place = folder.resolve("authors " + contents);
    Files.createDirectories(place.resolve("aclImdb"));
    for (String part : List.of("train", "test")) {
      String sum = Checksums.sha256(part + contents);
      Files.writeString(
          place.resolve("aclImdb." + part + ".sum"), sum + " " + Checksums.sha256("sum " + sum));
    }
    return DataSets.of(new DataCache(place, true), line -> {});
  }

  @Test
  void bothFormsOfImdbAreTwoDataSets() throws IOException {
    DataSets npm = DataSets.of(new DataCache(folder.resolve("none"), true), line -> {});
    assertNotEquals(npm.identity("imdb-16").sum(), authors("a").identity("imdb-16").sum());
    assertNotEquals(key(npm, "imdb-16").hash(), key(authors("a"), "imdb-16").hash());
    assertEquals(key(authors("a"), "imdb-16"), key(authors("a"), "imdb-16"));
    assertNotEquals(key(authors("a"), "imdb-16").hash(), key(authors("b"), "imdb-16").hash());
  }

  @Test
  void nothingNeedBeThereToNameTheUsualData() {
    DataSets nothing = DataSets.of(new DataCache(folder.resolve("none"), true), line -> {});
    DataIdentity cifar = nothing.identity("cifar10");
    assertTrue(cifar.matchesName());
    assertEquals(cifar, Sittings.data().identity("cifar10"), "handed over, from memory");
    assertTrue(nothing.identity("cifar100").matchesName());
    assertFalse(Sittings.data().identity("cifar100").matchesName(), "CIFAR-10 called CIFAR-100");
    assertNotEquals(key(nothing, "cifar100").hash(), key(Sittings.data(), "cifar100").hash());
    assertEquals(20, nothing.identity("imdb-20").train());
    assertNotEquals(nothing.identity("imdb-20").sum(), nothing.identity("imdb-21").sum());
    assertFalse(Files.exists(folder.resolve("none")));
    assertThrows(IllegalArgumentException.class, () -> nothing.identity("svhn"));
  }

  @Test
  void theEncoderIsPartOfTheData() {
    try (OnnxTextEncoder encoder = OnnxTextEncoder.miniLm()) {
      assertEquals(encoder.key(), OnnxTextEncoder.miniLmKey());
    }
  }

  @Test
  void theClassesOfADataSetThatIsNotKnownAreNotGuessed() {
    assertEquals(10, DataSets.classes("cifar10").orElseThrow());
    assertEquals(100, DataSets.classes("cifar100").orElseThrow());
    assertEquals(20, DataSets.classes("cifar100-superclasses").orElseThrow());
    assertEquals(10, DataSets.classes("mnist").orElseThrow());
    assertEquals(2, DataSets.classes("imdb-320").orElseThrow());
    for (String name : List.of("svhn", "imdb", "imdb-0", "imdbx", "CIFAR10", "")) {
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
    assertFalse(first.matchesName());
    assertTrue(key(own(1), "mine").text().contains("data=" + first.sum() + "\n"));
  }

  private static DataSets own(double value) {
    FeatureDataset vectors =
        FeatureDataset.of("mine", new double[] {0, value}, new int[] {0, 1}, List.of("a", "b"));
    return DataSets.only(vectors, vectors);
  }
}
