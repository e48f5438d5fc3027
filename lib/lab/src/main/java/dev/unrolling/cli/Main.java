package dev.unrolling.cli;

import dev.unrolling.data.UserPath;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The entry point; its help lists the exit statuses. An error is one line on standard error; {@code
 * --debug} (or {@code -Dunrolling.debug}) adds its stack trace.
 */
@Command(
    name = "unrolling",
    description = "Unrolling SGD in Java.",
    subcommands = {
      ListCommand.class,
      ShowCommand.class,
      RunCommand.class,
      SweepCommand.class,
      FiguresCommand.class,
      ExportCommand.class,
      WeightsCommand.class,
      FetchCommand.class,
      ForgetCommand.class,
      CheckCommand.class,
      StepsCommand.class
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      " 0:Done; also if whoever reads the output stopped early, as \"| head\" does.",
      " 1:Failed.",
      " 2:Wrong arguments.",
      "130:Interrupted (Ctrl-C, SIGINT); what was begun is kept.",
      "143:Terminated (SIGTERM, as a cluster's time limit sends it); what was begun is kept.",
      "134:Crashed (137: killed from outside); what was finished or saved is kept."
    },
    footer = {
      "",
      "environment/unrolling has a command more: report [SCALE] makes out/index.html anew, all that"
          + " the notebooks have left at a scale on one page.",
      "",
      "Example: unrolling run E1 --scale smoke"
    })
public final class Main {

  /** Exit status after Ctrl-C: 128 and the number of the signal, as the shell gives it. */
  static final int INTERRUPTED = 130;

  /** Exit status after a termination signal. */
  static final int TERMINATED = 143;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean debug = System.getProperty("unrolling.debug") != null;

  @Option(
      names = {"-h", "--help"},
      scope = ScopeType.INHERIT,
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private Main() {}

  /**
   * Runs a command and ends the Java machine with its exit status.
   *
   * @param arguments the command and what it takes
   */
  public static void main(String... arguments) {
    try {
      UserPath.requireWorkingFolder();
    } catch (IllegalArgumentException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(1);
    }
    System.exit(commandLine().execute(arguments));
  }

  /** The commands, for {@link #main} and for tests. */
  static CommandLine commandLine() {
    Main main = new Main();
    return new CommandLine(main)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, Main::path)
        .setExecutionExceptionHandler((e, command, parsed) -> main.report(e, command))
        .setParameterExceptionHandler(Main::refuse);
  }

  private static Path path(String text) {
    try {
      return UserPath.of("a path", text);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(e.getMessage());
    }
  }

  private int report(Exception error, CommandLine command) {
    PrintWriter err = command.getErr();
    if (error instanceof CancellationException) {
      return INTERRUPTED;
    }
    err.println("error: " + words(error));
    if (debug) {
      error.printStackTrace(err);
    }
    return 1;
  }

  /** Of a fault of a program, such as a method of one's own, what it was and where. */
  static String words(Exception error) {
    boolean isFault =
        error.getMessage() == null
            || error instanceof NullPointerException
            || error instanceof IndexOutOfBoundsException
            || error instanceof ClassCastException;
    StackTraceElement[] where = error.getStackTrace();
    return isFault
        ? error + (where.length == 0 ? "" : ", at " + where[0]) + "; --debug shows the way there"
        : error.getMessage();
  }

  private static int refuse(CommandLine.ParameterException error, String[] arguments) {
    CommandLine command = error.getCommandLine();
    command
        .getErr()
        .println(
            "error: "
                + error.getMessage().replace(System.lineSeparator(), " ")
                + "; \""
                + command.getCommandSpec().qualifiedName()
                + " --help\" shows what there is (given: "
                + String.join(" ", Arrays.asList(arguments))
                + ")");
    return 2;
  }
}
