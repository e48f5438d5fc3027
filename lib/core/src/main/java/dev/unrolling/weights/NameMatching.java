package dev.unrolling.weights;

import dev.unrolling.model.Architecture;
import dev.unrolling.model.ParameterLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Brings the names of a file and those of an architecture together. */
final class NameMatching {

  private static final String COUNTER = "num_batches_tracked";

  private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.");

  private static final int SHOWN = 4;

  private NameMatching() {}

  /**
   * Without counters of batches, and without a wrapper's prefix that all names share.
   *
   * @param expected names that are looked for: a prefix of theirs stays
   */
  static Map<String, Tensor> stripped(Map<String, Tensor> tensors, Collection<String> expected) {
    Map<String, Tensor> rest = new LinkedHashMap<>(tensors);
    rest.keySet().removeIf(name -> name.equals(COUNTER) || name.endsWith("." + COUNTER));
    for (String wrapper : WRAPPERS) {
      if (!rest.isEmpty()
          && rest.keySet().stream().allMatch(name -> name.startsWith(wrapper))
          && expected.stream().noneMatch(name -> name.startsWith(wrapper))) {
        Map<String, Tensor> inner = new LinkedHashMap<>();
        rest.forEach((name, tensor) -> inner.put(name.substring(wrapper.length()), tensor));
        rest = inner;
      }
    }
    return rest;
  }

  /** The naming under which most of the file's tensors are the network's. */
  static Map<String, String> best(
      Architecture architecture, Path file, Map<String, Tensor> tensors) {
    List<Map<String, String>> all = new ArrayList<>();
    for (WeightNames names :
        List.of(
            WeightNames.pyTorch(),
            WeightNames.torchvision(),
            PyTorchNames.Style.FEATURES::names,
            PyTorchNames.Style.LAYERS::names,
            WeightNames.sequential(),
            WeightNames.own())) {
      try {
        all.add(names.of(architecture));
      } catch (IllegalArgumentException hasNone) {
        continue;
      }
    }
    Map<String, String> best =
        all.stream().max(Comparator.comparingLong(names -> hits(names, tensors))).orElseThrow();
    if (hits(best, tensors) == 0) {
      throw new IllegalArgumentException(
          file
              + " names its tensors "
              + some(tensors.keySet())
              + ", which none of the known names of "
              + architecture.name()
              + " fit ("
              + all.stream()
                  .map(names -> names.values().iterator().next())
                  .collect(Collectors.joining(", or "))
              + ", ...); say which are which by a WeightNames");
    }
    return best;
  }

  private static long hits(Map<String, String> names, Map<String, Tensor> tensors) {
    return names.values().stream().filter(tensors::containsKey).count();
  }

  /** A naming that has a name for each tensor, each once. */
  static Map<String, String> complete(Architecture architecture, WeightNames names) {
    Map<String, String> theirs = names.of(architecture);
    Set<String> ours =
        StateDict.entries(architecture).stream()
            .map(ParameterLayout.Entry::name)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    Set<String> unnamed = new LinkedHashSet<>(ours);
    unnamed.removeAll(theirs.keySet());
    Set<String> unknown = new LinkedHashSet<>(theirs.keySet());
    unknown.removeAll(ours);
    Set<String> twice = new LinkedHashSet<>(theirs.values());
    twice.removeIf(name -> Collections.frequency(theirs.values(), name) < 2);
    if (!unnamed.isEmpty() || !unknown.isEmpty() || !twice.isEmpty()) {
      throw new IllegalArgumentException(
          "the names of "
              + architecture.name()
              + " must be one for each of its tensors, such as "
              + some(ours)
              + ": none for "
              + some(unnamed)
              + "; unknown "
              + some(unknown)
              + "; more than once "
              + some(twice));
    }
    return theirs;
  }

  /** Some names, for a message. */
  static String some(Set<String> names) {
    return names.isEmpty()
        ? "none"
        : names.stream().limit(SHOWN).collect(Collectors.joining(", "))
            + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
  }
}
