package dev.unrolling.forgetting;

import dev.unrolling.data.Checksums;
import dev.unrolling.data.FileErrors;
import dev.unrolling.forgetting.inputs.UserExamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where everything is.
 *
 * @param model before the training
 * @param trained after it
 * @param batch list of what is to be forgotten
 * @param data that the batch is of, as {@link UserExamples#read}
 * @param retained list of the others that were trained on; empty for all others of the data
 * @param test data that were not trained on; empty if there are none
 * @param to file of the unlearned model; the report's two lie beside it
 */
public record Places(
    Path model,
    Path trained,
    Path batch,
    Path data,
    Optional<Path> retained,
    Optional<Path> test,
    Path to) {

  /** The report for a program. */
  public Path json() {
    return beside(".json");
  }

  /** The report for a reader. */
  public Path page() {
    return beside(".html");
  }

  private Path beside(String ending) {
    String name = to.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return to.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ending);
  }

  /**
   * Checks that the models are two files.
   *
   * @throws IllegalArgumentException if they are one
   */
  public void check() {
    if (isSame(model, trained)) {
      throw new IllegalArgumentException(
          "--model and --trained are one file, "
              + model
              + "; --model is the model from before the training");
    }
  }

  /** Refuses what would be written over. */
  void requireFree() {
    for (Path written : List.of(to, json(), page())) {
      if (Files.exists(written, LinkOption.NOFOLLOW_LINKS)) {
        throw new IllegalArgumentException(
            written + " is there already; move it away, or name another file by --to");
      }
    }
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
    } catch (IOException unknown) {
      return false;
    }
  }

  /** The files for a report, with their hashes. */
  List<ForgettingReport.File> files() {
    List<ForgettingReport.File> files = new ArrayList<>();
    files.add(file("model before the training", model()));
    files.add(file("trained model", trained()));
    files.add(file("list of what is forgotten", batch()));
    files.add(file("data", data()));
    retained().ifPresent(path -> files.add(file("list of what stays", path)));
    test().ifPresent(path -> files.add(file("data not trained on", path)));
    files.add(new ForgettingReport.File("unlearned model", to().toString(), ""));
    return files;
  }

  private static ForgettingReport.File file(String role, Path path) {
    if (!Files.isRegularFile(path)) {
      return new ForgettingReport.File(role, path.toString(), "");
    }
    try {
      return new ForgettingReport.File(
          role, path.toString(), Checksums.sha256(Files.readAllBytes(path)));
    } catch (IOException e) {
      throw FileErrors.failed(path, e);
    }
  }
}
