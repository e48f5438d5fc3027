package dev.unrolling.training.schedule;

import dev.unrolling.data.Named;
import dev.unrolling.training.schedule.ScheduleProvider.Parameter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Schedules by name, with their parameters: {@code constant(rate=0.1)}, {@code step-decay(rate=0.1,
 * factor=0.1, every=10)}, {@code cosine(rate=0.1, floor=0)} and {@code one-cycle(peak=0.1,
 * warm-up=0.3, division=25, final-division=1e4)}, beside those of {@link ScheduleProvider}s on the
 * class path. What a cosine's floor, and all but a cycle's peak, are shown with is what they are if
 * left out.
 */
public final class Schedules {

  private static final Pattern FORM = Pattern.compile("\\s*([^\\s()]+)\\s*(?:\\(([^()]*)\\))?\\s*");

  private Schedules() {}

  /**
   * The schedule of a name and parameters.
   *
   * @param text e.g. {@code "cosine(rate=0.1)"}
   * @throws IllegalArgumentException if there is no such schedule, or a parameter is unknown,
   *     missing, given twice, no number or out of range
   */
  public static Schedule named(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "a schedule is written like cosine(rate=0.1), not \"" + text + "\"");
    }
    ScheduleProvider kind = Named.find(ScheduleProvider.class, "schedule", form.group(1));
    String list = form.group(2) == null ? "" : form.group(2);
    Map<String, Double> given = given(text, list);
    double[] values =
        kind.parameters().stream().mapToDouble(each -> take(given, each, kind, text)).toArray();
    if (!given.isEmpty()) {
      throw wrong(kind, text, "knows no " + given.keySet().iterator().next());
    }
    return kind.of(values);
  }

  /** How each is written, e.g. {@code "cosine(rate, floor=0.0)"}. */
  public static List<String> forms() {
    return Named.all(ScheduleProvider.class).stream().map(Schedules::form).toList();
  }

  private static Map<String, Double> given(String text, String list) {
    Map<String, Double> given = new HashMap<>();
    if (list.isBlank()) {
      return given;
    }
    for (String part : list.split(",", -1)) {
      String[] sides = part.split("=", -1);
      if (sides.length != 2) {
        throw new IllegalArgumentException(
            "a parameter is written name=number, not \"" + part.strip() + "\", in " + text);
      }
      String name = sides[0].strip();
      try {
        if (given.put(name, Double.valueOf(sides[1].strip())) != null) {
          throw new IllegalArgumentException(name + " is given twice in " + text);
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            name + " must be a number, not \"" + sides[1].strip() + "\", in " + text, e);
      }
    }
    return given;
  }

  private static double take(
      Map<String, Double> given, Parameter parameter, ScheduleProvider kind, String text) {
    Double value = given.remove(parameter.name());
    return value != null
        ? value
        : parameter.otherwise().orElseThrow(() -> wrong(kind, text, "needs " + parameter.name()));
  }

  private static IllegalArgumentException wrong(ScheduleProvider kind, String text, String what) {
    return new IllegalArgumentException(
        "the schedule " + kind.name() + " " + what + "; write " + form(kind) + ", not " + text);
  }

  private static String form(ScheduleProvider kind) {
    List<String> parts =
        kind.parameters().stream()
            .map(
                p ->
                    p.name() + (p.otherwise().isPresent() ? "=" + p.otherwise().getAsDouble() : ""))
            .toList();
    return kind.name() + "(" + String.join(", ", parts) + ")";
  }
}
