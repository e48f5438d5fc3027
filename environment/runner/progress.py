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

    def show(self, text: str) -> None:
        """Shows the present state; off a terminal, at most one line in `every` seconds."""
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            self._write("\r\x1b[2K" + _flat(text)[:width])
        elif time.monotonic() - self._printed >= self._every:
            self._printed = time.monotonic()
            self._write("  " + _flat(text)[:160] + "\n")

    def say(self, text: str) -> None:
        """Prints a line that stays."""
        self._printed = time.monotonic()
        self._write(("\r\x1b[2K" if self._live else "") + text + "\n")

    def clear(self) -> None:
        """Takes away what `show` left on a terminal."""
        if self._live:
            self._write("\r\x1b[2K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _flat(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text).rstrip()
