package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtomicFileTest {

  @TempDir private Path folder;

  private static void write(Path file, String text) {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aFileHasTheRightsOfAnyNewFile() throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    Path file = folder.resolve("kept");
    write(file, "text");
    Path plain = Files.writeString(folder.resolve("plain"), "text");
    assertEquals(Files.getPosixFilePermissions(plain), Files.getPosixFilePermissions(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"No space left on device", "Disk quota exceeded", "File too large", "broken"})
  void aFullDiskIsNamedAndLeavesWhatStoodThere(String cause) throws IOException {
    Path file = folder.resolve("kept");
    write(file, "first");
    UncheckedIOException error =
        assertThrows(
            UncheckedIOException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException(cause);
                    }));
    Messages.assertOneLine(error, file.toString(), cause, "stands there still");
    boolean isFull = cause.contains("space") || cause.contains("quota");
    assertEquals(isFull, error.getMessage().contains("the disk is full"), error.getMessage());
    assertEquals("first", Files.readString(file));
    assertEquals(List.of("kept"), names());
  }

  @Test
  void manyThreadsMayWriteOneFile() throws IOException {
    Path file = folder.resolve("kept");
    String text = "x".repeat(200_000);
    IntStream.range(0, 64).parallel().forEach(i -> write(file, i % 10 + text));
    assertEquals(text, Files.readString(file).substring(1));
    assertEquals(List.of("kept"), names());
  }

  @Test
  void whatIsNoFileIsMovedOutOfTheWayUnchanged() throws IOException {
    Path place = folder.resolve("result.csv");
    assertTrue(AtomicFile.clear(place).isEmpty());
    for (int number = 1; number <= 2; number++) {
      Files.createDirectory(place);
      Files.writeString(place.resolve("mine"), "mine");
      Path aside = AtomicFile.clear(place).orElseThrow();
      assertEquals("result.csv.away-" + number, aside.getFileName().toString());
      assertEquals("mine", Files.readString(aside.resolve("mine")));
    }
    Files.createSymbolicLink(place, folder.resolve("nowhere"));
    assertTrue(AtomicFile.clear(place).isPresent());
    assertFalse(Files.exists(place, LinkOption.NOFOLLOW_LINKS));
    write(place, "text");
    assertTrue(AtomicFile.clear(place).isEmpty());
    assertEquals("text", Files.readString(place));
  }

  @Test
  void onlyHalfWrittenFilesAreSwept() throws IOException {
    List<String> mine = List.of("notes.part", "a.1-2.part", "checkpoint.bin", ".lock");
    List<String> dead = List.of(".result.csv.77-3.part", "checkpoint.bin123.part");
    for (String name : mine) {
      Files.writeString(folder.resolve(name), "mine");
    }
    for (String name : dead) {
      Files.writeString(folder.resolve(name), "half");
    }
    AtomicFile.sweep(folder);
    assertEquals(mine.stream().sorted().toList(), names());
  }
}
