"""A Java process that is watched and disturbed."""

import ctypes
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_TRACE = re.compile(r"^\s+at [\w.$/<>]+\(", re.M)
_KEPT = (".bin", ".csv", ".part")
_PR_SET_PDEATHSIG = 1


class Sitting:
    """One process of a run, until it ends or is ended.

    `limit` is the largest file that it may write, in bytes; 0 for no limit.
    """

    def __init__(
        self, argv: Sequence[str], env: Mapping[str, str], store: Path, limit: int = 0
    ) -> None:
        self._store = store
        self._begun = time.time_ns()
        self._output = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            argv,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: _prepare(limit),
        )

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self._process.poll()

    def signal(self, number: int) -> None:
        """Sends a signal, if it is there to get it."""
        if self.status is None:
            self._process.send_signal(number)

    def pause(self, seconds: float) -> None:
        """Stops it for a while."""
        self.signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.signal(signal.SIGCONT)

    def wait(self, seconds: float) -> int | None:
        """Waits for its end; None if it has not ended by then."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def wait_for_work(self, seconds: float) -> None:
        """Waits until it has kept something, or ended: it reads the data before."""
        end = time.monotonic() + seconds
        while self.status is None and not self._works() and time.monotonic() < end:
            time.sleep(0.02)

    def _works(self) -> bool:
        kept = (p for p in self._store.rglob("*") if p.suffix in _KEPT)
        return any(_changed(p) > self._begun for p in kept)

    def end(self) -> None:
        """Ends it at once, if it still runs, and forgets what it has printed."""
        self.signal(signal.SIGKILL)
        self._process.wait()
        self._output.close()

    def said(self) -> str:
        """All that it has printed."""
        self._output.seek(0)
        return self._output.read().decode(errors="replace")

    def has_trace(self) -> bool:
        """Whether it has printed a stack trace, other than the report of a crash."""
        return bool(_TRACE.search(self.said()))


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _prepare(limit: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
