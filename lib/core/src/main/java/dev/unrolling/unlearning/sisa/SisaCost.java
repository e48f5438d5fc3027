package dev.unrolling.unlearning.sisa;

import dev.unrolling.unlearning.UnlearningCost;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What {@link Sisa} is expected to cost, in closed form.
 *
 * <p>Let \( c_{kj} \) be the number of examples in the slices 0 to j of shard k, of N in all, and e
 * the epochs of each slice. Slice j of shard k is trained again exactly if one of its \( c_{kj} \)
 * examples is asked for, and then costs e times those left of them. The requests of q points each
 * go through the examples in a random order, i being the i-th block of q. Of the \( c = c_{kj} \)
 * examples
 *
 * <ul>
 *   <li>\( c (1 - iq/N) \) are expected to be left after request i, whether it hit or not;
 *   <li>request i misses them all with probability \( h_c = \binom{N-c}{q} / \binom{N}{q} \), and
 *       an example outside block i was not in the i - 1 blocks before with probability \( 1 -
 *       (i-1)q/(N-q) = (1 - iq/N) N/(N-q) \).
 * </ul>
 *
 * <p>So what is left and hit is the first less the product of the second two, and
 *
 * <p>\( \mathrm{cost}_i = \frac{N - iq}{N - q} \, e \sum_{k,j} c_{kj} \Bigl( 1 - \frac{q}{N} -
 * h_{c_{kj}} \Bigr) \)
 *
 * <p>For q = 1 this is \( \frac{N-i}{N-1} \frac{e}{N} \sum_{k,j} c_{kj} (c_{kj} - 1) \). With even
 * shards and no slices that is \( e (N/S - 1) \) for the first request; with slices and \( e =
 * 2E/(R+1) \), about \( (E N / S) (2/3 + 1/(3R)) \): Bourtoule et al.'s (2021) factors for sharding
 * and slicing. Their sums over K requests, \( (N/S - 1) K - K(K-1)/(2S) \) one after the other and
 * \( N (1 - (1-1/S)^K) - K \) in one batch, let each request pick its shard anew, whatever is left
 * in it; here it picks among the examples left, which differs by terms of the order of S/N and K/N.
 *
 * @param requests of as many examples as the partition has
 * @param examplesUpTo \( c_{kj} \) of every slice of every shard
 * @param epochsPerSlice e, at least 1
 * @param storedVectors as {@link UnlearningCost#storedVectors} says
 */
public record SisaCost(
    UnlearningCost.Requests requests,
    List<Integer> examplesUpTo,
    int epochsPerSlice,
    long storedVectors)
    implements UnlearningCost {

  /** Checks the ranges. */
  public SisaCost {
    examplesUpTo = List.copyOf(examplesUpTo);
    if (epochsPerSlice < 1) {
      throw new IllegalArgumentException(
          "epochsPerSlice must be at least 1, not " + epochsPerSlice);
    }
    for (int examples : examplesUpTo) {
      if (examples < 0 || examples > requests.examples()) {
        throw new IllegalArgumentException(
            "examplesUpTo must be 0 to " + requests.examples() + ", not " + examples);
      }
    }
  }

  /**
   * The cost of requests for a partition's examples.
   *
   * @param partition before the first request
   * @param epochsPerSlice e, at least 1
   * @param points q of each request
   */
  public static SisaCost of(SisaPartition partition, int epochsPerSlice, int points) {
    List<Integer> sizes = new ArrayList<>();
    for (int shard = 0; shard < partition.shards(); shard++) {
      for (int slice = 0; slice < partition.slices(); slice++) {
        sizes.add(partition.upTo(shard, slice).length);
      }
    }
    // The constituents, and their states before each slice, of which the first is the same w_0.
    long vectors = 1 + (long) partition.shards() * partition.slices();
    return new SisaCost(
        new UnlearningCost.Requests(partition.size(), points), sizes, epochsPerSlice, vectors);
  }

  @Override
  public double ofRequest(int request) {
    double all = requests.examples();
    double rest = all - requests.points();
    double sum = 0;
    for (int examples : examplesUpTo) {
      sum += examples * (rest / all - missed(examples));
    }
    return requests.left(request) / rest * epochsPerSlice * sum;
  }

  /** Probability that the first request misses all of some examples. */
  private double missed(int examples) {
    double probability = 1;
    for (int drawn = 0; drawn < requests.points(); drawn++) {
      double others = requests.examples() - examples - drawn;
      probability *= Math.max(0, others) / (requests.examples() - drawn);
    }
    return probability;
  }

  /** Gradients of one example that the first training takes. */
  public long ofTraining() {
    return (long) epochsPerSlice * examplesUpTo.stream().mapToLong(examples -> examples).sum();
  }

  /**
   * What given requests cost, counted without training.
   *
   * @param partition before the first request
   * @param epochsPerSlice e
   * @param requests the examples of each, which must be there when it comes
   * @return one number a request
   */
  public static long[] counted(SisaPartition partition, int epochsPerSlice, List<int[]> requests) {
    int[][] left = new int[partition.shards()][partition.slices()];
    for (int index : partition.indices()) {
      SisaPartition.Place place = partition.place(index);
      left[place.shard()][place.slice()]++;
    }
    return requests.stream()
        .mapToLong(one -> epochsPerSlice * serve(partition, left, one))
        .toArray();
  }

  /** Examples over which a request trains, once each; takes its own from those left. */
  private static long serve(SisaPartition partition, int[][] left, int[] request) {
    for (int index : request) {
      SisaPartition.Place place = partition.place(index);
      left[place.shard()][place.slice()]--;
    }
    int[] earliest = partition.earliestSlices(request);
    long trained = 0;
    for (int shard = 0; shard < left.length; shard++) {
      for (int slice = earliest[shard]; slice < partition.slices(); slice++) {
        trained += Arrays.stream(left[shard], 0, slice + 1).sum();
      }
    }
    return trained;
  }
}
