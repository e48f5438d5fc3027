package dev.unrolling.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Settings made from lists of values. */
public final class Grid {

  private Grid() {}

  /**
   * Every combination of the values, the last name counting fastest.
   *
   * @param base gives the values that the grid does not name
   * @param json e.g. {@code {"gamma": [0, 5], "seed": [0, 1, 2]}}
   * @throws IllegalArgumentException if the text is no such object, or names a value that there is
   *     not or that cannot be
   */
  public static <S extends Record> List<S> of(S base, String json) {
    JsonNode grid = object(json);
    List<S> all = List.of(base);
    for (Map.Entry<String, JsonNode> axis : grid.properties()) {
      if (!axis.getValue().isArray() || axis.getValue().isEmpty()) {
        throw new IllegalArgumentException(
            "a grid gives a setting a list of values, e.g. \""
                + axis.getKey()
                + "\": [0, 1], not "
                + axis.getValue());
      }
      List<S> longer = new ArrayList<>();
      for (S one : all) {
        for (JsonNode value : axis.getValue()) {
          longer.add(SettingsJson.with(one, axis.getKey(), value));
        }
      }
      all = longer;
    }
    return List.copyOf(all);
  }

  private static JsonNode object(String json) {
    try {
      JsonNode grid = SettingsJson.mapper().readTree(json);
      if (!grid.isObject() || grid.isEmpty()) {
        throw new IllegalArgumentException(
            "a grid is a JSON object such as {\"gamma\": [0, 5]}, not " + json.strip());
      }
      return grid;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the grid is no JSON: " + e.getOriginalMessage(), e);
    }
  }
}
