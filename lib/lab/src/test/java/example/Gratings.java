package example;

import dev.unrolling.data.DataCache;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.DatasetProvider;
import dev.unrolling.data.FeatureDataset;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** A data set of one's own: grey pictures of 64 x 64, stripes in seven directions. */
public final class Gratings implements DatasetProvider {

  private static final int SIDE = 64;

  @Override
  public String name() {
    return "gratings";
  }

  @Override
  public List<String> classNames() {
    return List.of("0", "26", "51", "77", "103", "129", "154");
  }

  @Override
  public List<Integer> exampleShape() {
    return List.of(1, SIDE, SIDE);
  }

  @Override
  public Parts read(String name, DataCache cache, Consumer<String> progress) {
    return new Parts(pictures("gratings train", 140, 1), pictures("gratings test", 70, 2));
  }

  private Dataset pictures(String name, int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count * SIDE * SIDE];
    int[] labels = new int[count];
    for (int n = 0; n < count; n++) {
      labels[n] = n % 7;
      double angle = Math.PI * labels[n] / 7;
      double phase = 2 * Math.PI * random.nextDouble();
      for (int i = 0; i < SIDE * SIDE; i++) {
        double along = Math.cos(angle) * (i % SIDE) + Math.sin(angle) * (i / SIDE);
        values[n * SIDE * SIDE + i] = (float) Math.sin(0.8 * along + phase);
      }
    }
    return FeatureDataset.of(name, new int[] {1, SIDE, SIDE}, values, labels, classNames());
  }
}
