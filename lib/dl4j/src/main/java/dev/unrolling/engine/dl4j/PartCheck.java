package dev.unrolling.engine.dl4j;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.Distribution;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.BasePretrainNetwork;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Walks all that one layer's or vertex's configuration holds, however deep: wrapped layers,
 * activations, losses, schedules, pre-processors. Refuses what {@link KnownParts} does not name.
 */
final class PartCheck {

  private static final String UPDATER = "updater";

  /** Enumerations in here are names of variants. */
  private static final Pattern OURS_AND_THEIRS =
      Pattern.compile("org\\.nd4j\\.|org\\.deeplearning4j\\.|dev\\.unrolling\\.");

  private final String layer;
  private final String kind;
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * A walk.
   *
   * @param layer name of the layer or vertex
   * @param kind simple name of its class
   */
  PartCheck(String layer, String kind) {
    this.layer = layer;
    this.kind = kind;
  }

  /**
   * Looks at a value and at what it holds.
   *
   * @param property where it was found, e.g. {@code "fwd.iDropout"}; empty for the layer itself
   * @throws IllegalArgumentException naming the layer, the property and what it holds
   */
  void visit(Object value, String property) {
    if (value == null || harmless(value) || !seen.add(value)) {
      return;
    }
    if (value instanceof Collection<?> items) {
      items.forEach(item -> visit(item, property));
    } else if (value instanceof Map<?, ?> map) {
      visit(map.keySet(), property);
      visit(map.values(), property);
    } else if (value.getClass().isArray()) {
      for (int i = 0; i < Array.getLength(value); i++) {
        visit(Array.get(value, i), property);
      }
    } else if (value instanceof NeuralNetConfiguration configuration) {
      visitConfiguration(configuration, property);
    } else if (KnownParts.NAMES.contains(value.getClass().getName())) {
      visitFields(value, property);
    } else {
      throw unknown(value, property);
    }
  }

  /**
   * Looks at what an updater holds, which no statement can vouch for: the rates are read from it.
   */
  void visitUpdater(IUpdater updater) {
    visitFields(updater, UPDATER);
  }

  /** What decides no step after the first, or is only a value. Updaters are checked apart. */
  private static boolean harmless(Object value) {
    boolean constant =
        value instanceof Enum<?>
            && (value instanceof GradientNormalization
                ? value == GradientNormalization.None
                : OURS_AND_THEIRS.matcher(value.getClass().getName()).lookingAt());
    return constant
        || value instanceof Number
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Character
        || value instanceof INDArray
        || value instanceof IUpdater
        || value instanceof IWeightInit
        || value instanceof ParamInitializer
        || value instanceof Distribution;
  }

  private void visitConfiguration(NeuralNetConfiguration configuration, String property) {
    if (!configuration.isMiniBatch()) {
      throw refused(
          "sums the gradients of a batch (miniBatch(false))", "train with their mean", false);
    }
    if (!configuration.isMinimize()) {
      throw refused("maximises its loss (minimize(false))", "train with minimize(true)", false);
    }
    if (configuration.getOptimizationAlgo() != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
      throw refused(
          "trains by " + configuration.getOptimizationAlgo(),
          "train by STOCHASTIC_GRADIENT_DESCENT",
          false);
    }
    visit(configuration.getStepFunction(), "stepFunction");
    visit(configuration.getLayer(), property);
  }

  private void visitFields(Object value, String property) {
    for (Class<?> type = value.getClass(); type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          field.setAccessible(true);
          try {
            visit(
                field.get(value),
                property.isEmpty() ? field.getName() : property + "." + field.getName());
          } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
          }
        }
      }
    }
  }

  private IllegalArgumentException unknown(Object value, String property) {
    String name = value.getClass().getSimpleName();
    String what = value.getClass().getName();
    String where = property.isEmpty() ? "" : " (" + property + " is " + what + ")";
    if (value instanceof IDropout) {
      return refused("has dropout, whose draws at the visits are gone" + where);
    }
    if (value instanceof IWeightNoise) {
      return refused("has weight noise, whose draws at the visits are gone" + where);
    }
    if (value instanceof LayerConstraint) {
      return refused("has constraints on its weights" + where);
    }
    if (value instanceof GradientNormalization) {
      return refused("has gradient normalisation " + value + where);
    }
    if (value instanceof ActivationRReLU) {
      return refused(
          "has random slopes, whose draws at the visits are gone" + where, "use LEAKYRELU", true);
    }
    if (value instanceof BasePretrainNetwork) {
      return refused("is for pre-training, which moves weights beside the loss: " + what + where);
    }
    String known =
        value instanceof IActivation
            ? "the activation " + name + ", which is not known to give the same twice"
            : name + ", whose part in a training step is not known";
    return refused(
        "holds " + known + (property.isEmpty() ? " (" + what + ")" : where),
        "train without, or retrain the model",
        !property.startsWith(UPDATER));
  }

  private IllegalArgumentException refused(String what) {
    return refused(what, "train without, or retrain the model", true);
  }

  private IllegalArgumentException refused(String what, String remedy, boolean liftable) {
    String statement =
        "; if its update is the plain gradient step all the same, say so with"
            + " UserStatement.plainGradientStep(\""
            + layer
            + "\", reason)";
    return ModelChecks.refused(
        layer,
        kind,
        what,
        "single gradient unlearning does not hold",
        liftable ? remedy + statement : remedy);
  }
}
