package dev.unrolling.weights;

import dev.unrolling.data.DataException;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.ParameterLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The weights and running statistics of a network as tensors by name: a PyTorch state dict.
 *
 * <pre>{@code
 * Network model = engine.network(Architectures.resnet18(10), 0);
 * StateDict.load(model, Path.of("resnet18.safetensors"));
 * ...
 * StateDict.save(unlearned, Path.of("unlearned.safetensors"), WeightNames.pyTorch());
 * }</pre>
 *
 * <p>Every tensor of the network must be there, in its shape, and no other; {@code
 * num_batches_tracked} is passed over, and so is a prefix {@code module.} or {@code _orig_mod.}
 * that all names share. What is saved and loaded has the same bits in the network's own precision;
 * 64-bit values are rounded for a network of 32 bits.
 */
public final class StateDict {

  private StateDict() {}

  /**
   * Loads a file whose names are those of {@link WeightNames#pyTorch()}, {@link
   * WeightNames#torchvision()}, {@link WeightNames#sequential()} or our own, whichever fit best.
   *
   * @param network whose weights and running statistics are replaced, and whose momentum is cleared
   * @param file {@code .safetensors} or {@code .npz}
   * @throws DataException if the file is missing or damaged
   * @throws IllegalArgumentException if tensors are missing, too many or of another shape
   */
  public static void load(Network network, Path file) {
    Map<String, Tensor> tensors = NameMatching.stripped(WeightFiles.read(file), List.of());
    Map<String, String> names = NameMatching.best(network.architecture(), file, tensors);
    network.restore(state(network, file.toString(), tensors, names));
  }

  /** Loads a file whose names are given. */
  public static void load(Network network, Path file, WeightNames names) {
    load(network, file.toString(), WeightFiles.read(file), names);
  }

  /** Loads tensors whose names are given. */
  public static void load(Network network, Map<String, Tensor> tensors, WeightNames names) {
    load(network, "the state dict", tensors, names);
  }

  private static void load(
      Network network, String source, Map<String, Tensor> tensors, WeightNames naming) {
    Map<String, String> names = NameMatching.complete(network.architecture(), naming);
    Map<String, Tensor> stripped = NameMatching.stripped(tensors, names.values());
    network.restore(state(network, source, stripped, names));
  }

  /** The network's tensors: weights, then running statistics, in the precision of its engine. */
  public static Map<String, Tensor> of(Network network, WeightNames names) {
    Architecture architecture = network.architecture();
    Map<String, String> theirs = NameMatching.complete(architecture, names);
    NetworkState state = network.saveState();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    put(tensors, theirs, architecture.parameters(), state.weights());
    put(tensors, theirs, architecture.runningStatistics(), state.runningStatistics());
    return tensors;
  }

  /** Saves a network, whole or not at all. */
  public static void save(Network network, Path file, WeightNames names) {
    WeightFiles.write(file, of(network, names));
  }

  /** All tensors of an architecture: weights, then running statistics. */
  static List<ParameterLayout.Entry> entries(Architecture architecture) {
    return Stream.concat(
            architecture.parameters().entries().stream(),
            architecture.runningStatistics().entries().stream())
        .toList();
  }

  private static void put(
      Map<String, Tensor> tensors,
      Map<String, String> names,
      ParameterLayout layout,
      INDArray values) {
    boolean wide = values.dataType() == DataType.DOUBLE;
    double[] doubles = wide && !values.isEmpty() ? values.toDoubleVector() : new double[0];
    float[] floats = !wide && !values.isEmpty() ? values.toFloatVector() : new float[0];
    for (ParameterLayout.Entry entry : layout.entries()) {
      int from = Math.toIntExact(entry.offset());
      int to = Math.toIntExact(entry.offset() + entry.size());
      tensors.put(
          names.get(entry.name()),
          wide
              ? Tensor.of(entry.shape(), Arrays.copyOfRange(doubles, from, to))
              : Tensor.of(entry.shape(), Arrays.copyOfRange(floats, from, to)));
    }
  }

  private static NetworkState state(
      Network network, String source, Map<String, Tensor> tensors, Map<String, String> names) {
    Architecture architecture = network.architecture();
    check(architecture, source, tensors, names);
    DataType type = network.engine().precision().dataType();
    return new NetworkState(
        flat(architecture.parameters(), tensors, names, type),
        flat(architecture.runningStatistics(), tensors, names, type),
        Nd4j.empty(type));
  }

  private static void check(
      Architecture architecture,
      String source,
      Map<String, Tensor> tensors,
      Map<String, String> names) {
    Set<String> missing = new LinkedHashSet<>();
    Set<String> wrong = new LinkedHashSet<>();
    Set<String> unexpected = new LinkedHashSet<>(tensors.keySet());
    for (ParameterLayout.Entry entry : entries(architecture)) {
      String name = names.get(entry.name());
      Tensor tensor = tensors.get(name);
      unexpected.remove(name);
      if (tensor == null) {
        missing.add(name);
      } else if (!tensor.shape().equals(entry.shape()) || tensor.type() == Tensor.Type.INT64) {
        wrong.add(name + " is " + tensor + " and not " + entry.shape());
      }
    }
    if (!missing.isEmpty() || !wrong.isEmpty() || !unexpected.isEmpty()) {
      throw new IllegalArgumentException(
          source
              + " does not fit "
              + architecture.name()
              + " of "
              + architecture.classes()
              + " classes: missing "
              + NameMatching.some(missing)
              + "; of another shape or type "
              + NameMatching.some(wrong)
              + "; unexpected "
              + NameMatching.some(unexpected)
              + ". Take the architecture that was trained, or say which are which by a WeightNames;"
              + " the network is as it was");
    }
  }

  private static INDArray flat(
      ParameterLayout layout,
      Map<String, Tensor> tensors,
      Map<String, String> names,
      DataType type) {
    if (layout.entries().isEmpty()) {
      return Nd4j.empty(type);
    }
    double[] values = new double[Math.toIntExact(layout.size())];
    for (ParameterLayout.Entry entry : layout.entries()) {
      double[] part = tensors.get(names.get(entry.name())).toDoubles();
      System.arraycopy(part, 0, values, Math.toIntExact(entry.offset()), part.length);
    }
    return Nd4j.createFromArray(values).castTo(type);
  }
}
