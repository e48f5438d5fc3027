package example;

import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.training.schedule.ScheduleProvider;
import java.util.List;

/** A schedule of one's own: {@code triangle(peak=0.1)} rises to its peak and falls again. */
public final class Triangle implements ScheduleProvider {

  @Override
  public String name() {
    return "triangle";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(Parameter.required("peak"));
  }

  @Override
  public Schedule of(double... values) {
    return (order, step) -> values[0] * (1 - Math.abs(2 * (step + 0.5) / order.steps() - 1));
  }
}
