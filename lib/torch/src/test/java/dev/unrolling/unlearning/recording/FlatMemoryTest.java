package dev.unrolling.unlearning.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.BatchOrder.Position;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.engine.Objective;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.CountedNetwork;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.schedule.GammaDecay;
import dev.unrolling.training.schedule.Schedule;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What recorders hold after a thousand visits is what they hold after ten. */
class FlatMemoryTest {

  private static final Dataset DATA =
      FeatureDataset.of(
          "random",
          new Random(1).doubles(8 * 3, -1, 1).toArray(),
          IntStream.range(0, 8).map(i -> i % 3).toArray(),
          List.of("a", "b", "c"));

  /** Open vectors, and places in what the recorders reach of ours and of Java's collections. */
  private record Held(int vectors, int places) {}

  @Test
  void aThousandVisitsHoldNoMoreThanTen() {
    BatchOrder order =
        BatchOrder.fixed(DATA, new int[] {4, 5, 6, 7}, 4, 1000)
            .withForgetBatch(Batch.of(DATA, 0, 1, 2, 3), Position.FIRST);
    SgdTrainer trainer =
        new SgdTrainer(Objective.crossEntropy().withGamma(1), Schedule.constant(0.01))
            .withMomentum(0.9)
            .withGammaDecay(new GammaDecay(2, 500));
    Map<Integer, Held> held = new TreeMap<>();
    try (CountedNetwork network =
            new CountedNetwork(
                Fixtures.float64().withThreads(1).network(Architectures.linear(3, 3), 1));
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, Removal.zeroGradient());
        CheckpointRecorder checkpoints =
            new CheckpointRecorder(recorder, new CheckpointSpacing(8))) {
      StepListener weigh =
          new StepListener() {
            @Override
            public void afterStep(Step step, StepLosses losses) {
              int visits = recorder.collected().counts().visits();
              if ((visits == 10 || visits == 1000) && step.forgetVisit()) {
                int places = places(recorder) + places(checkpoints);
                held.put(visits, new Held(network.open(), places));
              }
            }
          };
      trainer.train(network, order, recorder, checkpoints, weigh);
    }
    assertEquals(Set.of(10, 1000), held.keySet());
    assertEquals(held.get(10), held.get(1000));
    assertTrue(held.get(10).places() > 20, held::toString);
  }

  private static int places(Object root) {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> open = new ArrayDeque<>(List.of(root));
    int places = 0;
    while (!open.isEmpty()) {
      Object one = open.pop();
      if (seen.add(one)) {
        List<Object> parts = parts(one);
        places += parts.size();
        parts.stream().filter(part -> part != null).forEach(open::push);
      }
    }
    return places;
  }

  private static List<Object> parts(Object one) {
    List<Object> parts = new ArrayList<>();
    if (one instanceof Collection<?> all) {
      parts.addAll(all);
    } else if (one instanceof Map<?, ?> map) {
      parts.addAll(map.keySet());
      parts.addAll(map.values());
    } else if (one instanceof Optional<?> optional) {
      optional.ifPresent(parts::add);
    } else if (one.getClass().isArray()) {
      IntStream.range(0, Array.getLength(one)).forEach(i -> parts.add(Array.get(one, i)));
    } else if (one.getClass().getName().startsWith("dev.unrolling.unlearning")) {
      for (Field field : one.getClass().getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          parts.add(value(field, one));
        }
      }
    }
    return parts;
  }

  private static Object value(Field field, Object owner) {
    try {
      field.setAccessible(true);
      return field.get(owner);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
