package dev.unrolling.sweep;

import dev.unrolling.sweep.SweepChild.Ending;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Looks for layers, shapes, batch sizes and numbers of threads of which native code dies or gives
 * wrong numbers. Cases are computed in other JVMs; one that dies is traced to its case.
 */
final class NativeSweep {

  private static final int CASES_A_CHILD = 250;
  private static final int[] THREADS = {1, 2, 3, 4, 6, 12};

  /** oneDNN takes other kernels on processors without AVX-512; empty for all there are. */
  private static final List<String> INSTRUCTIONS = List.of("", "AVX2");

  private static final String CRASHED = "CRASHED";

  private final Map<String, Map<String, Integer>> counts = new TreeMap<>();
  private final List<String> findings = new ArrayList<>();

  /** What was found, a line each: crashes, wrong numbers and exceptions that are no refusals. */
  List<String> findings() {
    return List.copyOf(findings);
  }

  /**
   * Sweeps so many cases drawn at random, from a number on if one is given, or one case. Prints a
   * table at the end, also when it is stopped before.
   */
  public static void main(String[] arguments) {
    if (arguments.length < 2 || !arguments[0].matches("--cases|--case")) {
      System.err.println("give --cases N [FROM], or --case INDEX");
      System.exit(2);
    }
    long number = Long.parseLong(arguments[1]);
    int first = arguments.length > 2 ? Integer.parseInt(arguments[2]) / CASES_A_CHILD : 0;
    NativeSweep sweep = new NativeSweep();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.print(sweep)));
    if (arguments[0].equals("--case")) {
      for (String instructions : INSTRUCTIONS) {
        sweep.run(new long[] {number}, environment(Case.of(number).threads(), instructions));
      }
    } else {
      for (int round = first; (long) round * CASES_A_CHILD < number; round++) {
        int threads = THREADS[round % THREADS.length];
        String instructions = INSTRUCTIONS.get(round / THREADS.length % INSTRUCTIONS.size());
        sweep.run(drawn(round, threads, CASES_A_CHILD), environment(threads, instructions));
        System.out.println(
            (round + 1) * CASES_A_CHILD + " cases, " + sweep.findings.size() + " findings");
      }
    }
    System.exit(sweep.findings.isEmpty() ? 0 : 1);
  }

  /** Cases of a number of threads; the same ones for the same seed. */
  static long[] drawn(long seed, int threads, int count) {
    return new SplittableRandom(seed)
        .longs(0, Case.COUNT)
        .filter(index -> Case.of(index).threads() == threads)
        .limit(count)
        .toArray();
  }

  /** What a process reads: threads of ND4J too, and the instructions that oneDNN may use. */
  static Map<String, String> environment(int threads, String instructions) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("OMP_NUM_THREADS", String.valueOf(threads));
    environment.put("OMP_WAIT_POLICY", "PASSIVE");
    if (!instructions.isEmpty()) {
      environment.put("ONEDNN_MAX_CPU_ISA", instructions);
      environment.put("DNNL_MAX_CPU_ISA", instructions);
    }
    return environment;
  }

  /** Runs cases, going on in another process behind each that kills its own. */
  void run(long[] indices, Map<String, String> environment) {
    int from = 0;
    while (from < indices.length) {
      Child.End end = child(environment, indices, from, indices.length);
      int begun = count(end, environment);
      if (end.death().isEmpty()) {
        return;
      }
      int last = from + begun;
      record(CRASHED, indices[last - 1], traced(indices, from, last, environment), environment);
      from = last;
    }
  }

  /** The shortest run of cases up to the last one that dies again, and of what. */
  private static String traced(
      long[] indices, int from, int last, Map<String, String> environment) {
    for (int length = 1; ; length *= 2) {
      int first = Math.max(from, last - length);
      String death = child(environment, indices, first, last).death();
      if (!death.isEmpty()) {
        return death + (last - first > 1 ? " (with the " + (last - first - 1) + " before it)" : "");
      }
      if (first == from) {
        return "died once, and not again";
      }
    }
  }

  private static Child.End child(
      Map<String, String> environment, long[] indices, int from, int to) {
    List<String> lines =
        LongStream.of(indices).skip(from).limit(to - from).mapToObj(String::valueOf).toList();
    return Child.run(environment, lines, SweepChild.class.getName());
  }

  /** Counts what a child said, and returns how many cases it began. */
  private int count(Child.End end, Map<String, String> environment) {
    int begun = 0;
    long index = 0;
    for (String line : end.said()) {
      if (line.startsWith(SweepChild.BEGINS)) {
        index = Long.parseLong(line.substring(SweepChild.BEGINS.length() + 1));
        begun++;
      } else {
        // A JVM that dies says so on its standard output, in between.
        String of = line;
        long now = index;
        Arrays.stream(Ending.values())
            .map(Ending::name)
            .filter(name -> of.equals(name) || of.startsWith(name + " "))
            .forEach(name -> record(name, now, of.substring(name.length()), environment));
      }
    }
    return Math.max(1, begun);
  }

  private synchronized void record(
      String ending, long index, String what, Map<String, String> environment) {
    String group = index == SweepChild.CRASH ? "on purpose" : Case.of(index).group();
    counts.computeIfAbsent(group, g -> new TreeMap<>()).merge(ending, 1, Integer::sum);
    if (!ending.equals(Ending.OK.name()) && !ending.equals(Ending.REFUSED.name())) {
      String of = index == SweepChild.CRASH ? "case on purpose" : Case.of(index).toString();
      String instructions = environment.getOrDefault("ONEDNN_MAX_CPU_ISA", "all instructions");
      findings.add(ending + " " + of + " [" + instructions + "]: " + what.strip());
    }
  }

  @Override
  public synchronized String toString() {
    StringBuilder table = new StringBuilder();
    String row = "%-52s %8s %8s %8s %8s %8s%n";
    table.append(String.format(row, "group", "cases", "refused", "wrong", "failed", "crashed"));
    Map<String, Integer> all = new TreeMap<>();
    counts.forEach(
        (group, of) -> {
          table.append(row(row, group, of));
          of.forEach((ending, count) -> all.merge(ending, count, Integer::sum));
        });
    table.append(row(row, "all", all));
    findings.forEach(finding -> table.append(finding).append(System.lineSeparator()));
    return table.toString();
  }

  private static String row(String format, String group, Map<String, Integer> of) {
    return String.format(
        format,
        group,
        of.values().stream().mapToInt(Integer::intValue).sum(),
        of.getOrDefault(Ending.REFUSED.name(), 0),
        of.getOrDefault(Ending.WRONG.name(), 0),
        of.getOrDefault(Ending.FAILED.name(), 0),
        of.getOrDefault(CRASHED, 0));
  }
}
