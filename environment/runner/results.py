"""What the notebooks left in out/: read back for the index page and the combined verdicts."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

VERDICTS = "verdicts.csv"
RUN = "run.json"
NOTES = "notebook.json"
DOES_NOT_APPLY = "does not apply"
COLUMNS = ("claim", "statement", "outcome", "evidence", "scale")


@dataclass(frozen=True)
class Figure:
    """A figure by its name, and the files there are of it."""

    name: str
    files: Mapping[str, str]
    caption: str = ""

    @property
    def title(self) -> str:
        """What is written under it: the caption the notebook gave, or its name in words."""
        words = self.name.replace("_", " ").replace("-", " ").strip()
        return self.caption or words[:1].upper() + words[1:]


@dataclass(frozen=True)
class Table:
    """A table that is no figure's data: its first rows, and how many there are."""

    name: str
    file: str
    rows: Sequence[Sequence[str]]
    count: int


@dataclass(frozen=True)
class Result:
    """All that one notebook left in its folder; `run` is empty if it has not been executed."""

    name: str
    title: str
    run: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    verdicts: Sequence[Mapping[str, str]] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    executed: Sequence[str] = ()

    @property
    def outcome(self) -> str:
        outcome = str(self.run.get("outcome", "not run"))
        return "not finished" if outcome == "running" else outcome


def read(name: str, title: str, folder: Path) -> Result:
    """Reads a notebook's folder; paths in the result are relative to the folder's parent."""
    if not folder.is_dir():
        return Result(name, title)
    notes = _json(folder / NOTES)
    files = sorted((p for p in folder.iterdir() if p.is_file()), key=_age)
    names = dict.fromkeys(p.stem for p in files if p.suffix in (".png", ".svg"))
    for column in ("seed", "engine"):
        if column not in notes and f"{column}s" not in notes:
            notes |= _values(files, column)
    captions = notes.get("captions", {})
    figures = [
        Figure(
            stem,
            {p.suffix[1:]: f"{name}/{p.name}" for p in files if _is_part(p, stem)},
            str(captions.get(stem, "")),
        )
        for stem in names
    ]
    tables = [
        _table(p, name)
        for p in files
        if p.suffix == ".csv" and p.stem not in names and p.name != VERDICTS
    ]
    return Result(
        name,
        title,
        _json(folder / RUN),
        notes,
        verdicts(folder / VERDICTS),
        figures,
        tables,
        [f"{name}/{name}{s}" for s in (".html", ".ipynb") if (folder / f"{name}{s}").exists()],
    )


def verdicts(path: Path) -> list[dict[str, str]]:
    """The rows of a verdicts.csv; none if there is no such file."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [{column: (row.get(column) or "").strip() for column in COLUMNS} for row in rows]


def combined(results: Sequence[Result]) -> str:
    """All verdicts as one CSV, with the notebook's name in front."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["notebook", *COLUMNS])
    for result in results:
        writer.writerows([result.name, *(row[c] for c in COLUMNS)] for row in result.verdicts)
    return text.getvalue()


def count(results: Sequence[Result], outcome: str) -> int:
    """How many verdicts have an outcome."""
    return sum(row["outcome"].lower() == outcome for r in results for row in r.verdicts)


def _table(path: Path, name: str, preview: int = 8) -> Table:
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        rows = list(csv.reader(file))
    return Table(path.stem, f"{name}/{path.name}", rows[: preview + 1], max(len(rows) - 1, 0))


def _values(paths: Sequence[Path], column: str) -> dict[str, list[str]]:
    """The different values of a column in all tables that have it, in order."""
    found: dict[str, None] = {}
    for path in paths:
        if path.suffix == ".csv":
            with path.open(newline="", encoding="utf-8", errors="replace") as file:
                found |= dict.fromkeys(row[column] or "" for row in _rows(file, column))
    values = [value for value in found if value]
    return {column: values} if values else {}


def _rows(file: TextIO, column: str) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(file)
    return (
        (row for row in reader if row.get(column))
        if column in (reader.fieldnames or ())
        else iter(())
    )


def _is_part(path: Path, stem: str) -> bool:
    return path.stem == stem and path.suffix in (".png", ".svg", ".csv")


def _age(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.name


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
