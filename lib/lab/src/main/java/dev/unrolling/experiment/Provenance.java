package dev.unrolling.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.unrolling.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Properties;

/**
 * Where a result comes from. Nothing in it changes a number, so it is not hashed.
 *
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
 */
public record Provenance(
    String device,
    String engine,
    String library,
    String commit,
    String java,
    String system,
    String started,
    String finished,
    int sittings,
    String sha256) {

  /** Environment variable that names the commit. */
  public static final String COMMIT_VARIABLE = "UNROLLING_COMMIT";

  static Provenance of(Engine engine, Instant started, int sittings, String sha256) {
    return new Provenance(
        engine.device(),
        engine.version(),
        libraryVersion(),
        System.getenv().getOrDefault(COMMIT_VARIABLE, "unknown"),
        System.getProperty("java.version"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        started.toString(),
        Instant.now().toString(),
        sittings,
        sha256);
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
    return SettingsJson.mapper().readValue(json, Provenance.class);
  }
}
