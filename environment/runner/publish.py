"""environment/publish: outputs in the notebooks that are committed, for who reads them as pages."""

import copy
import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner import build, files, options, outputs, reading, results, sources
from runner.layout import Layout
from runner.outputs import Notebook
from runner.problem import Problem
from runner.progress import Line
from runner.reading import Damaged
from runner.sources import Source

SCALE = "quick"
MOST_BYTES = 700_000
"""What a notebook may take: code hosts show none that is much larger."""

_MARK = "published"
_EXECUTED_BY = ("UNROLLING_SCALE", "UNROLLING_ENGINE", "UNROLLING_DEVICE")


@dataclass(frozen=True)
class Wanted:
    """The options, checked."""

    only: tuple[str, ...]
    scale: str
    to: Path | None
    clear: bool
    offline: bool
    show: Path | None


def main(arguments: Sequence[str]) -> int:
    """Takes what reproduce has executed, has it execute the rest, and writes all or nothing."""
    wanted = Wanted(**vars(_parser().parse_args(arguments)))
    if wanted.show:
        print(outputs.shown(reading.json_object(wanted.show)), end="")
        return 0
    layout, line = Layout.here(), Line()
    chosen = sources.choose(sources.find(layout.notebooks), wanted.only)
    to = wanted.to or layout.notebooks
    if wanted.clear:
        made = [(source, cleared(reading.json_object(source.path))) for source in chosen]
    else:
        _execute(chosen, wanted, layout, line)
        made = []
        for source in chosen:
            line.show(f"{source.name}: making its pictures smaller")
            made.append((source, published(source, wanted.scale, layout)))
    for source, notebook in made:
        text = written(notebook)
        path = to / source.path.name
        if not path.exists() or reading.text(path) != text:
            files.write_atomic(path, text)
            line.say(f"{layout.shown(path)}: {len(text.encode()):,} bytes")
    return 0


def _parser() -> options.argparse.ArgumentParser:
    parser = options.parser(
        "environment/publish",
        "Writes the outputs of a finished environment/reproduce into the notebooks of notebooks/, "
        "without what differs from run to run; what has not been executed, or has changed since, "
        "is executed first. If one fails, nothing is written.",
    )
    parser.add_argument(
        "--only",
        metavar="NN[,NN]",
        type=options.numbers,
        default=(),
        help="only the notebooks of these numbers",
    )
    parser.add_argument(
        "--scale",
        metavar="NAME",
        choices=options.SCALES,
        default=SCALE,
        help=f"another scale than {SCALE}, to look at with --to",
    )
    parser.add_argument(
        "--to", metavar="FOLDER", type=Path, help="write there and leave notebooks/ as it is"
    )
    parser.add_argument("--clear", action="store_true", help="take the outputs out again")
    parser.add_argument(
        "--show", metavar="FILE", type=Path, help="print a notebook as text, for git diff; no more"
    )
    options.add_offline(parser)
    return parser


def _execute(chosen: Sequence[Source], wanted: Wanted, layout: Layout, line: Line) -> None:
    """Has reproduce execute those of which there is no execution that can be taken."""
    lacking = {s: why for s in chosen if (why := lacks(s, wanted.scale, layout))}
    for source, why in lacking.items():
        line.say(f"{source.name} is executed: {why}")
    if lacking:
        argv = [str(layout.root / "environment" / "reproduce"), "--scale", wanted.scale]
        argv += ["--only", ",".join(source.name for source in lacking)]
        argv += ["--offline"] if wanted.offline else []
        env = {k: v for k, v in os.environ.items() if k not in _EXECUTED_BY}
        status = subprocess.run(argv, env=env, check=False).returncode
        if status:
            raise Problem("a notebook failed (see above); nothing is published.", status)


def lacks(source: Source, scale: str, layout: Layout) -> str:
    """Why what is in out/ cannot be taken for a notebook's outputs; empty if it can."""
    folder = layout.results(scale) / source.name
    try:
        run = reading.json_object(folder / results.RUN)
        executed = reading.json_object(folder / source.path.name)
        same = outputs.code(executed) == outputs.code(reading.json_object(source.path))
    except (Damaged, KeyError, TypeError):
        return f"there is no execution at scale {scale}"
    if run.get("outcome") != "passed":
        return f"its last execution is said to be {run.get('outcome')}"
    if run.get("engine") or run.get("device") != "cpu":
        return f"it was executed with --engine {run.get('engine')}, --device {run.get('device')}"
    if not same:
        return "its code has changed since"
    if run.get("library") != build.stamp(layout):
        return "the library has changed since"
    return ""


def published(source: Source, scale: str, layout: Layout) -> Notebook:
    """A notebook with its outputs from out/; its pictures are halved if it is too large else."""
    there = reading.json_object(layout.results(scale) / source.name / source.path.name)
    for halved in (False, True):
        notebook = _with_outputs(reading.json_object(source.path), there, source, layout, halved)
        notebook["metadata"].setdefault("unrolling", {})[_MARK] = {
            "code": _hash(outputs.code(notebook)),
            "outputs": _hash([cell["outputs"] for cell in outputs.code_cells(notebook)]),
            "scale": scale,
        }
        size = len(written(notebook).encode())
        if size <= MOST_BYTES:
            return notebook
    raise Problem(
        f"{source.name} takes {size:,} bytes with its outputs, and may take {MOST_BYTES:,}; "
        "show fewer figures or shorter tables in it."
    )


def _with_outputs(
    notebook: Notebook, executed: Notebook, source: Source, layout: Layout, halved: bool
) -> Notebook:
    number = 0
    pairs = zip(outputs.code_cells(notebook), outputs.code_cells(executed), strict=True)
    for cell, done in pairs:
        runs = bool("".join(cell["source"]).strip())
        number += runs
        cell["execution_count"] = number if runs else None
        cell["outputs"] = outputs.stable(done, number, source.name, layout.root, halved)
        told = outputs.told(cell["outputs"])
        for place in (str(layout.root), str(Path.home()), "/tmp/"):
            if place.strip("/") and place in told:
                raise Problem(f"{source.name} tells of {place} in cell {number}; let it not.")
    return notebook


def cleared(notebook: Notebook) -> Notebook:
    """A notebook without outputs, as it is edited."""
    bare = copy.deepcopy(notebook)
    for cell in outputs.code_cells(bare):
        cell["outputs"], cell["execution_count"] = [], None
    forget(bare["metadata"])
    return bare


def forget(metadata: dict[str, Any]) -> None:
    """Takes from a notebook's metadata what its committed outputs are."""
    metadata.get("unrolling", {}).pop(_MARK, None)


def written(notebook: Notebook) -> str:
    """The text of its file, as all of ours are written."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def disagreement(name: str, notebook: Notebook) -> str:
    """What is wrong between a committed notebook's code and its outputs, and the way out.

    Empty if they belong together, or it has not been published and holds none.
    """
    number = name.split("-")[0]
    again = f"environment/publish --only {number} makes them anew, with --clear takes them out"
    mark: Mapping[str, Any] = notebook["metadata"].get("unrolling", {}).get(_MARK, {})
    cells = outputs.code_cells(notebook)
    if not mark:
        holds = any(cell["outputs"] or cell["execution_count"] for cell in cells)
        return f"{name} holds outputs that nothing tells the source of: {again}" if holds else ""
    if mark.get("code") != _hash(outputs.code(notebook)):
        return f"{name}: its code has changed since its outputs were published: {again}"
    if mark.get("outputs") != _hash([cell["outputs"] for cell in cells]):
        return f"{name}: its outputs are not those that were published: {again}"
    if mark.get("scale") != SCALE:
        return f"{name}: its outputs are of scale {mark.get('scale')}, expected {SCALE}: {again}"
    size = len(written(notebook).encode())
    return f"{name} takes {size:,} bytes, at most {MOST_BYTES:,}" if size > MOST_BYTES else ""


def _hash(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
