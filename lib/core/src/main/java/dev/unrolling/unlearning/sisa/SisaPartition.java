package dev.unrolling.unlearning.sisa;

import dev.unrolling.data.Subsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which training examples lie in which slice of which shard (Bourtoule et al. 2021). Immutable. An
 * example keeps its place whatever else is forgotten; a slice may become empty.
 */
public final class SisaPartition {

  /** Where an example lies, both counted from 0. */
  public record Place(int shard, int slice) {}

  private final List<List<List<Integer>>> shards;
  private final Map<Integer, Place> places = new HashMap<>();

  private SisaPartition(List<List<List<Integer>>> shards) {
    this.shards = shards;
    for (int shard = 0; shard < shards.size(); shard++) {
      for (int slice = 0; slice < shards.get(shard).size(); slice++) {
        for (int index : shards.get(shard).get(slice)) {
          places.put(index, new Place(shard, slice));
        }
      }
    }
  }

  /**
   * Deals examples out by the seed, as evenly as can be: shards differ by at most one example, and
   * so do the slices of a shard.
   *
   * @param indices distinct, at least one a slice
   * @param shards S, at least 1
   * @param slices R of each shard, at least 1
   * @param seed of the deal
   * @throws IllegalArgumentException if a number is out of range or an index occurs twice
   */
  public static SisaPartition of(int[] indices, int shards, int slices, long seed) {
    if (shards < 1 || slices < 1 || indices.length < (long) shards * slices) {
      throw new IllegalArgumentException(
          "cannot cut "
              + indices.length
              + " examples into "
              + shards
              + " shards of "
              + slices
              + " slices; take at least 1 shard, 1 slice and 1 example a slice");
    }
    Subsets.checkDistinct(indices);
    List<Integer> dealt = Arrays.stream(Subsets.byKeys(indices, seed)).boxed().toList();
    return new SisaPartition(cut(dealt, shards).stream().map(one -> cut(one, slices)).toList());
  }

  private static List<List<Integer>> cut(List<Integer> all, int parts) {
    return IntStream.range(0, parts)
        .mapToObj(
            part ->
                List.copyOf(
                    all.subList(
                        (int) ((long) all.size() * part / parts),
                        (int) ((long) all.size() * (part + 1) / parts))))
        .toList();
  }

  /**
   * This partition with some examples gone.
   *
   * @param forgotten distinct, each in a slice, at least one, and not all there are
   * @throws IllegalArgumentException naming the index at fault
   */
  public SisaPartition without(int... forgotten) {
    Subsets.checkDistinct(forgotten);
    for (int index : forgotten) {
      place(index);
    }
    if (forgotten.length == 0 || forgotten.length == size()) {
      throw new IllegalArgumentException(
          "a request forgets 1 to " + (size() - 1) + " examples, not " + forgotten.length);
    }
    Set<Integer> gone = new HashSet<>(Arrays.stream(forgotten).boxed().toList());
    return new SisaPartition(
        shards.stream()
            .map(
                slices ->
                    slices.stream()
                        .map(slice -> slice.stream().filter(i -> !gone.contains(i)).toList())
                        .toList())
            .toList());
  }

  /** Number of shards S. */
  public int shards() {
    return shards.size();
  }

  /** Number of slices R of each shard. */
  public int slices() {
    return shards.get(0).size();
  }

  /** Number of examples in all. */
  public int size() {
    return places.size();
  }

  /** All examples, shard by shard. */
  public int[] indices() {
    return shards.stream()
        .flatMap(List::stream)
        .flatMap(List::stream)
        .mapToInt(index -> index)
        .toArray();
  }

  /**
   * What a constituent is trained on at a slice: the examples of its shard's slices up to it.
   *
   * @param shard from 0
   * @param slice from 0, the last one included
   */
  public int[] upTo(int shard, int slice) {
    return shards.get(shard).subList(0, slice + 1).stream()
        .flatMap(List::stream)
        .mapToInt(index -> index)
        .toArray();
  }

  /**
   * Where an example lies.
   *
   * @throws IllegalArgumentException if it is in no slice
   */
  public Place place(int index) {
    Place place = places.get(index);
    if (place == null) {
      throw new IllegalArgumentException(
          "index " + index + " is in no shard: it was never trained on, or is forgotten already");
    }
    return place;
  }

  /**
   * The earliest slice that holds any of some examples, for each shard; {@link #slices()} where a
   * shard holds none.
   */
  public int[] earliestSlices(int... indices) {
    int[] earliest = new int[shards()];
    Arrays.fill(earliest, slices());
    for (int index : indices) {
      Place place = place(index);
      earliest[place.shard()] = Math.min(earliest[place.shard()], place.slice());
    }
    return earliest;
  }
}
