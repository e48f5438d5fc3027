package dev.unrolling.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.unrolling.data.Checksums;
import dev.unrolling.data.StrictJson;
import dev.unrolling.settings.SettingsJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run's folder holds of its result. Each file is checked when it is read, and what does not
 * fit is no result: the settings must be those of the run, the data those that it reads, and the
 * table must have the SHA-256 that the provenance names.
 *
 * @param provenance empty if there is no result that can be trusted
 * @param csv of the table
 * @param damage what is wrong with a result that is there, in a few words; else empty
 */
record StoredResult(Optional<Provenance> provenance, String csv, String damage) {

  static final String SETTINGS = "settings.json";
  static final String RESULT = "result.csv";
  static final String PROVENANCE = "provenance.json";

  private static final class Misfit extends IOException {
    private static final long serialVersionUID = 1;

    Misfit(String message) {
      super(message);
    }
  }

  /** Reads a run's folder; never throws for what is in it. */
  static StoredResult read(Path run, RunKey key) {
    if (!Files.exists(run.resolve(PROVENANCE))) {
      return new StoredResult(Optional.empty(), "", "");
    }
    try {
      requireSettings(text(run.resolve(SETTINGS)), key);
      Provenance provenance = Provenance.fromJson(text(run.resolve(PROVENANCE)));
      if (provenance == null) {
        throw new Misfit(PROVENANCE + " holds nothing");
      }
      if (!provenance.isWhole()) {
        throw new Misfit(PROVENANCE + " is not as it was written");
      }
      // Version 0.1 did not write which data a run had read.
      if (provenance.data() != null && !provenance.data().sum().equals(key.data().sum())) {
        throw new Misfit(PROVENANCE + " is of other data");
      }
      byte[] csv = bytes(run.resolve(RESULT));
      if (!Checksums.sha256(csv).equals(provenance.sha256())) {
        throw new Misfit(RESULT + " has not the sum that " + PROVENANCE + " names");
      }
      return new StoredResult(Optional.of(provenance), new String(csv, StandardCharsets.UTF_8), "");
    } catch (IOException damaged) {
      String why =
          damaged instanceof Misfit
              ? damaged.getMessage()
              : damaged instanceof JsonProcessingException json
                  ? "no JSON that can be read (" + json.getOriginalMessage() + ")"
                  : damaged.toString();
      return new StoredResult(Optional.empty(), "", "the result in " + run + " is damaged: " + why);
    }
  }

  /** Whether the run is finished. */
  boolean isFinished() {
    return provenance.isPresent();
  }

  /** Version 0.1 wrote the same without the data. */
  private static void requireSettings(String json, RunKey key) throws IOException {
    String written = SettingsJson.write(key);
    if (json.strip().equals(written)) {
      return;
    }
    JsonNode found = StrictJson.tree(json);
    JsonNode expected = StrictJson.tree(written);
    if (found instanceof ObjectNode object && !object.has("data")) {
      ((ObjectNode) expected).remove("data");
    }
    if (!found.equals(expected)) {
      throw new Misfit(SETTINGS + " is of another run");
    }
  }

  private static String text(Path file) throws IOException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(java.nio.ByteBuffer.wrap(bytes(file)))
        .toString();
  }

  private static byte[] bytes(Path file) throws IOException {
    // A pipe would never end.
    if (!Files.isRegularFile(file)) {
      throw new Misfit(file.getFileName() + (Files.exists(file) ? " is no file" : " is missing"));
    }
    return Files.readAllBytes(file);
  }
}
