"""notebooks/README.md's table of claims, and the verdicts it is made from.

The verdicts of a scale are kept in notebooks/results/SCALE/verdicts.csv, as the notebooks wrote
them; environment/claims takes those that are in out/ and makes the table anew. A notebook of any
scale also has verdicts on the larger scales whose tables are kept.
"""

import argparse
import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from runner import files, reading, results
from runner.layout import Layout
from runner.options import SCALES
from runner.problem import Problem

BEGIN = "<!-- claims: made by environment/claims -->"
END = "<!-- end of claims -->"
NOT_RUN = "not yet run"
KEPT = [scale for scale in SCALES if scale != "smoke"]
OUTCOMES = ("holds", "fails", "undecided", results.DOES_NOT_APPLY)

Row = Mapping[str, str]


def main(arguments: Sequence[str]) -> int:
    """Keeps the verdicts that are in out/, and makes the table anew."""
    argparse.ArgumentParser(
        prog="environment/claims",
        description="Keeps the verdicts of out/ in notebooks/results/, notebook by notebook, and "
        "makes the table of claims in notebooks/README.md from what is kept.",
    ).parse_args(arguments)
    layout = Layout.here()
    names = [path.stem for path in layout.notebooks.glob("*.ipynb")]
    for run in SCALES:
        rows = read(layout.results(run) / results.VERDICTS)
        for scale in KEPT:
            told = [row for row in rows if row["scale"] == scale]
            if told:
                kept = layout.kept_verdicts(scale)
                files.write_atomic(kept, write(merge(read(kept), told, names)))
                print(f"{layout.shown(kept)}: {len(read(kept))} verdicts")
    page = layout.notebooks / "README.md"
    files.write_atomic(page, with_table(reading.text(page), made(layout)))
    print(f"{layout.shown(page)}: the table of claims")
    return 0


def made(layout: Layout) -> str:
    """The table from the claims and the verdicts that are kept."""
    claims = reading.rows(
        layout.notebooks / "claims.csv", ("claim", "says", "by", "stated", "beyond_quick")
    )
    names = sorted(path.stem for path in layout.notebooks.glob("*.ipynb"))
    scales = [s for s in KEPT if s == "quick" or layout.kept_verdicts(s).exists()]
    verdicts = {scale: read(layout.kept_verdicts(scale)) for scale in scales}
    return table(claims, verdicts, names)


def read(path: Path) -> list[Row]:
    """The rows of a file of verdicts with a column `notebook`; none if it is not there."""
    return reading.rows(path, ("notebook", *results.COLUMNS)) if reading.is_there(path) else []


def write(rows: Sequence[Row]) -> str:
    """The same as text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, ["notebook", *results.COLUMNS], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def merge(kept: Sequence[Row], run: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """The verdicts of a run in place of the older ones of the same notebooks.

    Those of notebooks that are no more are dropped.
    """
    again = {row["notebook"] for row in run}
    rows = [*run, *(row for row in kept if row["notebook"] not in again)]
    return sorted((row for row in rows if row["notebook"] in names), key=lambda r: r["notebook"])


def with_table(page: str, text: str) -> str:
    """The page with the table between the two marks."""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(END) < page.index(BEGIN):
        raise Problem(f"notebooks/README.md must hold the lines {BEGIN} and {END} once, in order.")
    return page[: page.index(BEGIN)] + BEGIN + "\n" + text + page[page.index(END) :]


def table(
    claims: Sequence[Row], verdicts: Mapping[str, Sequence[Row]], names: Sequence[str]
) -> str:
    """A row a claim, a column a scale; where a claim has no verdict at a larger scale, why."""
    claims = [*claims, *_unlisted(claims, verdicts)]
    keys = [claim["claim"] for claim in claims]
    lines = [
        "| claim | what it says | by whom | notebook | " + " | ".join(verdicts) + " |",
        "|---" * (4 + len(verdicts)) + "|",
    ]
    for claim in claims:
        told = {
            scale: [row for row in rows if _key(row, keys) == claim["claim"]]
            for scale, rows in verdicts.items()
        }
        numbers = {row["notebook"] for rows in told.values() for row in rows}
        stated = [n for n in names if n.split("-")[0] == claim["stated"]]
        links = [f"[{n.split('-')[0]}]({n}.ipynb)" for n in sorted({*stated, *numbers})]
        cells = [claim["claim"], claim["says"], claim["by"], ", ".join(links)]
        for scale, rows in told.items():
            beyond = claim.get("beyond_quick") if scale != "quick" else None
            cells.append(_cell(rows, claim["claim"], beyond or NOT_RUN))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _unlisted(claims: Sequence[Row], verdicts: Mapping[str, Sequence[Row]]) -> list[Row]:
    """Claims that notebooks check and the list does not name, by their own statement."""
    keys = [claim["claim"] for claim in claims]
    rows = [row for rows in verdicts.values() for row in rows if _key(row, keys) is None]
    return [
        {"claim": name, "says": says, "by": "", "stated": ""}
        for name, says in {_split(row)[0]: row["statement"] for row in rows}.items()
    ]


def _split(row: Row) -> tuple[str, str]:
    """A verdict's claim and what it was checked on: "2.2, point" and "IMDB"."""
    match = re.fullmatch(r"(.+?) \((.+)\)", row["claim"])
    return (match[1], match[2]) if match else (row["claim"], "")


def _key(row: Row, keys: Sequence[str]) -> str | None:
    """The claim in the list that a verdict belongs to: its own, or the one before a comma."""
    name = _split(row)[0]
    while name not in keys and ", " in name:
        name = name.rpartition(", ")[0]
    return name if name in keys else None


def _cell(rows: Sequence[Row], claim: str, without: str) -> str:
    """The outcomes, each with what they are of where there are several; else why there are none."""
    if not rows:
        return without
    if len(rows) == 1 and rows[0]["claim"] == claim:
        return rows[0]["outcome"]
    mixed = any(_split(row)[1] for row in rows)
    books = len({row["notebook"] for row in rows}) > 1
    told = []
    for outcome in OUTCOMES:
        labels = [_label(row, claim, mixed, books) for row in rows if row["outcome"] == outcome]
        if labels:
            told.append(f"{outcome}: " + "; ".join(dict.fromkeys(labels)))
    return "<br>".join(told)


def _label(row: Row, claim: str, mixed: bool, books: bool) -> str:
    name, subject = _split(row)
    part = name.removeprefix(claim).removeprefix(", ")
    parts = [part, subject or ("CIFAR-10" if mixed else ""), row["notebook"][:2] if books else ""]
    return " ".join(p for p in parts if p) or "as stated"
