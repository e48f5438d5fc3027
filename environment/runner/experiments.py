"""environment/unrolling: builds the library if need be and runs its command line."""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from runner import build, crash, cuda, files, kernels, reproduce, signals, sources, store, tools
from runner.layout import Layout
from runner.options import SCALES
from runner.preparation import BUSY
from runner.problem import Problem
from runner.progress import Line

MAIN = "dev.unrolling.cli.Main"

_READING = ("list", "show", "export", "figures")
_BRIEF = "-XX:TieredStopAtLevel=1"
"""What only reads results is done before the optimising compiler has paid for itself."""

PATIENCE = 600.0
"""Seconds to wait for another that prepares this working copy."""

_REPORT = f"""usage: environment/unrolling report [SCALE]

Makes out/index.html anew from what the notebooks have left at a scale ({", ".join(SCALES)};
UNROLLING_SCALE or quick if not given): all figures and verdicts on one page.

Exit status: 0 done; 1 failed, or a file is damaged and left out; 2 wrong arguments; 130 interrupted
by Ctrl-C, 143 by SIGTERM.

Example: environment/unrolling report quick
"""


def main(arguments: Sequence[str]) -> int:
    """Runs the Java command line; `report`, which needs no Java, is made here."""
    layout = Layout.here()
    if arguments[:1] == ["report"]:
        return report(arguments[1:], layout)
    engine = option("--engine", arguments) or os.environ.get("UNROLLING_ENGINE")
    device = option("--device", arguments) or os.environ.get("UNROLLING_DEVICE")
    loader = cuda.loader(engine, device, layout.cuda, os.environ)
    layout = replace(layout, profile=cuda.profile(engine, device))
    # The tasks of an array begin together, and one of them may have to build.
    with files.exclusive(layout.private / "lock", BUSY, PATIENCE):
        ready = build.is_ready(layout, build.stamp(layout))
        found = tools.check(os.environ, builds=not ready)
        if not ready:
            offline = bool(os.environ.get("UNROLLING_OFFLINE"))
            build.prepare(layout, found, offline, Line(sys.stderr))
    brief = [_BRIEF] if arguments[:1] and arguments[0] in _READING else []
    argv = [*java(layout, found, crash.error_file(layout.logs), *brief), *arguments]
    env = {**found.environment(), **store.environment(layout, os.environ), **loader}
    begun = time.time()
    status = signals.run_in_place(argv, env)
    ending = crash.ending(status)
    if ending:
        kept = Path(option("--store", arguments) or env["UNROLLING_RESULTS"])
        said = crash.tell(kept, begun, [layout.logs])
        raise Problem(f'{ending} in "{" ".join(arguments)}". {said}', status)
    return status


def java(layout: Layout, found: tools.Tools, *more: str) -> list[str]:
    """The Java command line, up to its first argument; `more` are options of the Java machine."""
    memory = kernels.jvm_options(kernels.memory(), found.java.version)
    path = str(found.java_home / "bin" / "java")
    return [path, *memory, *more, "-cp", build.classpath(layout), MAIN]


def option(name: str, arguments: Sequence[str]) -> str | None:
    """The value of an option of the Java command line, which reads the arguments itself."""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if argument == name:
            return following
        if argument.startswith(f"{name}="):
            return argument.removeprefix(f"{name}=")
    return None


def report(arguments: Sequence[str], layout: Layout) -> int:
    """Makes the page of a scale from what is there."""
    if "--help" in arguments or "-h" in arguments:
        print(_REPORT, end="")
        return 0
    scale = arguments[0] if arguments else os.environ.get("UNROLLING_SCALE", "quick")
    if len(arguments) > 1 or scale not in SCALES:
        raise Problem(f"report takes one scale, {', '.join(SCALES)}, not {' '.join(arguments)}", 2)
    if not any(Path(layout.results(scale)).glob("*/run.json")):
        raise Problem(
            f"there is nothing to report at scale {scale}; environment/reproduce makes it"
        )
    troubles = reproduce.make_pages(sources.find(layout.notebooks), scale, layout)
    print(layout.out / "index.html")
    for trouble in troubles:
        print(f"environment/unrolling: {trouble}", file=sys.stderr)
    return 1 if troubles else 0
