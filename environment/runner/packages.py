"""The private virtual environment with Jupyter and the Java kernel in it."""

import shutil
import sys
from pathlib import Path

from runner import files, reading
from runner.command import CommandFailed, run
from runner.layout import Layout
from runner.problem import Problem
from runner.progress import Line
from runner.reading import Damaged
from runner.tools import Tools

_NEEDED = "The Python packages take about 250 MB. "


def stamp(layout: Layout) -> str:
    """What a virtual environment depends on: the pinned packages and this Python."""
    base = f"{sys.base_prefix} {sys.version}"
    return files.fingerprint([layout.requirements], str(layout.venv), base)


def is_ready(layout: Layout) -> bool:
    """Whether the virtual environment is there, whole, and made from these requirements."""
    try:
        made = reading.text(layout.venv / "stamp") == stamp(layout)
    except Damaged:
        return False
    return made and layout.venv_python.exists()


def prepare(layout: Layout, tools: Tools, offline: bool, line: Line) -> None:
    """Makes the virtual environment if it is not there; its stamp is written last."""
    if sys.prefix == str(layout.venv) or is_ready(layout):
        return
    if offline:
        raise Problem(
            "The Python packages are not installed yet, and --offline forbids fetching them. Run "
            "environment/reproduce once with a network, or copy environment/.private/venv from a "
            "working copy at the same path."
        )
    env = tools.environment()
    # A dead network should be told in seconds, not after pip's five patient tries.
    env.setdefault("PIP_RETRIES", "2")
    env.setdefault("PIP_DEFAULT_TIMEOUT", "30")
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    files.remove(layout.venv)
    log = layout.logs / "pip.log"
    install: list[str | Path] = [
        layout.venv_python,
        "-m",
        "pip",
        "install",
        "--no-input",
        "--progress-bar",
        "off",
    ]
    install += ["--only-binary", ":all:", "-r", layout.requirements]
    try:
        make: list[str | Path] = [sys.executable, "-m", "venv", layout.venv]
        run(make, log, line, "Python packages", cwd=layout.root, env=env)
        run(install, log, line, "Python packages", cwd=layout.root, env=env, state=_collected)
        files.write_atomic(layout.venv / "stamp", stamp(layout))
    except BaseException as error:
        shutil.rmtree(layout.venv, ignore_errors=True)
        if isinstance(error, CommandFailed):
            raise _explain(error, layout) from error
        if files.is_full(error):
            raise files.full_disk(layout.venv, _NEEDED) from error
        raise
    line.say(f"Python packages: installed in {layout.shown(layout.venv)}")


def _collected(said: str) -> str:
    if "Installing collected packages" in said:
        return "installing"
    return f"{said.count('Collecting ')} packages found"


def _explain(error: CommandFailed, layout: Layout) -> Problem:
    log = _shown_log(error.log, layout)
    if error.lacked_room():
        return files.full_disk(layout.venv, _NEEDED)
    if error.lacked_network():
        return Problem(
            "The Python packages could not be fetched: the package index cannot be reached. Check "
            f"the network (or pip's proxy and index settings) and run it again. {log}"
        )
    return Problem(
        "The Python packages could not be installed: " + error.first_line("ERROR:") + f" {log}"
    )


def _shown_log(log: Path, layout: Layout) -> str:
    return f"Full log: {layout.shown(log)}"
