"""Signals: a polite kill is handled as Ctrl-C is, and a program in our place gets what we get."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import NoReturn

FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

_PR_SET_PDEATHSIG = 1


class Stopped(KeyboardInterrupt):
    """A signal asks to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def handle_termination() -> None:
    """From now on SIGTERM interrupts as Ctrl-C does, and what ends by it knows which it was."""
    signal.signal(signal.SIGTERM, _stop)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped(number)


def status_of(error: BaseException | None) -> int:
    """The exit status of what was interrupted, 130 or 143; 0 if an error is no interrupt.

    An interrupt in the middle of an import comes out as the cause of another error.
    """
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    number = error.number if isinstance(error, Stopped) else signal.SIGINT
    return 0 if error is None else 128 + number


def run_in_place(argv: Sequence[str], env: Mapping[str, str]) -> int:
    """Runs a program as if it were this process; returns its exit status.

    Signals go on to it, and it gets SIGTERM should this process be killed. The status is that of a
    shell: 128 more than the signal that ended it.
    """
    pending: list[int] = []
    process: subprocess.Popen[bytes] | None = None

    def forward(number: int, frame: FrameType | None) -> None:
        if process is None:
            pending.append(number)
        else:
            process.send_signal(number)

    before = {number: signal.signal(number, forward) for number in FORWARDED}
    try:
        parent = os.getpid()
        process = subprocess.Popen(argv, env=dict(env), preexec_fn=lambda: _die_with(parent))
        for number in pending:
            process.send_signal(number)
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return status if status >= 0 else 128 - status


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
