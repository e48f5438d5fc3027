package dev.unrolling.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The npm layout of IMDB: one JSON array of objects {@code {"t": text, "s": label}}. */
final class ReviewJson {

  private final Path file;
  private final String expected;
  private final List<String> texts = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();
  private int read;

  private ReviewJson(Path file, int count) {
    this.file = file;
    this.expected =
        "a JSON array of " + count + " reviews {\"t\": text, \"s\": 0 or 1}, as many of each label";
  }

  /** The reviews that a choice takes; the file is streamed, so only those are held. */
  static TextDataset read(
      Path file, int count, String name, List<String> classNames, Predicate<String> choice) {
    FileErrors.requireFile(file);
    ReviewJson reviews = new ReviewJson(file, count);
    try (JsonParser json = StrictJson.parser(file.toFile())) {
      reviews.readAll(json, count, choice);
    } catch (JsonProcessingException e) {
      throw reviews.wrong("no JSON that can be read after review " + reviews.read, e);
    } catch (IOException e) {
      throw FileErrors.failed(file, e);
    }
    if (reviews.texts.isEmpty()) {
      throw reviews.wrong("no review for " + name, null);
    }
    int[] labels = reviews.labels.stream().mapToInt(Integer::intValue).toArray();
    return new TextDataset(name, reviews.texts, labels, classNames);
  }

  private void readAll(JsonParser json, int count, Predicate<String> choice) throws IOException {
    if (json.nextToken() != JsonToken.START_ARRAY) {
      throw wrong("no array", null);
    }
    int positive = 0;
    while (json.nextToken() == JsonToken.START_OBJECT) {
      positive += readOne(json, choice);
      read++;
      if (read > count) {
        throw wrong("more than " + count + " reviews", null);
      }
    }
    if (json.currentToken() != JsonToken.END_ARRAY || json.nextToken() != null) {
      throw wrong("something else after review " + read, null);
    }
    if (read != count || 2 * positive != count) {
      throw wrong(read + " reviews, " + positive + " of them with label 1", null);
    }
  }

  /** Reads the rest of one object and returns its label. */
  private int readOne(JsonParser json, Predicate<String> choice) throws IOException {
    String text = "";
    int label = -1;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      if (field.equals("t") && value == JsonToken.VALUE_STRING) {
        text = json.getText();
      } else if (field.equals("s") && value == JsonToken.VALUE_NUMBER_INT) {
        label = json.getIntValue();
      } else {
        throw wrong("field \"" + field + "\" with " + value + " in review " + read, null);
      }
    }
    if (text.isBlank() || label < 0 || label > 1) {
      throw wrong((text.isBlank() ? "no text" : "no label 0 or 1") + " in review " + read, null);
    }
    if (choice.test(text)) {
      texts.add(text);
      labels.add(label);
    }
    return label;
  }

  private DataException wrong(String found, Throwable cause) {
    return FileErrors.wrong(file, found, expected, cause);
  }
}
