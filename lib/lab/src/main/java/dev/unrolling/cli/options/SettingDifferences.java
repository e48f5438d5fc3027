package dev.unrolling.cli.options;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unrolling.data.StrictJson;
import java.util.ArrayList;
import java.util.List;

/** Names a run by what it has that the base setting has not. */
public final class SettingDifferences {

  private SettingDifferences() {}

  /** E.g. {@code "gamma=5.0 seed=1"}; {@code "base"} if there is none. */
  public static String of(Record base, Record run) {
    JsonNode first = StrictJson.mapper().valueToTree(base);
    JsonNode other = StrictJson.mapper().valueToTree(run);
    List<String> found = new ArrayList<>();
    other
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!other.get(name).equals(first.get(name))) {
                found.add(name + "=" + other.get(name).asText());
              }
            });
    return found.isEmpty() ? "base" : String.join(" ", found);
  }
}
