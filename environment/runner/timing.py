"""Times with their spread, as rows of a table."""

import csv
import io
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

COLUMNS = ("measurement", "program", "unit", "median (range)", "ratio (range)", "of", "target")
CSV_COLUMNS = (
    *("measurement", "program", "unit", "median", "least", "most"),
    *("ratio", "ratio_least", "ratio_most", "ratio_of", "target", "rounds"),
)


@dataclass(frozen=True)
class Row:
    """What one program came to over the rounds; `ratios`, of paired rounds, is of what it says."""

    measurement: str
    program: str
    unit: str
    values: Sequence[float]
    ratios: Sequence[float] = ()
    ratio_of: str = ""
    target: str = ""


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Those of each round."""
    return [a / b for a, b in zip(above, below, strict=True)]


def number(value: float) -> str:
    """A value with three digits or more."""
    return f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f}"


def spread(values: Sequence[float], text: str = "") -> str:
    """Median, and least to most; a count that is always the same stands alone."""
    if not values:
        return ""
    if all(v == values[0] and v == int(v) for v in values) and not text:
        return str(int(values[0]))
    shown = [format(v, text) if text else number(v) for v in _three(values)]
    return f"{shown[0]} ({shown[1]} to {shown[2]})"


def _three(values: Sequence[float]) -> tuple[float, float, float]:
    return statistics.median(values), min(values), max(values)


def table(rows: Sequence[Row]) -> str:
    """Plain text, each column as wide as it must be; a measurement is named in its first row."""
    cells = [COLUMNS]
    before = ""
    for row in rows:
        name = "" if row.measurement == before else row.measurement
        before = row.measurement
        values, shares = spread(row.values), spread(row.ratios, ".2f")
        cells.append((name, row.program, row.unit, values, shares, row.ratio_of, row.target))
    widths = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS))]
    lines = (
        "  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells
    )
    return "\n".join(lines)


def as_csv(rows: Sequence[Row]) -> str:
    """The same as comma-separated values, with a name in each row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for row in rows:
        values = [f"{v:.6g}" for v in _three(row.values)]
        shares = [f"{v:.4g}" for v in _three(row.ratios)] if row.ratios else ["", "", ""]
        names = (row.measurement, row.program, row.unit)
        writer.writerow([*names, *values, *shares, row.ratio_of, row.target, len(row.values)])
    return text.getvalue()
