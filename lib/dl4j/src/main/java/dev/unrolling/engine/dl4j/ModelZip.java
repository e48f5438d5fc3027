package dev.unrolling.engine.dl4j;

import dev.unrolling.data.AtomicFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.Normalizer;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** The zips of DL4J's ModelSerializer. */
final class ModelZip {

  private static final String CONFIGURATION = "configuration.json";
  private static final String COEFFICIENTS = "coefficients.bin";

  /** The model's own state; all else in a zip is carried over. */
  private static final Set<String> OWN =
      Set.of(CONFIGURATION, COEFFICIENTS, "updaterState.bin", "noParams.marker");

  private ModelZip() {}

  /**
   * Reads a model.
   *
   * @throws IOException naming the file and what is wrong with it
   */
  static Model read(Path zip) throws IOException {
    if (!Files.exists(zip)) {
      throw new NoSuchFileException(zip.toString(), null, "there is no such zip of a DL4J model");
    }
    try {
      return isGraph(zip)
          ? ModelSerializer.restoreComputationGraph(zip.toFile())
          : ModelSerializer.restoreMultiLayerNetwork(zip.toFile());
    } catch (IOException | RuntimeException unreadable) {
      throw new IOException(
          zip
              + " is not a whole model written by DL4J's ModelSerializer: "
              + unreadable.getMessage()
              + "; write it with ModelSerializer.writeModel",
          unreadable);
    }
  }

  /**
   * The normaliser that was added to a model; empty if there is none.
   *
   * @throws IOException if it cannot be read
   */
  static Optional<DataNormalization> normaliser(Path zip) throws IOException {
    try (ZipFile file = new ZipFile(zip.toFile())) {
      if (file.getEntry(ModelSerializer.NORMALIZER_BIN) == null) {
        return Optional.empty();
      }
    }
    Normalizer<?> found;
    try {
      found = ModelSerializer.restoreNormalizerFromFile(zip.toFile());
    } catch (RuntimeException unreadable) {
      throw new IOException(
          "the normaliser in " + zip + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
    if (found instanceof DataNormalization normalisation) {
      return Optional.of(normalisation);
    }
    throw new IOException(
        "the normaliser in "
            + zip
            + " is no DataNormalization of DL4J; a program feeds the model itself, and forgets by"
            + " UserModels.unlearn");
  }

  private static boolean isGraph(Path zip) throws IOException {
    try (ZipFile file = new ZipFile(zip.toFile())) {
      for (String entry : List.of(CONFIGURATION, COEFFICIENTS)) {
        if (file.getEntry(entry) == null || file.getEntry(entry).getSize() == 0) {
          throw new IOException("it holds no " + entry);
        }
      }
      try (InputStream json = file.getInputStream(file.getEntry(CONFIGURATION))) {
        return new ObjectMapper().readTree(json).has("vertexInputs");
      }
    }
  }

  /** Writes a model, with the state of its updater where it has one. */
  static void write(Model model, Path zip) throws IOException {
    ModelChecks.checkAlive(model);
    write(zip, out -> writeModel(model, out));
  }

  /**
   * Writes a model and what else another zip holds: its normaliser, objects that were added.
   *
   * @param others may be the file that is written
   */
  static void write(Model model, Path others, Path zip) throws IOException {
    ModelChecks.checkAlive(model);
    if (!Files.exists(others)) {
      throw new NoSuchFileException(others.toString(), null, "there is no such zip to carry over");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writeModel(model, bytes);
    write(
        zip,
        out -> {
          try (ZipInputStream own =
                  new ZipInputStream(new ByteArrayInputStream(bytes.toByteArray()));
              ZipFile from = new ZipFile(others.toFile());
              ZipOutputStream to = new ZipOutputStream(out)) {
            for (ZipEntry e = own.getNextEntry(); e != null; e = own.getNextEntry()) {
              to.putNextEntry(new ZipEntry(e.getName()));
              own.transferTo(to);
            }
            Enumeration<? extends ZipEntry> entries = from.entries();
            while (entries.hasMoreElements()) {
              ZipEntry entry = entries.nextElement();
              if (!OWN.contains(entry.getName())) {
                to.putNextEntry(new ZipEntry(entry.getName()));
                try (InputStream content = from.getInputStream(entry)) {
                  content.transferTo(to);
                }
              }
            }
          }
        });
  }

  private static void writeModel(Model model, OutputStream out) throws IOException {
    ModelSerializer.writeModel(model, out, Correction.updaterState(model).isPresent());
  }

  private static void write(Path zip, AtomicFile.Content content) throws IOException {
    try {
      AtomicFile.write(zip, content);
    } catch (UncheckedIOException failure) {
      throw new IOException(failure.getMessage(), failure.getCause());
    }
  }
}
