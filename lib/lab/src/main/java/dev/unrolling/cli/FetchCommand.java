package dev.unrolling.cli;

import dev.unrolling.data.DataCache;
import dev.unrolling.data.DataDescriptor;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes sure that data sets are in the cache; prints each one's name and folder. */
@Command(
    name = "fetch",
    description = "Fetch data sets into the cache and check them.",
    footer = {"", "Example: unrolling fetch cifar10 imdb"})
final class FetchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "NAME",
      description = "cifar10, cifar100, imdb or mnist.")
  private List<String> names;

  @Option(
      names = "--offline",
      description = "Fetch nothing; fail if something is missing (UNROLLING_OFFLINE=1 too).")
  private boolean offline;

  @Override
  public Integer call() {
    List<DataDescriptor> wanted = names.stream().map(this::descriptor).toList();
    DataCache environment = DataCache.fromEnvironment();
    DataCache cache = new DataCache(environment.folder(), offline || environment.isOffline());
    for (DataDescriptor data : wanted) {
      spec.commandLine().getOut().println(data.name() + " " + cache.fetch(data));
    }
    return 0;
  }

  private DataDescriptor descriptor(String name) {
    try {
      return DataDescriptor.of(name);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
