package dev.unrolling.notebook;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.unrolling.data.AtomicFile;
import dev.unrolling.engine.Engine;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What computed in a notebook, and from which seeds: kept for the page of results. */
final class UsedEngines {

  private final Path file;
  private final Set<String> engines = new LinkedHashSet<>();
  private final Set<String> devices = new LinkedHashSet<>();
  private final Set<Long> allSeeds = new LinkedHashSet<>();

  UsedEngines(Path file) {
    this.file = file;
  }

  /** Writes one more beside those before; gives its facts, for a reader. */
  List<String> add(Engine engine, long... seeds) {
    engines.add(engine.name() + " (" + engine.version() + ")");
    devices.add(engine.device());
    Arrays.stream(seeds).forEach(allSeeds::add);
    Map<String, Object> notes = Map.of("engine", engines, "device", devices, "seeds", allSeeds);
    AtomicFile.write(file, out -> new ObjectMapper().writeValue(out, notes));
    return List.of(
        engine.version(),
        engine.device(),
        engine.precision().toString(),
        engine.threads() + (engine.threads() == 1 ? " thread" : " threads"),
        (seeds.length == 1 ? "seed " : "seeds ")
            + Arrays.stream(seeds).mapToObj(Long::toString).collect(Collectors.joining(", ")));
  }
}
