package dev.unrolling.forgetting.inputs;

import dev.unrolling.data.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A list of examples in a file: one a line, an index from 0 or a name, e.g. {@code cat/0017.png}.
 * Of a CSV file the first column is read; a first line {@code id}, {@code index} or {@code name} is
 * its header.
 */
public final class ExampleList {

  private static final Set<String> HEADERS = Set.of("id", "index", "name", "file", "example");

  private ExampleList() {}

  /**
   * Reads a list.
   *
   * @return distinct indices, in the order of the file
   * @throws dev.unrolling.data.DataException if there is no such file
   * @throws IllegalArgumentException naming line and entry that is of no example, or given twice
   */
  public static int[] read(Path file, UserExamples examples) {
    FileErrors.requireFile(file);
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw FileErrors.failed(file, e);
    }
    Map<String, Integer> names = new HashMap<>();
    for (int i = 0; i < examples.names().size(); i++) {
      names.put(examples.names().get(i), i);
    }
    Set<Integer> found = new LinkedHashSet<>();
    for (int line = 0; line < lines.size(); line++) {
      String entry = lines.get(line).split("[,;\t]", -1)[0].strip().replaceAll("^\"|\"$", "");
      if (entry.isEmpty() || line == 0 && HEADERS.contains(entry.toLowerCase(Locale.ROOT))) {
        continue;
      }
      String where = file + ", line " + (line + 1) + ": ";
      int index = names.containsKey(entry) ? names.get(entry) : index(entry, where, examples);
      if (!found.add(index)) {
        throw new IllegalArgumentException(
            where + "example " + entry + " is given twice; give each once");
      }
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException(file + " names no example; give one a line");
    }
    return found.stream().mapToInt(index -> index).toArray();
  }

  private static int index(String entry, String where, UserExamples examples) {
    int last = examples.dataset().size() - 1;
    int index = entry.matches("\\d{1,9}") ? Integer.parseInt(entry) : -1;
    if (index < 0 || index > last) {
      throw new IllegalArgumentException(
          where
              + "\""
              + entry
              + "\" is no example of "
              + examples.dataset().name()
              + "; its examples are 0 to "
              + last
              + (examples.names().isEmpty()
                  ? ""
                  : ", or " + examples.names().get(0) + " and so on"));
    }
    return index;
  }
}
