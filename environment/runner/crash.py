"""What there is to say when a Java process has crashed or was killed."""

import fcntl
import signal
import tempfile
from collections.abc import Iterable
from pathlib import Path

_KILLED = (signal.SIGKILL,)
_CRASHED = (
    signal.SIGABRT,
    signal.SIGSEGV,
    signal.SIGBUS,
    signal.SIGILL,
    signal.SIGFPE,
    signal.SIGSYS,
)

_CLOCKS = 2.0
"""Seconds by which a file may seem to be older than it is."""


def error_file(logs: Path) -> str:
    """The option by which a Java machine that crashes writes its report beside the logs."""
    logs.mkdir(parents=True, exist_ok=True)
    return f"-XX:ErrorFile={str(logs).replace('%', '%%')}/hs_err_pid%p.log"


def ending(status: int) -> str:
    """How a process ended, in words; empty if it ended by itself, or was asked to."""
    if status <= 128 or status - 128 not in (*_CRASHED, *_KILLED):
        return ""
    name = signal.Signals(status - 128).name
    if status - 128 in _KILLED:
        return f"Java was killed ({name}; the system does that when memory runs out)"
    return f"Java crashed ({name})"


def under_way(store: Path, since: float) -> list[Path]:
    """The folders of the runs that were begun since a time and are not finished.

    Those that a living process works in are its own.
    """
    begun = [p for p in store.glob("*/*/sittings.txt") if _is_new(p, since)]
    return sorted(p.parent for p in begun if not _is_held(p.parent / ".lock"))


def find_report(folders: Iterable[Path], since: float) -> Path | None:
    """The newest report of a crash since a time; the JVM falls back to other folders than ours."""
    places = [*folders, Path.cwd(), Path(tempfile.gettempdir())]
    found = [p for f in places for p in f.glob("hs_err_pid*.log") if _is_new(p, since)]
    return max(found, key=lambda p: p.stat().st_mtime, default=None)


def tell(store: Path, since: float, folders: Iterable[Path]) -> str:
    """Which runs were under way, where the report is, and that nothing is lost; in one line."""
    runs = [f"{p.parent.name}/{p.name}" for p in under_way(store, since)]
    report = find_report(folders, since)
    return " ".join(
        [
            f"Under way: {', '.join(runs)} (settings.json there)." if runs else "No run had begun.",
            f"Java's report: {report}." if report else "There is no report of the crash.",
            f"Nothing in {store} is lost: finished runs and saved states are whole, and the same "
            "command goes on from them.",
        ]
    )


def _is_new(path: Path, since: float) -> bool:
    try:
        return path.stat().st_mtime >= since - _CLOCKS
    except OSError:
        return False


def _is_held(lock: Path) -> bool:
    try:
        with lock.open("r+") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
