package dev.unrolling.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.unrolling.data.Checksums;
import dev.unrolling.data.StrictJson;
import dev.unrolling.dataset.DataIdentity;
import dev.unrolling.engine.Engine;
import dev.unrolling.settings.SettingsJson;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Properties;

/**
 * Where a result comes from. Nothing in it changes a number, so it is not hashed.
 *
 * @param data that were read; null in results of version 0.1
 * @param device that computed, e.g. {@code "cuda:0"}
 * @param engine its library and version
 * @param library version of this library
 * @param commit of this library's sources, {@code "unknown"} if {@code UNROLLING_COMMIT} is not set
 * @param java version
 * @param system operating system and processor
 * @param started when the first sitting began, ISO 8601
 * @param finished when the last ended
 * @param sittings 1 unless the run was interrupted
 * @param sha256 of the CSV
 * @param seal SHA-256 of all of the above, so that damage is found; null in results of version 0.1
 */
public record Provenance(
    DataIdentity data,
    String device,
    String engine,
    String library,
    String commit,
    String java,
    String system,
    String started,
    String finished,
    int sittings,
    String sha256,
    String seal) {

  /** Environment variable that names the commit. */
  public static final String COMMIT_VARIABLE = "UNROLLING_COMMIT";

  static Provenance of(
      DataIdentity data, Engine engine, Instant started, int sittings, String sha256) {
    Provenance open =
        new Provenance(
            data,
            engine.device(),
            engine.version(),
            libraryVersion(),
            System.getenv().getOrDefault(COMMIT_VARIABLE, "unknown"),
            System.getProperty("java.version"),
            System.getProperty("os.name") + " " + System.getProperty("os.arch"),
            started.toString(),
            Instant.now().toString(),
            sittings,
            sha256,
            null);
    return open.withSeal(open.sum());
  }

  /** Whether this is as it was written, as far as that can be told. */
  boolean isWhole() {
    return seal == null ? data == null : seal.equals(withSeal(null).sum());
  }

  private String sum() {
    return Checksums.sha256(toJson());
  }

  private Provenance withSeal(String value) {
    return new Provenance(
        data, device, engine, library, commit, java, system, started, finished, sittings, sha256,
        value);
  }

  /** The version of this library; {@code "from sources"} outside its jar. */
  public static String libraryVersion() {
    String descriptor = "/META-INF/maven/dev.unrolling/unrolling-sgd-lab/pom.properties";
    try (InputStream in = Provenance.class.getResourceAsStream(descriptor)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "from sources");
    } catch (IOException unreadable) {
      return "of unknown version";
    }
  }

  String toJson() {
    return SettingsJson.write(this);
  }

  static Provenance fromJson(String json) throws JsonProcessingException {
    return StrictJson.mapper().readValue(json, Provenance.class);
  }
}
