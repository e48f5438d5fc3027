"""What the notebooks left in out/: read back for the index page and the combined verdicts."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner import reading
from runner.reading import Damaged

VERDICTS = "verdicts.csv"
RUN = "run.json"
NOTES = "notebook.json"
DOES_NOT_APPLY = "does not apply"
_PREVIEW = 8
COLUMNS = ("claim", "statement", "outcome", "evidence", "scale")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value < 1e12


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_machine(value: Any) -> bool:
    return _is_object(value) and all(
        _is_number(value.get(name, 0)) for name in ("processors", "memoryMb")
    )


_KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "seconds": (_is_number, "a number from 0 on"),
    "machine": (_is_machine, "an object with the numbers processors and memoryMb"),
    "versions": (_is_object, "an object"),
    "error": (_is_object, "an object"),
    "captions": (_is_object, "an object"),
}
"""What the page computes with or looks into; all other values are shown as they are."""


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
    troubles: Sequence[str] = ()
    """What could not be read and is left out, a sentence each."""

    @property
    def outcome(self) -> str:
        outcome = str(self.run.get("outcome", "not run"))
        return "not finished" if outcome == "running" else outcome


def read(name: str, title: str, folder: Path) -> Result:
    """Reads a notebook's folder; paths in the result are relative to the folder's parent.

    A file that is damaged is left out and told in the result's `troubles`.
    """
    if not folder.is_dir():
        return Result(name, title)
    troubles: list[str] = []
    notes = _object(folder / NOTES, troubles)
    files = _files(folder, troubles)
    names = dict.fromkeys(p.stem for p in files if p.suffix in (".png", ".svg"))
    contents = _tables(files, troubles)
    for column in ("seed", "engine"):
        if column not in notes and f"{column}s" not in notes:
            notes |= _values(contents.values(), column)
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
        Table(p.stem, f"{name}/{p.name}", lines[: _PREVIEW + 1], max(len(lines) - 1, 0))
        for p, lines in contents.items()
        if p.stem not in names and p.name != VERDICTS
    ]
    return Result(
        name,
        title,
        _object(folder / RUN, troubles),
        notes,
        verdicts(folder / VERDICTS, troubles),
        figures,
        tables,
        [f"{name}/{name}{s}" for s in (".html", ".ipynb") if (folder / f"{name}{s}").exists()],
        troubles,
    )


def verdicts(path: Path, troubles: list[str]) -> list[dict[str, str]]:
    """The rows of a verdicts.csv; none if there is no such file, or it is damaged."""
    try:
        return reading.rows(path, COLUMNS) if reading.is_there(path) else []
    except Damaged as damaged:
        troubles.append(str(damaged))
        return []


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


def _files(folder: Path, troubles: list[str]) -> list[Path]:
    """The files that a page can name, the oldest first."""
    try:
        files = sorted((p for p in folder.iterdir() if p.is_file()), key=_age)
    except OSError as error:
        troubles.append(f"{folder} cannot be read: {error.strerror}")
        return []
    named = [p for p in files if _is_text(p.name)]
    troubles += [f"{p} has a name that is not UTF-8" for p in files if p not in named]
    return named


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _tables(files: Sequence[Path], troubles: list[str]) -> dict[Path, list[list[str]]]:
    """The lines of each table."""
    found = {}
    for path in files:
        if path.suffix == ".csv" and path.name != VERDICTS:
            try:
                found[path] = reading.lines(path, "replace")
            except Damaged as damaged:
                troubles.append(str(damaged))
    return found


def _values(tables: Iterable[list[list[str]]], column: str) -> dict[str, list[str]]:
    """The different values of a column in all tables that have it, in order."""
    found: dict[str, None] = {}
    for head, *body in (lines for lines in tables if lines and column in lines[0]):
        place = head.index(column)
        found |= dict.fromkeys(line[place] for line in body if len(line) > place)
    values = [value for value in found if value]
    return {column: values} if values else {}


def _is_part(path: Path, stem: str) -> bool:
    return path.stem == stem and path.suffix in (".png", ".svg", ".csv")


def _age(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.name


def _object(path: Path, troubles: list[str]) -> dict[str, Any]:
    """What a JSON file says, without the values that cannot be; nothing if it is not there."""
    try:
        values = reading.json_object(path) if reading.is_there(path) else {}
    except Damaged as damaged:
        troubles.append(str(damaged))
        return {}
    for name, (fits, expected) in _KINDS.items():
        if name in values and not fits(values[name]):
            value = json.dumps(values.pop(name))[:60]
            troubles.append(f"{path} has {value} for {name}, expected {expected}")
    return values
