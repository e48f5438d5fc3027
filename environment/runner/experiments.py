"""environment/unrolling: builds the library if need be and becomes its command line."""

import os
from collections.abc import Sequence
from pathlib import Path

from runner import build, files, kernels, reproduce, sources, store, tools
from runner.layout import Layout
from runner.options import SCALES
from runner.preparation import BUSY
from runner.problem import Problem
from runner.progress import Line

MAIN = "dev.unrolling.cli.Main"

_REPORT = f"""usage: environment/unrolling report [SCALE]

Makes out/index.html anew from what the notebooks have left at a scale ({", ".join(SCALES)};
UNROLLING_SCALE or quick if not given): all figures and verdicts on one page.

Example: environment/unrolling report quick
"""


def main(arguments: Sequence[str]) -> int:
    """Becomes the Java command line; `report`, which needs no Java, is made here."""
    layout = Layout.here()
    if arguments[:1] == ["report"]:
        return report(arguments[1:], layout)
    found = tools.check(os.environ)
    with files.exclusive(layout.private / "lock", BUSY):
        build.prepare(layout, found, bool(os.environ.get("UNROLLING_OFFLINE")), Line())
    java = found.java_home / "bin" / "java"
    argv = [
        str(java),
        *kernels.jvm_options(kernels.memory(), found.java.version),
        "-cp",
        build.classpath(layout),
        MAIN,
        *arguments,
    ]
    os.execve(java, argv, {**found.environment(), **store.environment(layout, os.environ)})


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
    reproduce.make_pages(sources.find(layout.notebooks), scale, layout)
    print(layout.out / "index.html")
    return 0
