package dev.unrolling.weights;

import dev.unrolling.model.Architecture;
import dev.unrolling.weights.PyTorchNames.Style;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a file calls the tensors of a network. A mapping of one's own is a lambda:
 *
 * <pre>{@code
 * WeightNames mine = architecture -> Map.of("dense1.weight", "head.weight", "dense1.bias", "head.bias");
 * WeightNames wrapped = WeightNames.pyTorch().renamed(name -> "backbone." + name);
 * }</pre>
 */
@FunctionalInterface
public interface WeightNames {

  /**
   * The file's name of each tensor.
   *
   * @return keys are the entries of {@link Architecture#parameters()} and {@link
   *     Architecture#runningStatistics()}, all of them
   * @throws IllegalArgumentException if this naming has none for the architecture
   */
  Map<String, String> of(Architecture architecture);

  /** The names of our layouts themselves, e.g. {@code "residual1.body.conv2.weight"}. */
  static WeightNames own() {
    return architecture -> {
      Map<String, String> names = new LinkedHashMap<>();
      StateDict.entries(architecture).forEach(entry -> names.put(entry.name(), entry.name()));
      return names;
    };
  }

  /**
   * The names of the usual PyTorch modules for CIFAR (kuangliu's {@code pytorch-cifar}): a ResNet
   * has {@code conv1, bn1, layer1.0.conv1, layer2.0.shortcut.0, linear}, a VGG {@code features.0}
   * and {@code classifier}, other chains {@code conv1, bn1, conv2, linear}.
   */
  static WeightNames pyTorch() {
    return architecture ->
        (architecture.name().startsWith("vgg") ? Style.FEATURES : Style.LAYERS).names(architecture);
  }

  /** The names of torchvision's ResNets: {@code layer2.0.downsample.0} and {@code fc}. */
  static WeightNames torchvision() {
    return Style.TORCHVISION::names;
  }

  /** The names in one {@code nn.Sequential} of the same layers: {@code 0.weight, 1.bias}, ... */
  static WeightNames sequential() {
    return Style.SEQUENTIAL::names;
  }

  /** This naming with each of the file's names changed. */
  default WeightNames renamed(UnaryOperator<String> change) {
    return architecture -> {
      Map<String, String> names = new LinkedHashMap<>(of(architecture));
      names.replaceAll((ours, theirs) -> change.apply(theirs));
      return names;
    };
  }
}
