"""The data that the notebooks need: the library fetches it, once."""

from collections.abc import Iterable
from pathlib import Path

from runner import build, files
from runner.command import CommandFailed, run
from runner.layout import Layout
from runner.problem import Problem
from runner.progress import Line
from runner.sources import Source
from runner.tools import Tools


def needed(sources: Iterable[Source]) -> list[str]:
    """The data sets of some notebooks, each once."""
    return sorted({name for source in sources for name in source.datasets})


def fetch(names: list[str], layout: Layout, tools: Tools, offline: bool, line: Line) -> None:
    """Fetches what is not in the cache; a data set that cannot be had is a problem."""
    env = tools.environment()
    for name in names:
        argv: list[str | Path] = [tools.java_home / "bin" / "java", "-cp", build.classpath(layout)]
        argv += ["dev.unrolling.cli.Main", "fetch", name, *(["--offline"] if offline else [])]
        log = _log(name, layout)
        try:
            run(argv, log, line, f"Data {name}", cwd=layout.root, env=env, state=_last)
        except CommandFailed as error:
            if not error.text().strip() and error.lacked_room():
                raise files.full_disk(log) from error
            hint = "" if offline or not tools.npm.trouble else f"\n{tools.npm.line()}"
            said = error.last_line().removeprefix("error: ")
            raise Problem(f"Data {name}: {said}{hint}") from error
        for said in _without_npm(log):
            line.say(f"Data: {said}")
        line.say(f"Data: {name} is there")


def folder(name: str, layout: Layout) -> Path:
    """Where a data set is that was fetched: the last line that the library said."""
    said = _log(name, layout).read_text(errors="surrogateescape")
    return Path(_last(said).removeprefix(f"{name} "))


def _without_npm(log: Path) -> list[str]:
    """The line by which the library says that it went without npm, if it did."""
    lines = log.read_text(errors="replace").replace("\r", "\n").splitlines()
    return [said for said in lines if ": there is no npm (" in said]


def _log(name: str, layout: Layout) -> Path:
    return layout.logs / f"fetch-{name}.log"


def _last(said: str) -> str:
    lines = said.replace("\r", "\n").strip().splitlines()
    return lines[-1] if lines else ""
