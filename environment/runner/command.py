"""Runs another program: its output goes to a log, one line of progress to the user."""

import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from runner import files
from runner.progress import Line, clock

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ROOM = re.compile(r"no space left on device|disk quota exceeded|not enough space", re.I)
_NETWORK = re.compile(
    r"name resolution|name or service not known|unknown ?host|unresolvedaddress|ENOTFOUND|"
    r"EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network is unreachable|connection refused|connection reset|"
    r"connect timed out|read timed out|NewConnectionError|max retries exceeded|offline mode|"
    r"cannot connect to proxy|ProxyError|getaddrinfo",
    re.I,
)


class CommandFailed(Exception):
    """A program ended with an error; what it said is in its log."""

    def __init__(self, log: Path, status: int) -> None:
        super().__init__(f"exit status {status}")
        self.log = log
        self.status = status

    def text(self) -> str:
        """All that the program said, without colours."""
        return _COLOUR.sub("", self.log.read_text(errors="replace"))

    def lacked_room(self) -> bool:
        """Whether it failed on a full disk."""
        return bool(_ROOM.search(self.text())) or not files.has_room(self.log)

    def lacked_network(self) -> bool:
        """Whether it failed to reach the network."""
        return bool(_NETWORK.search(self.text()))

    def first_line(self, marker: str) -> str:
        """The first line of the log that starts with a marker, at most 240 characters."""
        lines = (line.strip() for line in self.text().splitlines())
        marked = [line for line in lines if line.startswith(marker)]
        return (marked[0] if marked else self.last_line())[:240]

    def last_line(self) -> str:
        """The last line of the log that says anything."""
        said = [line.strip() for line in re.split(r"[\r\n]", self.text()) if line.strip()]
        return said[-1][:800] if said else f"exit status {self.status}, and it said nothing"


def run(
    argv: Sequence[str | Path],
    log: Path,
    line: Line,
    label: str,
    *,
    cwd: Path,
    env: Mapping[str, str],
    state: Callable[[str], str] = lambda said: "",
) -> None:
    """Runs a program to its end.

    `state` makes of all that was said so far what the line of progress shows beside the label and
    the time. Raises CommandFailed; an interrupt ends the program before it goes on.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [str(a) for a in argv],
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
        try:
            while True:
                try:
                    status = process.wait(0.5)
                    break
                except subprocess.TimeoutExpired:
                    said = state(_COLOUR.sub("", log.read_text(errors="replace")))
                    line.show(f"{label}  {clock(time.monotonic() - start)}  {said}")
        except BaseException:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
        finally:
            line.clear()
    if status != 0:
        raise CommandFailed(log, status)
