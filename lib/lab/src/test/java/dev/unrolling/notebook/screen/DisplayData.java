package dev.unrolling.notebook.screen;

import java.util.HashMap;
import java.util.Map;

/** What is shown, by MIME type. */
public final class DisplayData {
  private final Map<String, Object> data = new HashMap<>();
  private final Map<String, Object> metadata = new HashMap<>();

  public void putData(String type, Object value) {
    data.put(type, value);
  }

  public void putMetaData(String type, Object value) {
    metadata.put(type, value);
  }

  public Map<String, Object> data() {
    return data;
  }

  public Map<String, Object> metadata() {
    return metadata;
  }
}
