"""Files that others wrote, or a crash left: what is wrong with one is a sentence that names it."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from runner.problem import Problem


class Damaged(Problem):
    """A file is not what it should be."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} {what}")


def is_there(path: Path) -> bool:
    """Whether something has a name, be it a link that leads nowhere."""
    return path.is_symlink() or path.exists()


def text(path: Path, errors: str = "strict") -> str:
    """The whole of a UTF-8 file, line ends as they are."""
    try:
        # Anything else may have no end, as a pipe that nobody writes to.
        if not path.is_file():
            raise Damaged(path, "is no file" if is_there(path) else "is not there")
        return path.read_bytes().decode("utf-8", errors).removeprefix("\ufeff")
    except OSError as error:
        raise Damaged(path, f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise Damaged(path, f"is not UTF-8, from byte {error.start} on") from error


def json_object(path: Path) -> dict[str, Any]:
    """A file that holds one JSON object."""
    try:
        value = json.loads(text(path))
    except (ValueError, RecursionError) as error:
        raise Damaged(path, f"is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise Damaged(path, f"holds {json.dumps(value)[:40]}, expected a JSON object")
    return value


def lines(path: Path, errors: str = "strict") -> list[list[str]]:
    """The lines of a CSV file, blank ones left out."""
    try:
        return [line for line in csv.reader(io.StringIO(text(path, errors), newline="")) if line]
    except csv.Error as error:
        raise Damaged(path, f"is not a table: {error}") from error


def rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV file that must have some columns; of each, the cells of these."""
    head, *body = lines(path) or [[]]
    missing = [column for column in columns if column not in head]
    if missing:
        raise Damaged(path, f"has no column {missing[0]}; expected {', '.join(columns)}")
    for number, line in enumerate(body, 2):
        if len(line) != len(head):
            raise Damaged(path, f"has {len(line)} cells in row {number}, expected {len(head)}")
    places = {column: head.index(column) for column in columns}
    return [{column: line[place].strip() for column, place in places.items()} for line in body]
