package dev.unrolling.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.unrolling.data.AtomicFile;
import dev.unrolling.data.Checksums;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.StrictJson;
import dev.unrolling.data.UserPath;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architectures;
import dev.unrolling.store.ResultStore;
import dev.unrolling.store.StoreFiles;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.saved.SavedRun;
import dev.unrolling.weights.StateDict;
import dev.unrolling.weights.WeightNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes pre-trained weights of the store as a PyTorch state dict, and puts such back into it. */
@Command(
    name = "weights",
    description = {
      "Write pre-trained weights that runs share as a PyTorch state dict, and beside it how they"
          + " were made and how many test examples they get right (.json); or put what was written"
          + " so back into the store, so that runs that begin with it need not pre-train.",
      "Without a FOLDER: list what the store (UNROLLING_RESULTS or out/runs) has."
    },
    footer = {
      "",
      "Example: unrolling weights out/runs/start/52b1b2b919510920 --to resnet20.safetensors",
      "         unrolling weights --from notebooks/results/desk/resnet20-gamma5.safetensors"
    })
final class WeightsCommand implements Callable<Integer> {

  private static final String STARTS = "start";
  private static final String SETTINGS = "settings.json";

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "FOLDER",
      description = "Of the weights, e.g. out/runs/start/52b1b2b919510920.")
  private Path folder;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "A .safetensors or .npz file; one that is there is replaced.")
  private Path to;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "What --to wrote, its .json beside it: put back into the store.")
  private Path from;

  @Option(
      names = "--store",
      paramLabel = "FOLDER",
      description = "Of results (UNROLLING_RESULTS or out/runs).")
  private Path store;

  @Override
  public Integer call() throws IOException {
    if (from != null) {
      if (folder != null || to != null) {
        throw refusal(
            "--from puts weights into the store; FOLDER and --to write them: one of both");
      }
      putBack();
      return 0;
    }
    if (folder == null) {
      list(starts());
      return 0;
    }
    if (to == null) {
      throw refusal("name the file to write, e.g. --to resnet20.safetensors");
    }
    if (!isThere(folder)) {
      throw refusal(
          "no pre-trained weights in " + folder + "; \"unrolling weights\" lists what there is");
    }
    write();
    return 0;
  }

  private Path starts() {
    String given = System.getenv().getOrDefault(ResultStore.VARIABLE, "out/runs");
    Path folders = store == null ? UserPath.of(ResultStore.VARIABLE, given) : store;
    return folders.resolve(STARTS);
  }

  private ParameterException refusal(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static boolean isThere(Path folder) {
    return Files.isRegularFile(folder.resolve(ResultStore.STATE));
  }

  private void list(Path starts) throws IOException {
    if (!Files.isDirectory(starts)) {
      return;
    }
    try (Stream<Path> all = Files.list(starts)) {
      for (Path start : all.filter(WeightsCommand::isThere).sorted().toList()) {
        JsonNode settings = key(start).path("settings");
        String said =
            Stream.of("model", "data", "gamma", "seed", "epochs")
                .filter(settings::has)
                .map(name -> name + " " + settings.path(name).asText())
                .collect(Collectors.joining(", "));
        spec.commandLine().getOut().println(start + "  " + said);
      }
    }
  }

  private void write() throws IOException {
    JsonNode key = key(folder);
    DataSets.Parts data = data(key);
    String name = folder.toRealPath().getFileName().toString();
    NetworkState state = SavedRun.load(folder.resolve(ResultStore.STATE), name).networks().get(0);
    try (Network network = network(key, data)) {
      network.restore(state);
      StateDict.save(network, to, WeightNames.pyTorch());
      ObjectNode origin = StrictJson.mapper().createObjectNode();
      origin.put("name", name);
      origin.put("sha256", Checksums.sha256(Files.readAllBytes(to)));
      origin.put("testAccuracy", Evaluation.of(network, data.test()).accuracy());
      origin.set("run", key);
      write(besides(to), origin);
    }
    spec.commandLine().getOut().println(to);
  }

  private void putBack() throws IOException {
    Path told = besides(from);
    for (Path file : List.of(from, told)) {
      if (!Files.isRegularFile(file)) {
        throw refusal("no file " + file + "; weights --to writes it and a .json beside it");
      }
    }
    JsonNode origin = StrictJson.mapper().readTree(told.toFile());
    String name = origin.path("name").asText();
    String sum = Checksums.sha256(Files.readAllBytes(from));
    if (!name.matches("[0-9a-f]+") || !sum.equals(origin.path("sha256").asText())) {
      throw refusal(told + " does not belong to " + from + ", whose SHA-256 is " + sum);
    }
    Path place = starts().resolve(name);
    if (!isThere(place)) {
      JsonNode key = origin.path("run");
      try (Network network = network(key, data(key))) {
        StateDict.load(network, from, WeightNames.pyTorch());
        write(place.resolve(SETTINGS), key);
        StoreFiles.keep(
            new SavedRun(0, name, List.of(network.saveState())), place.resolve(ResultStore.STATE));
      }
    }
    spec.commandLine().getOut().println(place);
  }

  private DataSets.Parts data(JsonNode key) {
    return DataSets.of(DataCache.fromEnvironment(), spec.commandLine().getErr()::println)
        .of(key.path("settings").path("data").asText());
  }

  private static Network network(JsonNode key, DataSets.Parts data) {
    String model = key.path("settings").path("model").asText();
    return Engines.fromEnvironment("torch", precision(key))
        .network(Architectures.named(model, data.train().classes()), 0);
  }

  private static void write(Path file, JsonNode content) {
    String json = content.toPrettyString() + "\n";
    AtomicFile.write(file, out -> out.write(json.getBytes(StandardCharsets.UTF_8)));
  }

  private static Precision precision(JsonNode key) {
    return key.path("precision").asText().equals(Precision.FLOAT64.toString())
        ? Precision.FLOAT64
        : Precision.FLOAT32;
  }

  private static Path besides(Path file) {
    return file.resolveSibling(
        file.getFileName().toString().replaceFirst("\\.\\w+$", "") + ".json");
  }

  private static JsonNode key(Path folder) throws IOException {
    return StrictJson.mapper().readTree(folder.resolve(SETTINGS).toFile());
  }
}
