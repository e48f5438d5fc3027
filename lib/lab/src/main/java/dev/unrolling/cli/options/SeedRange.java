package dev.unrolling.cli.options;

import dev.unrolling.settings.Grid;
import dev.unrolling.settings.SettingsJson;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Some seeds that follow one another.
 *
 * @param first the lowest
 * @param last the highest, at least {@code first}
 */
record SeedRange(long first, long last) {

  /**
   * The ranges of a list.
   *
   * @param text e.g. {@code "0..4"} or {@code "0,2,7"}
   * @throws IllegalArgumentException if it is no such list
   */
  static List<SeedRange> list(String text) {
    try {
      return Arrays.stream(text.split(",", -1)).map(SeedRange::of).toList();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--seeds takes whole numbers of 64 bits and rising ranges such as 0..4 or 0,2,7, not \""
              + text
              + "\"",
          e);
    }
  }

  private static SeedRange of(String part) {
    String[] ends = part.strip().split("\\.\\.", -1);
    SeedRange range = new SeedRange(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]));
    if (ends.length > 2 || range.last < range.first) {
      throw new NumberFormatException(part);
    }
    return range;
  }

  /**
   * Each run with each seed, the seed counting fastest.
   *
   * @throws IllegalArgumentException if they would take the memory
   */
  static <S extends Record> List<S> each(List<S> runs, List<SeedRange> seeds) {
    BigInteger count =
        seeds.stream().map(SeedRange::count).reduce(BigInteger.ZERO, BigInteger::add);
    Grid.requireFew("--seeds", count.multiply(BigInteger.valueOf(runs.size())));
    return runs.stream().flatMap(run -> seeds.stream().flatMap(range -> range.each(run))).toList();
  }

  /** The whole range of 64 bits has more seeds than its largest number. */
  private BigInteger count() {
    return BigInteger.valueOf(last).subtract(BigInteger.valueOf(first)).add(BigInteger.ONE);
  }

  private <S extends Record> Stream<S> each(S run) {
    // The largest number has no successor: counted from 0.
    return LongStream.rangeClosed(0, last - first)
        .mapToObj(i -> SettingsJson.with(run, "seed", first + i));
  }
}
