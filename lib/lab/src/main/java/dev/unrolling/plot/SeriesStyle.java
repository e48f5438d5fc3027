package dev.unrolling.plot;

import dev.unrolling.plot.style.HouseStyle;
import java.awt.Color;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Colour, line and marker of one series. */
record SeriesStyle(Color colour, double lineWidth, double[] dashes, Marker marker) {
  static final double BAND_OPACITY = 0.2;

  static SeriesStyle of(Series.Kind kind, int index) {
    return switch (kind) {
      case LINE, BAND ->
          new SeriesStyle(
              HouseStyle.colour(index), 2, HouseStyle.dashes(index), HouseStyle.marker(index));
      case POINTS, ERROR_BARS ->
          new SeriesStyle(HouseStyle.colour(index), 1.4, new double[0], HouseStyle.marker(index));
      case REFERENCE, HORIZONTAL, VERTICAL ->
          new SeriesStyle(
              HouseStyle.FAINT_INK, 1.4, HouseStyle.dashes(index + 1), SeriesMarkers.NONE);
    };
  }
}
