package dev.unrolling.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.unrolling.data.StrictJson;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/**
 * Settings records to JSON and back, and with single values changed by name. A name that the record
 * does not have, and a value of another type or out of range, is refused by name.
 */
public final class SettingsJson {

  private static final ObjectMapper MAPPER = StrictJson.mapper();

  /** No setting is left without a value: null is none. */
  private static final ObjectReader COMPLETE =
      MAPPER.reader().with(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

  private SettingsJson() {}

  /** The settings as JSON, a value a line, in the order of the record. */
  public static String write(Record settings) {
    try {
      return MAPPER.writeValueAsString(settings);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + settings, e);
    }
  }

  /**
   * Settings with the values that a JSON object names; the others stay.
   *
   * @param base gives the values that the text does not name
   * @param json e.g. {@code {"gamma": 5, "seed": 1}}
   * @throws IllegalArgumentException if the text is no JSON object, or names a value that there is
   *     not or that cannot be
   */
  public static <S extends Record> S read(S base, String json) {
    try {
      JsonNode node = StrictJson.tree(json);
      if (!node.isObject()) {
        throw new IllegalArgumentException(
            "settings are a JSON object such as {\"gamma\": 5}, not " + shortened(json));
      }
      return merge(base, (ObjectNode) node);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "settings are no JSON: " + e.getOriginalMessage() + ", in " + shortened(json), e);
    }
  }

  /**
   * Settings with one value changed.
   *
   * @param assignment e.g. {@code "gamma=5"}
   * @throws IllegalArgumentException as {@link #read}
   */
  public static <S extends Record> S set(S base, String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException(
          "a setting is changed by name=value, e.g. seed=1, not by \"" + assignment + "\"");
    }
    String name = name(assignment);
    String value = assignment.substring(equals + 1).strip();
    return merge(base, MAPPER.createObjectNode().set(name, parse(base, name, value)));
  }

  /** The names of all settings. */
  public static List<String> names(Record settings) {
    return Arrays.stream(settings.getClass().getRecordComponents())
        .map(RecordComponent::getName)
        .toList();
  }

  /** The name that an assignment such as {@code gamma=5} changes; all of it without a sign. */
  public static String name(String assignment) {
    int equals = assignment.indexOf('=');
    return (equals < 0 ? assignment : assignment.substring(0, equals)).strip();
  }

  /**
   * Settings with some values changed.
   *
   * @param namesAndValues a name, its value, a name, and so on
   * @throws IllegalArgumentException as {@link #read}
   */
  public static <S extends Record> S with(S base, Object... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "a value is missing after " + namesAndValues[namesAndValues.length - 1]);
    }
    ObjectNode changes = MAPPER.createObjectNode();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      changes.set((String) namesAndValues[i], MAPPER.valueToTree(namesAndValues[i + 1]));
    }
    return merge(base, changes);
  }

  /** A value as its setting takes it: names as they stand, all else as JSON. */
  private static JsonNode parse(Record base, String name, String value) {
    boolean isName =
        Arrays.stream(base.getClass().getRecordComponents())
            .filter(component -> component.getName().equals(name))
            .anyMatch(c -> c.getType() == String.class || c.getType().isEnum());
    if (!isName) {
      try {
        JsonNode node = StrictJson.tree(value);
        if (!node.isMissingNode()) {
          return node;
        }
      } catch (JsonProcessingException e) {
        if (value.matches("[-+0-9.eE]+")) {
          throw new IllegalArgumentException(
              "cannot set " + name + "=" + value + ": " + e.getOriginalMessage(), e);
        }
        // No JSON: refused below, with the type that is expected.
      }
    }
    return MAPPER.getNodeFactory().textNode(value);
  }

  @SuppressWarnings("unchecked")
  private static <S extends Record> S merge(S base, ObjectNode changes) {
    ObjectNode all = MAPPER.valueToTree(base);
    List<String> names = names(base);
    changes
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!names.contains(name)) {
                throw new IllegalArgumentException(
                    "there is no setting \"" + name + "\"; there is " + String.join(", ", names));
              }
            });
    all.setAll(changes);
    try {
      return (S) COMPLETE.treeToValue(all, base.getClass());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot set " + changes.toString() + ": " + why(e), e);
    }
  }

  private static String why(JsonProcessingException error) {
    Throwable cause = error.getCause();
    if (cause instanceof IllegalArgumentException && !(cause instanceof JsonProcessingException)) {
      return cause.getMessage();
    }
    return error instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null
        ? "expected a value of type " + mismatch.getTargetType().getSimpleName()
        : error.getOriginalMessage();
  }

  private static String shortened(String text) {
    return text.length() > 200 ? text.substring(0, 200) + " ..." : text;
  }
}
