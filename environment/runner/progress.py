"""A line that says how far a job is."""

import shutil
import sys
import time
from typing import TextIO


def clock(seconds: float) -> str:
    """A duration as minutes and seconds, e.g. 1:05; with hours from one hour on."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


class Line:
    """On a terminal it is overwritten in place; elsewhere a line is printed now and then."""

    def __init__(self, stream: TextIO | None = None, every: float = 20.0) -> None:
        self._stream = stream or sys.stdout
        self._live = self._stream.isatty()
        self._every = every
        self._printed = time.monotonic()
        self._shown: dict[str, str] = {}

    def show(self, text: str, job: str = "") -> None:
        """Shows the present state, of one of several jobs beside that of the others.

        Off a terminal, at most one line in `every` seconds.
        """
        self._shown[job] = _flat(text)
        if self._live:
            self._draw()
        elif time.monotonic() - self._printed >= self._every:
            self._printed = time.monotonic()
            self._write("".join(f"  {shown[:160]}\n" for shown in self._shown.values()))

    def forget(self, job: str) -> None:
        """A job is done: it is no longer shown."""
        self._shown.pop(job, None)
        if self._live:
            self._draw()

    def say(self, text: str) -> None:
        """Prints a line that stays."""
        self._printed = time.monotonic()
        self._shown.pop("", None)
        self._write(("\r\x1b[2K" if self._live else "") + text + "\n")

    def clear(self) -> None:
        """Takes away what `show` left on a terminal."""
        self._shown.clear()
        if self._live:
            self._write("\r\x1b[2K")

    def _draw(self) -> None:
        width = shutil.get_terminal_size().columns - 1
        each = max(2, width // max(1, len(self._shown)))
        shown = "".join(text[: each - 1].ljust(each) for text in self._shown.values())
        self._write("\r\x1b[2K" + shown.rstrip())

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _flat(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text).rstrip()
