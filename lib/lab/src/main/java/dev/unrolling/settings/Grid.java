package dev.unrolling.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.unrolling.data.StrictJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Settings made from lists of values. */
public final class Grid {

  /** Most runs that are made from lists at once; they are held in memory. */
  public static final int MOST = 100_000;

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
    BigInteger count = BigInteger.ONE;
    for (Map.Entry<String, JsonNode> axis : grid.properties()) {
      if (!axis.getValue().isArray() || axis.getValue().isEmpty()) {
        throw new IllegalArgumentException(
            "a grid gives a setting a list of values, e.g. \""
                + axis.getKey()
                + "\": [0, 1], not "
                + axis.getValue());
      }
      count = count.multiply(BigInteger.valueOf(axis.getValue().size()));
    }
    requireFew("the grid", count);
    List<S> all = List.of(base);
    for (Map.Entry<String, JsonNode> axis : grid.properties()) {
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

  /** The names that a grid gives values to. */
  public static Set<String> names(String json) {
    return new TreeSet<>(object(json).properties().stream().map(Map.Entry::getKey).toList());
  }

  /**
   * Refuses what would take the memory.
   *
   * @param what asks for the runs
   * @param runs how many
   * @throws IllegalArgumentException if they are more than {@link #MOST}
   */
  public static void requireFew(String what, BigInteger runs) {
    if (runs.compareTo(BigInteger.valueOf(MOST)) > 0) {
      throw new IllegalArgumentException(
          what
              + " asks for "
              + runs
              + " runs; at most "
              + MOST
              + " are made at once: ask in parts");
    }
  }

  private static JsonNode object(String json) {
    try {
      JsonNode grid = StrictJson.tree(json);
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
