package dev.unrolling.data;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.Optional;

/** An optional value in JSON: nothing at all where it is empty, which null is too. */
@SuppressWarnings("rawtypes")
final class OptionalJson {

  private OptionalJson() {}

  static SimpleModule module() {
    return new SimpleModule("optional values")
        .addSerializer(Optional.class, new Writer())
        .addDeserializer(Optional.class, new Reader(null));
  }

  private static final class Writer extends JsonSerializer<Optional> {

    @Override
    public boolean isEmpty(SerializerProvider provider, Optional value) {
      return value.isEmpty();
    }

    @Override
    public void serialize(Optional value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      provider.defaultSerializeValue(((Optional<?>) value).orElse(null), json);
    }
  }

  private static final class Reader extends JsonDeserializer<Optional>
      implements ContextualDeserializer {

    private final JavaType type;

    Reader(JavaType type) {
      this.type = type;
    }

    @Override
    public JsonDeserializer<?> createContextual(
        DeserializationContext context, BeanProperty property) {
      return new Reader(context.getContextualType().containedTypeOrUnknown(0));
    }

    @Override
    public Optional deserialize(JsonParser json, DeserializationContext context)
        throws IOException {
      Object value = context.readValue(json, type);
      return value == null
          ? context.reportInputMismatch(type, "expected a value, not an empty text")
          : Optional.of(value);
    }

    @Override
    public Optional getNullValue(DeserializationContext context) {
      return Optional.empty();
    }
  }
}
