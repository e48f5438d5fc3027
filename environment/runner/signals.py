"""Signals: a polite kill is handled as Ctrl-C is, and a program in our place gets what we get."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any, NoReturn

FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

_PR_SET_PDEATHSIG = 1


class Stopped(KeyboardInterrupt):
    """A signal asks to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class Interrupts:
    """Ctrl-C and a polite kill: they cancel the tasks that are armed.

    `came` is the signal, or 0; `stopping` is set by `stop` too.
    """

    _numbers = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.came = 0
        self.stopping = False
        self._armed: set[asyncio.Task[Any]] = set()

    def arm(self) -> None:
        """From now on the present task is cancelled, at once if all are to stop already."""
        task = _present()
        self._armed.add(task)
        if self.stopping:
            task.cancel()

    def disarm(self) -> None:
        """From now on an interrupt leaves the present task alone."""
        self._armed.discard(_present())

    def stop(self) -> None:
        """Cancels what is armed, now and later."""
        self.stopping = True
        for task in self._armed:
            task.cancel()

    def __enter__(self) -> "Interrupts":
        loop = asyncio.get_running_loop()
        self._before = {number: signal.getsignal(number) for number in self._numbers}
        for number in self._numbers:
            loop.add_signal_handler(number, self._note, number)
        return self

    def __exit__(self, *_: object) -> None:
        for number in self._numbers:
            asyncio.get_running_loop().remove_signal_handler(number)
            signal.signal(number, self._before[number])

    def _note(self, number: int) -> None:
        self.came = number
        self.stop()


def _present() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task


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
