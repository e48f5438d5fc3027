package dev.unrolling.notebook;

import dev.unrolling.experiment.Verdict;
import java.util.List;

/**
 * HTML for notebooks. Styles stand in the elements, colours of text are inherited and lines are
 * half transparent, so that it reads on a light and on a dark page.
 */
final class Html {
  private static final String LINE = "1px solid rgba(128,128,128,0.35)";

  private Html() {}

  /** A text with the characters that mean something in HTML replaced. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** The first line of a notebook: what runs, and on what. */
  static String banner(String name, List<String> facts) {
    StringBuilder html =
        new StringBuilder(
            "<div style=\"padding:0.3em 0.6em;border-left:4px solid #0072B2\"><b>"
                + escape(name)
                + "</b>");
    facts.forEach(fact -> html.append(" · ").append(escape(fact)));
    return html.append("</div>").toString();
  }

  /** A line that tells how far the work is; environment/publish knows it by how it begins. */
  static String progress(String text) {
    return "<div style=\"opacity:0.75;font-family:monospace\">" + escape(text) + "</div>";
  }

  /** A table of verdicts: outcome in words and in colour, statement, evidence. */
  static String verdicts(List<Verdict> verdicts) {
    StringBuilder html = new StringBuilder(table());
    html.append("<tbody>");
    for (Verdict verdict : verdicts) {
      html.append("<tr style=\"background:transparent;border-bottom:").append(LINE).append("\">");
      html.append(cell("left", "white-space:nowrap;font-weight:bold", escape(verdict.claim())));
      html.append(cell("left", "white-space:nowrap", badge(verdict.outcome())));
      String evidence = "<div style=\"opacity:0.8\">" + escape(verdict.evidence()) + "</div>";
      html.append(cell("left", "white-space:normal", escape(verdict.statement()) + evidence));
      html.append("</tr>");
    }
    return html.append("</tbody></table></div>").toString();
  }

  private static String badge(Verdict.Outcome outcome) {
    String look =
        switch (outcome) {
          case HOLDS -> "#00664B;\">✓ ";
          case FAILS -> "#A63D00;\">✗ ";
          case UNDECIDED -> "#595959;\">? ";
          case DOES_NOT_APPLY -> "#595959;\">– ";
        };
    return "<span style=\"color:#fff;border-radius:0.3em;padding:0.15em 0.5em;background:"
        + look
        + outcome
        + "</span>";
  }

  static String table() {
    return "<div style=\"overflow-x:auto\"><table style=\"border-collapse:collapse;border:none;"
        + "margin:0.4em 0;font-variant-numeric:tabular-nums\">";
  }

  static String cell(String align, String style, String html) {
    return "<td style=\"text-align:"
        + align
        + ";vertical-align:top;padding:0.25em 0.7em;"
        + style
        + "\">"
        + html
        + "</td>";
  }

  static String headerRow(List<String> cells) {
    return "<thead><tr style=\"border-bottom:2px solid rgba(128,128,128,0.6)\">"
        + String.join("", cells)
        + "</tr></thead>";
  }

  static String row(List<String> cells) {
    return "<tr style=\"background:transparent;border-bottom:"
        + LINE
        + "\">"
        + String.join("", cells)
        + "</tr>";
  }
}
