package dev.unrolling.engine.dl4j;

import static dev.unrolling.engine.dl4j.UserFixtures.assertRefused;
import static dev.unrolling.engine.dl4j.UserFixtures.batch;
import static dev.unrolling.engine.dl4j.UserFixtures.plain;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.Nesterovs;

/** A training that stops and goes on in another process is as if it had not stopped. */
class StoredListenerTest {

  @TempDir private Path folder;

  private static MultiLayerNetwork model() {
    return plain(new Nesterovs(0.01, 0.9));
  }

  private static void fit(MultiLayerNetwork model, int from, int to) {
    for (int step = from; step < to; step++) {
      model.fit(batch(step % 4));
    }
  }

  private static void assertSame(ForgettingRecord expected, ForgettingRecord actual) {
    assertEquals(expected.factor(), actual.factor());
    assertEquals(expected.visits(), actual.visits());
    assertEquals(expected.run(), actual.run());
    assertEquals(expected.batchSize(), actual.batchSize());
    assertArrayEquals(
        expected.startParameters().toDoubleVector(), actual.startParameters().toDoubleVector());
  }

  @Test
  void resumedIsUnbrokenBitForBit() throws IOException {
    MultiLayerNetwork unbroken = model();
    ForgettingListener whole = new ForgettingListener(batch(1));
    unbroken.addListeners(whole);
    fit(unbroken, 0, 12);
    for (int stop : new int[] {1, 2, 6, 11}) {
      MultiLayerNetwork first = model();
      ForgettingListener listener = new ForgettingListener(batch(1));
      first.addListeners(listener);
      fit(first, 0, stop);
      Path zip = folder.resolve("model.zip");
      Path stored = folder.resolve("listener");
      ModelSerializer.writeModel(first, zip.toFile(), true);
      listener.save(stored);

      MultiLayerNetwork second = ModelSerializer.restoreMultiLayerNetwork(zip.toFile());
      ForgettingListener loaded = ForgettingListener.load(stored);
      assertEquals(listener.visits(), loaded.visits());
      second.addListeners(loaded);
      fit(second, stop, 12);
      assertArrayEquals(unbroken.params().toDoubleVector(), second.params().toDoubleVector());
      assertSame(whole.record(), loaded.record());
      assertArrayEquals(
          UserModels.unlearn(unbroken, batch(1), whole.record()).params().toDoubleVector(),
          UserModels.unlearn(second, batch(1), loaded.record()).params().toDoubleVector());
    }
  }

  /** DL4J's own CheckpointListener writes before the iteration is counted. */
  @Test
  void aModelSavedWithinAStepGoesOnToo() throws IOException {
    Path zip = folder.resolve("model.zip");
    Path stored = folder.resolve("listener");
    MultiLayerNetwork model = model();
    ForgettingListener listener = new ForgettingListener(batch(1));
    model.addListeners(
        listener,
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model seen, int iteration, int epoch) {
            if (iteration == 2) {
              try {
                ModelSerializer.writeModel(seen, zip.toFile(), true);
                listener.save(stored);
              } catch (IOException failure) {
                throw new java.io.UncheckedIOException(failure);
              }
            }
          }
        });
    fit(model, 0, 6);
    MultiLayerNetwork second = ModelSerializer.restoreMultiLayerNetwork(zip.toFile());
    ForgettingListener loaded = ForgettingListener.load(stored);
    second.addListeners(loaded);
    fit(second, 3, 6);
    assertSame(listener.record(), loaded.record());
  }

  @Test
  void examplesSeenOutsideOfTheirBatchAreKnownAfterwardsToo() throws IOException {
    Path stored = folder.resolve("listener");
    Path zip = folder.resolve("model.zip");
    MultiLayerNetwork first = model();
    ForgettingListener listener = new ForgettingListener(batch(1));
    first.addListeners(listener);
    fit(first, 0, 4);
    batch(1).batchBy(4).forEach(first::fit);
    ModelSerializer.writeModel(first, zip.toFile(), true);
    listener.save(stored);
    ForgettingListener loaded = ForgettingListener.load(stored);
    assertRefused(IllegalStateException.class, "2, with 8 of them in all", loaded::record);
    MultiLayerNetwork second = ModelSerializer.restoreMultiLayerNetwork(zip.toFile());
    second.addListeners(loaded);
    second.fit(batch(1).batchBy(3).get(0));
    assertRefused(IllegalStateException.class, "3, with 11 of them in all", loaded::record);
    assertEquals(1, loaded.visits());
  }

  @Test
  void whatIsNotTheModelsOwnOrDamagedIsRefused() throws IOException {
    Path stored = folder.resolve("listener");
    ForgettingListener listener = new ForgettingListener(batch(1));
    assertRefused(IllegalStateException.class, "no step", () -> listener.save(stored));
    MultiLayerNetwork model = model();
    model.addListeners(listener);
    fit(model, 0, 3);
    listener.save(stored);
    // At the same step, with other weights; and later.
    MultiLayerNetwork other = model();
    fit(other, 1, 4);
    other.addListeners(ForgettingListener.load(stored));
    assertRefused(IllegalStateException.class, "other weights", () -> other.fit(batch(1)));
    model.setListeners();
    model.fit(batch(3));
    model.addListeners(ForgettingListener.load(stored));
    assertRefused(IllegalStateException.class, "at step 3", () -> model.fit(batch(1)));

    byte[] bytes = Files.readAllBytes(stored);
    for (int at : new int[] {60, bytes.length / 2, bytes.length - 1}) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1;
      Path damaged = Files.write(folder.resolve("damaged"), changed);
      assertRefused(IOException.class, "damaged", () -> ForgettingListener.load(damaged));
    }
    Path cut = Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(bytes, 50));
    assertRefused(IOException.class, "damaged", () -> ForgettingListener.load(cut));
    byte[] later = bytes.clone();
    later[2 + "unrolling-sgd forgetting listener".length() + 3] = 9;
    Path newer = Files.write(folder.resolve("newer"), later);
    assertRefused(IOException.class, "version 9", () -> ForgettingListener.load(newer));
    Path text = Files.writeString(folder.resolve("text"), "no listener");
    assertRefused(IOException.class, "no stored", () -> ForgettingListener.load(text));
    // What stood there stands there still when the file cannot be written.
    Path taken = Files.createDirectories(folder.resolve("taken/inside")).getParent();
    assertRefused(IOException.class, "taken", () -> listener.save(taken));
  }
}
