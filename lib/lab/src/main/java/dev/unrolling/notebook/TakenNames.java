package dev.unrolling.notebook;

import dev.unrolling.plot.FigureWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Which names of files a notebook has given, and to what. A table and the plotted numbers of a
 * figure are both kept in {@code NAME.csv}, so that one name cannot stand for both; the same kind
 * of thing may come again, as it does when a cell is run again.
 */
final class TakenNames {
  private final Path folder;
  private final Map<String, String> takers = new HashMap<>();

  /**
   * Names in a folder.
   *
   * @param verdicts the name that the verdicts have there
   */
  TakenNames(Path folder, String verdicts) {
    this.folder = folder;
    takers.put(verdicts, "the verdicts");
  }

  /**
   * Gives a name to a thing.
   *
   * @param taker what it is, e.g. {@code "a table"}
   * @throws IllegalArgumentException if it is no name for a file, or that of another kind of thing
   */
  synchronized void take(String name, String taker) {
    FigureWriter.checkName(name);
    String first = takers.putIfAbsent(name, taker);
    if (first != null && !first.equals(taker)) {
      throw new IllegalArgumentException(
          taker
              + " and "
              + first
              + " cannot both be called \""
              + name
              + "\": each is kept in "
              + folder.resolve(name + ".csv")
              + "; give one of them another name");
    }
  }
}
