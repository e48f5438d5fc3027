package dev.unrolling.engine.dl4j;

import static dev.unrolling.engine.dl4j.UserFixtures.assertRefused;
import static dev.unrolling.engine.dl4j.UserFixtures.batch;
import static dev.unrolling.engine.dl4j.UserFixtures.builder;
import static dev.unrolling.engine.dl4j.UserFixtures.chain;
import static dev.unrolling.engine.dl4j.UserFixtures.dense;
import static dev.unrolling.engine.dl4j.UserFixtures.output;
import static dev.unrolling.engine.dl4j.UserFixtures.plain;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** A zip that is unlearned keeps all else that it holds; one that is not whole is named. */
class ModelZipTest {

  @TempDir private Path folder;

  private Path trained() throws IOException {
    MultiLayerNetwork model = plain(new Nesterovs(0.1, 0.9));
    model.fit(batch(1));
    Path zip = folder.resolve("trained.zip");
    ModelSerializer.writeModel(model, zip.toFile(), true);
    NormalizerStandardize normaliser = new NormalizerStandardize();
    normaliser.fit(batch(1));
    ModelSerializer.addNormalizerToModel(zip.toFile(), normaliser);
    ModelSerializer.addObjectToFile(zip.toFile(), "classes", "cat, dog, fox");
    return zip;
  }

  @Test
  void whatElseAZipHoldsIsCarriedOver() throws IOException {
    Path zip = trained();
    INDArray start = plain(new Nesterovs(0.1, 0.9)).params();
    ForgettingRecord record = ForgettingRecord.nesterovs(start, 8, 0.1, 0.9, 1, 0);
    Path written = folder.resolve("unlearned.zip");
    UserModels.unlearn(zip, batch(1), record, written);
    for (Path file : new Path[] {written, zip}) {
      if (file == zip) {
        UserModels.write(UserModels.read(zip), zip, zip);
      }
      NormalizerStandardize kept = ModelSerializer.restoreNormalizerFromFile(file.toFile());
      NormalizerStandardize fresh = new NormalizerStandardize();
      fresh.fit(batch(1));
      assertEquals(fresh, kept);
      assertEquals("cat, dog, fox", ModelSerializer.getObjectFromFile(file.toFile(), "classes"));
      try (ZipFile entries = new ZipFile(file.toFile())) {
        assertEquals(5, entries.size());
      }
    }
    assertEquals(
        0,
        ModelSerializer.restoreMultiLayerNetwork(written.toFile()).params().distance2(start),
        1e-14);
  }

  @Test
  void filesHaveTheModeThatTheUmaskGives() throws IOException {
    Path like = Files.createFile(folder.resolve("like"));
    Path zip = folder.resolve("model.zip");
    UserModels.write(plain(new Sgd(0.1)), zip);
    assertEquals(Files.getPosixFilePermissions(like), Files.getPosixFilePermissions(zip));
    MultiLayerNetwork model = plain(new Sgd(0.1));
    ForgettingListener listener = new ForgettingListener(batch(1));
    model.addListeners(listener);
    model.fit(batch(1));
    Path stored = folder.resolve("listener");
    listener.save(stored);
    assertEquals(Files.getPosixFilePermissions(like), Files.getPosixFilePermissions(stored));
  }

  @Test
  void aZipThatIsNotWholeIsNamedAndKept() throws IOException {
    Path zip = trained();
    assertRefused(
        IOException.class, "coefficients.bin", () -> UserModels.read(only(zip, "configuration")));
    assertRefused(
        IOException.class, "configuration.json", () -> UserModels.read(only(zip, "coefficients")));
    Path cut = folder.resolve("cut.zip");
    byte[] bytes = Files.readAllBytes(zip);
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertRefused(IOException.class, "cut.zip", () -> UserModels.read(cut));
    assertRefused(IOException.class, "cut.zip", () -> Dl4jNetwork.wrap(cut, 5));
    assertRefused(
        IOException.class, "no such", () -> UserModels.read(folder.resolve("missing.zip")));
    // A folder stands where the file should go: nothing is written, and nothing left behind.
    Path taken = Files.createDirectories(folder.resolve("taken/inside")).getParent();
    assertRefused(
        IOException.class, "taken", () -> UserModels.write(plain(new Sgd(0.1)), zip, taken));
    try (var files = Files.list(folder)) {
      assertEquals(4, files.count());
    }
  }

  private Path only(Path zip, String beginning) throws IOException {
    Path part = folder.resolve("part.zip");
    try (ZipFile from = new ZipFile(zip.toFile());
        OutputStream out = Files.newOutputStream(part);
        ZipOutputStream to = new ZipOutputStream(out)) {
      for (ZipEntry entry : from.stream().toArray(ZipEntry[]::new)) {
        if (entry.getName().startsWith(beginning)) {
          to.putNextEntry(new ZipEntry(entry.getName()));
          from.getInputStream(entry).transferTo(to);
        }
      }
    }
    return part;
  }

  @Test
  void aLayersNameDoesNotMakeAGraph() throws IOException {
    Path zip = folder.resolve("named.zip");
    UserModels.write(
        chain(builder(new Sgd(0.1)), dense().name("vertexInputs").build(), output().build()), zip);
    assertInstanceOf(MultiLayerNetwork.class, UserModels.read(zip));
    UserModels.write(plain(new Sgd(0.1)).toComputationGraph(), zip);
    assertInstanceOf(ComputationGraph.class, UserModels.read(zip));
  }
}
