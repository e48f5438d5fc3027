package dev.unrolling.experiments.cost;

import dev.unrolling.data.Subsets;
import dev.unrolling.unlearning.sisa.SisaCost;
import dev.unrolling.unlearning.sisa.SisaPartition;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/**
 * What sequences of random requests cost SISA, counted on the partition without training.
 *
 * @param afterRequest total cost of the requests so far, one sample a sequence, for each request
 */
record SimulatedTotals(List<DescriptiveStatistics> afterRequest) {

  /**
   * Simulates.
   *
   * @param partition before the first request
   * @param epochsPerSlice of SISA
   * @param requests of a sequence
   * @param points of a request
   * @param sequences how many, at least 2
   * @param seed of the requests; other than that of the served ones
   */
  static SimulatedTotals of(
      SisaPartition partition,
      int epochsPerSlice,
      int requests,
      int points,
      int sequences,
      long seed) {
    List<DescriptiveStatistics> totals =
        IntStream.range(0, requests).mapToObj(i -> new DescriptiveStatistics()).toList();
    int[] examples = partition.indices();
    for (int sequence = 0; sequence < sequences; sequence++) {
      List<int[]> drawn = requests(examples, requests, points, seed, sequence);
      long[] costs = SisaCost.counted(partition, epochsPerSlice, drawn);
      Arrays.parallelPrefix(costs, Long::sum);
      for (int request = 0; request < requests; request++) {
        totals.get(request).addValue(costs[request]);
      }
    }
    return new SimulatedTotals(totals);
  }

  /** Requests for distinct examples, any of them as likely as any other. */
  static List<int[]> requests(int[] examples, int requests, int points, long... seeds) {
    int[] drawn = Subsets.byKeys(examples, seeds);
    return IntStream.range(0, requests)
        .mapToObj(i -> Arrays.copyOfRange(drawn, i * points, (i + 1) * points))
        .toList();
  }

  /** Standard error of the mean after a request, from 0. */
  double error(int request) {
    DescriptiveStatistics total = afterRequest.get(request);
    return total.getStandardDeviation() / Math.sqrt(total.getN());
  }
}
