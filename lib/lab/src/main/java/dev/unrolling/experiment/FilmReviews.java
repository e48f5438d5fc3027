package dev.unrolling.experiment;

import dev.unrolling.settings.Scale;
import dev.unrolling.text.OnnxTextEncoder;

/** The film reviews on which checks of theory are repeated, and the model for them. */
public final class FilmReviews {

  /** Name of a linear model over the features of a review. */
  public static final String HEAD = "linear-" + OnnxTextEncoder.MINI_LM_WIDTH;

  private FilmReviews() {}

  /** Name of the data set: few reviews. */
  public static String data(Scale scale) {
    return scale == Scale.SMOKE ? "imdb-100" : "imdb-320-100";
  }
}
