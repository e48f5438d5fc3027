package dev.unrolling.training.saved;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.engine.NetworkState;
import dev.unrolling.training.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class SavedRunTest {

  private static final NetworkState SINGLE =
      new NetworkState(
          Nd4j.createFromArray(1.5f, -2f, Float.MIN_VALUE, -0f),
          Nd4j.createFromArray(0.25f),
          Nd4j.empty(DataType.FLOAT));

  private static final NetworkState DOUBLE =
      new NetworkState(
          // Longer than the blocks in which values are written.
          Nd4j.createFromArray(
              IntStream.range(0, 20_000).mapToDouble(i -> Math.sin(i) / 3).toArray()),
          Nd4j.empty(DataType.DOUBLE),
          Nd4j.createFromArray(Math.PI, 1e-300));

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void save() throws IOException {
    file = folder.resolve("runs").resolve("run.checkpoint");
    new SavedRun(17, "settings-1", List.of(SINGLE, DOUBLE)).save(file);
  }

  @Test
  void comesBackBitForBit() throws IOException {
    SavedRun read = SavedRun.load(file, "settings-1");
    assertEquals(17, read.step());
    assertEquals(2, read.networks().size());
    assertTrue(Fixtures.sameBits(SINGLE, read.networks().get(0)));
    assertTrue(Fixtures.sameBits(DOUBLE, read.networks().get(1)));
  }

  @Test
  void replacesAnOlderOneAndLeavesNoOtherFile() throws IOException {
    new SavedRun(18, "settings-1", List.of(SINGLE)).save(file);
    assertEquals(18, SavedRun.load(file, "settings-1").step());
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void aCutOffFileIsRefusedAtEveryLength() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length += length < 200 ? 1 : 4999) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      refused("cut off");
    }
  }

  @Test
  void aChangedByteIsFound() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int at : new int[] {0, 9, 14, 17, 30, 31, 34, 100, whole.length / 2, whole.length - 1}) {
      byte[] changed = whole.clone();
      changed[at] ^= 0x40;
      Files.write(file, changed);
      refused("");
    }
  }

  @Test
  void bytesAfterTheEndAreFound() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length + 1));
    refused("damaged");
  }

  @Test
  void aForeignFileIsRefused() throws IOException {
    Files.writeString(file, "step,loss\n0,2.3\n");
    refused("is no saved run");
  }

  @Test
  void otherSettingsAreRefused() {
    IOException error = assertThrows(IOException.class, () -> SavedRun.load(file, "settings-2"));
    assertTrue(error.getMessage().contains("settings-1"));
    assertTrue(error.getMessage().contains("settings-2"));
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = folder.resolve("none");
    NoSuchFileException error =
        assertThrows(NoSuchFileException.class, () -> SavedRun.load(missing, ""));
    assertEquals(missing.toString(), error.getFile());
  }

  @Test
  void aFailedSaveChangesNothing() throws IOException {
    byte[] before = Files.readAllBytes(file);
    // The target is a folder that is not empty, so the last move fails.
    SavedRun saved = new SavedRun(1, "s", List.of(SINGLE));
    assertThrows(IOException.class, () -> saved.save(file.getParent()));
    assertArrayEquals(before, Files.readAllBytes(file));
    assertThrows(IOException.class, () -> saved.save(file.resolve("below-a-file")));
    try (Stream<Path> files = Files.walk(folder)) {
      assertEquals(List.of(file), files.filter(Files::isRegularFile).toList());
    }
  }

  private void refused(String message) {
    IOException error = assertThrows(IOException.class, () -> SavedRun.load(file, "settings-1"));
    assertTrue(error.getMessage().contains(file.toString()), error::getMessage);
    assertTrue(error.getMessage().contains(message), error::getMessage);
    assertTrue(error.getMessage().contains("delete it"), error::getMessage);
  }
}
