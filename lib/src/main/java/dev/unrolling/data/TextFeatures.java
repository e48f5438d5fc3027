package dev.unrolling.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Training and test texts as vectors, standardised by the training set: from each feature its mean
 * over the training texts is taken, and it is divided by its standard deviation there (with n - 1;
 * a constant feature becomes 0). Vectors are kept in the data cache, by encoder and text, so no
 * text is encoded twice; those of an interrupted run are found again.
 *
 * @param train vectors of the training texts
 * @param test vectors of the test texts, by the same shift and scale
 */
public record TextFeatures(FeatureDataset train, FeatureDataset test) {

  /** Texts that are encoded between two writes. */
  private static final int CHUNK = 128;

  /**
   * Encodes what is not in the cache, on all cores.
   *
   * @param encoder called from a thread a core
   * @param cache whose folder keeps the vectors
   * @param train at least 2 texts
   * @param test with the classes of {@code train}
   * @param progress told in a line how far it is
   * @throws DataException if a text cannot be encoded, or the thread is interrupted
   */
  public static TextFeatures of(
      TextEncoder encoder,
      DataCache cache,
      TextDataset train,
      TextDataset test,
      Consumer<String> progress) {
    if (train.size() < 2) {
      throw new IllegalArgumentException("standardising needs 2 training texts, not 1");
    }
    FeatureCache kept = new FeatureCache(cache.folder(), encoder, progress);
    Map<String, String> missing = new LinkedHashMap<>();
    List<String> trainSums = sums(train, kept, missing);
    List<String> testSums = sums(test, kept, missing);
    encode(encoder, kept, missing, progress);
    double[] trainValues = rows(trainSums, kept, encoder.width());
    double[] testValues = rows(testSums, kept, encoder.width());
    standardise(trainValues, testValues, encoder.width());
    return new TextFeatures(
        FeatureDataset.of(train.name(), trainValues, train.labels(), train.classNames()),
        FeatureDataset.of(test.name(), testValues, test.labels(), test.classNames()));
  }

  private static List<String> sums(
      TextDataset texts, FeatureCache kept, Map<String, String> missing) {
    List<String> sums = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      String sum = FeatureCache.sum(texts.text(i));
      sums.add(sum);
      if (kept.find(sum).isEmpty()) {
        missing.put(sum, texts.text(i));
      }
    }
    return sums;
  }

  private static void encode(
      TextEncoder encoder,
      FeatureCache kept,
      Map<String, String> missing,
      Consumer<String> progress) {
    ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<String> sums = List.copyOf(missing.keySet());
      for (int from = 0; from < sums.size(); from += CHUNK) {
        progress.accept(encoder.name() + ": text " + from + " of " + sums.size());
        List<String> chunk = sums.subList(from, Math.min(sums.size(), from + CHUNK));
        List<Callable<float[]>> tasks = new ArrayList<>();
        chunk.forEach(sum -> tasks.add(() -> encoder.encode(missing.get(sum))));
        Map<String, float[]> done = new LinkedHashMap<>();
        List<Future<float[]>> vectors = pool.invokeAll(tasks);
        for (int i = 0; i < chunk.size(); i++) {
          done.put(chunk.get(i), vectors.get(i).get());
        }
        kept.put(done);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException("encoding was interrupted; what is done is kept, run it again", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known
          ? known
          : new DataException(encoder.name() + " cannot encode a text", e.getCause());
    } finally {
      // The caller may close the model.
      Pools.end(pool);
    }
  }

  private static double[] rows(List<String> sums, FeatureCache kept, int width) {
    double[] values = new double[sums.size() * width];
    for (int row = 0; row < sums.size(); row++) {
      float[] vector = kept.find(sums.get(row)).orElseThrow();
      for (int i = 0; i < width; i++) {
        values[row * width + i] = vector[i];
      }
    }
    return values;
  }

  /** By the mean and standard deviation of each column of the first. */
  static void standardise(double[] train, double[] test, int width) {
    int rows = train.length / width;
    for (int column = 0; column < width; column++) {
      double mean = 0;
      for (int i = column; i < train.length; i += width) {
        mean += train[i] / rows;
      }
      double squares = 0;
      for (int i = column; i < train.length; i += width) {
        squares += (train[i] - mean) * (train[i] - mean);
      }
      double deviation = Math.sqrt(squares / (rows - 1));
      for (double[] values : List.of(train, test)) {
        for (int i = column; i < values.length; i += width) {
          values[i] = deviation > 0 ? (values[i] - mean) / deviation : 0;
        }
      }
    }
  }
}
