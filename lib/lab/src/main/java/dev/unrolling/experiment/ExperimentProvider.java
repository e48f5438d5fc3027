package dev.unrolling.experiment;

import java.util.List;

/**
 * Experiments that the command line, the figures and the notebooks find by their ids. A class of
 * one's own is found once it is public, has a public constructor without parameters, and its name
 * stands on a line of a file {@code META-INF/services/dev.unrolling.experiment.ExperimentProvider}
 * on the class path.
 */
@FunctionalInterface
public interface ExperimentProvider {

  /** The experiments, each with an id of its own. */
  List<Experiment<?>> experiments();
}
