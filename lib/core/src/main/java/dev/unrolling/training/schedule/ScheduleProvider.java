package dev.unrolling.training.schedule;

import dev.unrolling.data.Named;
import java.util.List;
import java.util.OptionalDouble;

/** A kind of schedule that settings can name, with its parameters (see {@link Schedules}). */
public interface ScheduleProvider extends Named {

  /**
   * A parameter.
   *
   * @param name e.g. {@code "rate"}
   * @param otherwise its value where none is given; empty if it must be given
   */
  record Parameter(String name, OptionalDouble otherwise) {

    /** One that must be given. */
    public static Parameter required(String name) {
      return new Parameter(name, OptionalDouble.empty());
    }

    /** One that need not be given. */
    public static Parameter optional(String name, double otherwise) {
      return new Parameter(name, OptionalDouble.of(otherwise));
    }
  }

  /** The parameters, in order. */
  List<Parameter> parameters();

  /**
   * The schedule.
   *
   * @param values one a parameter, in the order of {@link #parameters()}
   * @throws IllegalArgumentException if a value is out of range
   */
  Schedule of(double... values);
}
