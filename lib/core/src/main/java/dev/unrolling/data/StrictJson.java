package dev.unrolling.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * The one way in which this library reads JSON: nothing is dropped and nothing taken for something
 * else. Refused are a name given twice, a name that a record does not have, anything after the end,
 * comments, a number where a name belongs and the other way round, a fraction for an integer, and
 * numbers too large or too small for their type.
 */
public final class StrictJson {

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final ObjectMapper MAPPER = mapper(JsonMapper.builder(FACTORY));

  private StrictJson() {}

  private static ObjectMapper mapper(JsonMapper.Builder builder) {
    for (CoercionInputShape number :
        new CoercionInputShape[] {
          CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean
        }) {
      builder.withCoercionConfig(
          LogicalType.Textual, text -> text.setCoercion(number, CoercionAction.Fail));
    }
    builder.withConfigOverride(
        Optional.class,
        optional -> optional.setInclude(JsonInclude.Value.construct(Include.NON_EMPTY, null)));
    return builder
        .addModule(OptionalJson.module())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build();
  }

  /** Reads records strictly; writes them indented, numbers with all their bits. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  /** A parser for a file that is read token by token; names given twice are refused. */
  static JsonParser parser(File file) throws IOException {
    return FACTORY.createParser(file);
  }

  /**
   * A text as a tree.
   *
   * @throws JsonProcessingException if it is no JSON, or a number in it does not fit into 64 bits
   */
  public static JsonNode tree(String json) throws JsonProcessingException {
    JsonNode tree = MAPPER.readTree(json);
    try (JsonParser numbers = FACTORY.createParser(json)) {
      for (JsonToken token = numbers.nextToken(); token != null; token = numbers.nextToken()) {
        if (token == JsonToken.VALUE_NUMBER_FLOAT && !fits(numbers.getText())) {
          throw new JsonParseException(
              numbers,
              numbers.getText()
                  + " does not fit into a number of 64 bits: it would become "
                  + Double.parseDouble(numbers.getText()));
        }
      }
      return tree;
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static boolean fits(String number) {
    double value = Double.parseDouble(number);
    boolean isZero = number.replaceFirst("[eE].*", "").matches("[-0.]*");
    return Double.isFinite(value) && (value != 0 || isZero);
  }
}
