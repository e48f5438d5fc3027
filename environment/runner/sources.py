"""The notebooks as they stand in the repository."""

import re
from dataclasses import dataclass
from pathlib import Path

from runner import reading
from runner.problem import Problem


@dataclass(frozen=True)
class Source:
    """A notebook: `04-unlearning-error` has number 4."""

    path: Path
    title: str
    datasets: tuple[str, ...]
    computes_in_java: bool = False
    """Whether it does for long, at any scale."""

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def number(self) -> int | None:
        match = re.match(r"\d+", self.name)
        return int(match.group()) if match else None


def read(path: Path) -> Source:
    """Reads what a notebook says of itself: its first heading, the data sets it uses, and how."""
    try:
        content = reading.json_object(path)
        cells, metadata = content["cells"], content["metadata"]
        text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        told = metadata.get("unrolling", {})
        named = told.get("data", [])
        if not all(isinstance(name, str) for name in named) or isinstance(named, str):
            raise TypeError(f"it names the data {named}, expected a list of names")
    except (Problem, KeyError, TypeError, AttributeError) as error:
        what = str(error).removeprefix(f"{path} ")
        raise Problem(
            f"{path} is not a notebook: {what}. Restore it: git checkout {path}"
        ) from error
    heading = re.search(r"^#\s+(.+?)\s*$", text, re.M)
    title = re.sub(r"[*`$\\]", "", heading.group(1)) if heading else path.stem
    title = re.sub(r"^\d+\s*·\s*", "", title)
    return Source(path, title, tuple(named), told.get("computes") == "in Java")


def find(folder: Path) -> list[Source]:
    """All notebooks in order; a problem if there is none."""
    paths = sorted(p for p in folder.glob("*.ipynb") if not p.name.startswith("."))
    if not paths:
        raise Problem(f"There is no notebook in {folder}; a whole working copy has some.")
    return [read(p) for p in paths]


def choose(sources: list[Source], wanted: tuple[str, ...]) -> list[Source]:
    """Those that are wanted by number ("4" or "04") or by name; all if none is named."""
    for word in wanted:
        if not any(_is(source, word) for source in sources):
            there = ", ".join(s.name for s in sources)
            raise Problem(f'no notebook is called "{word}"; there is {there}', 2)
    return [s for s in sources if not wanted or any(_is(s, word) for word in wanted)]


def _is(source: Source, word: str) -> bool:
    return word == source.name or (word.isdecimal() and int(word) == source.number)
