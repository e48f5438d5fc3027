package dev.unrolling.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the environment and the system say of the cache of data: where it is, and whether online.
 */
final class CachePlace {

  private CachePlace() {}

  /** Whether the environment forbids the network. */
  static boolean isOffline(Map<String, String> environment) {
    String value =
        environment.getOrDefault(DataCache.OFFLINE_VARIABLE, "").strip().toLowerCase(Locale.ROOT);
    if (!List.of("", "0", "1", "false", "true").contains(value)) {
      throw new IllegalArgumentException(
          DataCache.OFFLINE_VARIABLE + " is 1 or true, or 0 or false, not \"" + value + "\"");
    }
    return value.equals("1") || value.equals("true");
  }

  /** The folder that the environment names, else the usual one of the system. */
  static Path folder(Map<String, String> environment, String system, Path home) {
    String named = environment.getOrDefault(DataCache.VARIABLE, "");
    if (!named.isBlank()) {
      return UserPath.of(DataCache.VARIABLE, named);
    }
    String lower = system.toLowerCase(Locale.ROOT);
    String variable = lower.contains("win") ? "LOCALAPPDATA" : "XDG_CACHE_HOME";
    Path fallback =
        lower.contains("win")
            ? home.resolve("AppData").resolve("Local")
            : lower.contains("mac")
                ? home.resolve("Library").resolve("Caches")
                : home.resolve(".cache");
    String base = environment.getOrDefault(variable, "");
    return (base.isBlank() ? fallback : UserPath.of(variable, base)).resolve("unrolling-sgd");
  }
}
