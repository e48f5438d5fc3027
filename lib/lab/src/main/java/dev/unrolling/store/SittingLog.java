package dev.unrolling.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * When the sittings of an unfinished run began, a line each; what else is in the file is dropped.
 */
record SittingLog(Path file) {

  /** Whether there was a sitting. */
  boolean isBegun() {
    return Files.exists(file);
  }

  /** Begins a sitting; gives the times of all, the first first. */
  List<Instant> begin() {
    List<Instant> all = new ArrayList<>();
    try {
      if (Files.isRegularFile(file)) {
        for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).split("\n")) {
          instant(line).ifPresent(all::add);
        }
      }
    } catch (IOException unreadable) {
      // How often a run was cut off is not worth stopping it.
      all.clear();
    }
    all.add(Instant.now());
    StoreFiles.write(file, all.stream().map(time -> time + "\n").collect(Collectors.joining()));
    return all;
  }

  /** The run is finished. */
  void end() throws IOException {
    Files.deleteIfExists(file);
  }

  private static Optional<Instant> instant(String line) {
    try {
      return Optional.of(Instant.parse(line));
    } catch (DateTimeParseException cutOff) {
      return Optional.empty();
    }
  }
}
