package dev.unrolling.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/**
 * Settings records to JSON and back, and with single values changed by name. A name that the record
 * does not have, and a value of another type or out of range, is refused by name.
 */
public final class SettingsJson {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

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
      JsonNode node = MAPPER.readTree(json);
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
    String name = assignment.substring(0, equals).strip();
    String value = assignment.substring(equals + 1).strip();
    return merge(base, MAPPER.createObjectNode().set(name, parse(value)));
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

  static ObjectMapper mapper() {
    return MAPPER;
  }

  // What is no number, boolean or JSON structure is a name.
  private static JsonNode parse(String value) {
    try {
      JsonNode node = MAPPER.readTree(value);
      return node.isMissingNode() ? MAPPER.getNodeFactory().textNode(value) : node;
    } catch (JsonProcessingException e) {
      return MAPPER.getNodeFactory().textNode(value);
    }
  }

  @SuppressWarnings("unchecked")
  private static <S extends Record> S merge(S base, ObjectNode changes) {
    ObjectNode all = MAPPER.valueToTree(base);
    List<String> names =
        Arrays.stream(base.getClass().getRecordComponents()).map(RecordComponent::getName).toList();
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
      return (S) MAPPER.treeToValue(all, base.getClass());
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
