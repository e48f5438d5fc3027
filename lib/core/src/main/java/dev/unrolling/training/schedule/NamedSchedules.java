package dev.unrolling.training.schedule;

import dev.unrolling.training.schedule.ScheduleProvider.Parameter;
import java.util.List;

/** The schedules of the library, as {@link Schedules} finds them. */
public final class NamedSchedules {

  private NamedSchedules() {}

  /** {@link Schedule.Constant}. */
  public static final class Constant implements ScheduleProvider {
    @Override
    public String name() {
      return "constant";
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(Parameter.required("rate"));
    }

    @Override
    public Schedule of(double... values) {
      return new Schedule.Constant(values[0]);
    }
  }

  /** {@link Schedule.StepDecay}. */
  public static final class StepDecay implements ScheduleProvider {
    @Override
    public String name() {
      return "step-decay";
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(
          Parameter.required("rate"), Parameter.required("factor"), Parameter.required("every"));
    }

    @Override
    public Schedule of(double... values) {
      int every = (int) values[2];
      if (every != values[2]) {
        throw new IllegalArgumentException(
            "a rate decays every whole number of epochs, not every " + values[2]);
      }
      return new Schedule.StepDecay(values[0], values[1], every);
    }
  }

  /** {@link CosineSchedule}. */
  public static final class Cosine implements ScheduleProvider {
    @Override
    public String name() {
      return "cosine";
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(Parameter.required("rate"), Parameter.optional("floor", 0));
    }

    @Override
    public Schedule of(double... values) {
      return new CosineSchedule(values[0], values[1]);
    }
  }

  /** {@link OneCycleSchedule}. */
  public static final class OneCycle implements ScheduleProvider {
    @Override
    public String name() {
      return "one-cycle";
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(
          Parameter.required("peak"),
          Parameter.optional("warm-up", OneCycleSchedule.WARM_UP),
          Parameter.optional("division", OneCycleSchedule.DIVISION),
          Parameter.optional("final-division", OneCycleSchedule.FINAL_DIVISION));
    }

    @Override
    public Schedule of(double... values) {
      return new OneCycleSchedule(values[0], values[1], values[2], values[3]);
    }
  }
}
