"""All that must be there before a notebook can run."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runner import build, cuda, datasets, files, kernels, packages, tools
from runner.kernels import Kernel
from runner.layout import Layout
from runner.options import Options
from runner.progress import Line
from runner.sources import Source
from runner.tools import Tools

_ENTERED = "UNROLLING_IN_VENV"


@dataclass(frozen=True)
class Prepared:
    """What a notebook needs: the kernel, where Jupyter finds it, and the library."""

    tools: Tools
    kernel: Kernel
    jupyter_path: Path
    library: str
    """A hash of the sources that the library is built from."""
    at_once: int = 1
    """How many notebooks."""


def prepare(
    command: str,
    arguments: Sequence[str],
    options: Options,
    sources: list[Source],
    layout: Layout,
    line: Line,
) -> Prepared:
    """Checks the tools, makes what is not there yet, and goes on in the private Python.

    The first call does not return: the command is started once more, by the Python of the private
    environment, and passes through here again.
    """
    chosen = kernels.choose(options.kernel, os.environ)
    found = tools.check(os.environ)
    os.environ.update(cuda.loader(options.engine, options.device, layout.cuda, os.environ))
    if os.environ.pop(_ENTERED, None) is None:
        for tool in (found.java, found.maven, found.npm, found.python):
            line.say(tool.line())
        with files.exclusive(layout.private / "lock", BUSY):
            packages.prepare(layout, found, options.offline, line)
        runner = Path(__file__).resolve().parent
        argv = [str(layout.venv_python), "-B", str(runner), command, *arguments]
        sys.stdout.flush()
        os.execve(argv[0], argv, {**os.environ, _ENTERED: "1"})
    with files.exclusive(layout.private / "lock", BUSY):
        layout = replace(layout, profile=cuda.profile(options.engine, options.device))
        library = build.prepare(layout, found, options.offline, line)
        datasets.fetch(datasets.needed(sources), layout, found, options.offline, line)
        kernel = chosen or kernels.bundled(layout)
        machine = (kernels.processors(), kernels.memory())
        room = kernels.room(options.device, options.scale, *machine)
        at_once = min(options.at_once or room, len(sources))
        jupyter_path = kernels.register(kernel, layout, found, at_once)
        return Prepared(found, kernel, jupyter_path, library, at_once)


BUSY = (
    "another environment/reproduce or environment/notebook is preparing this working copy; "
    "wait until it has, and run this again."
)
