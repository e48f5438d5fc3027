"""Executes one notebook, cell by cell, and shows how far it is."""

import asyncio
import logging
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager
from jupyter_core.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from runner import crash
from runner.progress import Line, clock

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
PASSED, FAILED, INTERRUPTED = "passed", "failed", "interrupted"


@dataclass(frozen=True)
class Ending:
    """How an execution ended: so many of the code cells done, and what went wrong in the next.

    `interrupted`: the signal by which the user wants to stop, be it that this notebook had just
    come to its end, or 0. `died`: whether the kernel ended by itself.
    """

    outcome: str
    done: int
    total: int
    error: str = ""
    interrupted: int = 0
    died: bool = False

    @property
    def cell(self) -> int:
        """The number of the code cell that ended it, counted from 1; 0 if no cell did."""
        return 0 if self.outcome == PASSED else min(self.done + 1, self.total)


class _Client(NotebookClient):
    """Knows what a cell printed last, or put in the place of what it had shown."""

    said = ""

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        content, text = msg["content"], ""
        if msg["msg_type"] == "stream":
            text = content["text"]
        elif msg["msg_type"] == "update_display_data":
            text = content["data"].get("text/plain", "")
        lines = text.replace("\r", "\n").split("\n")
        self.said = next((s.strip() for s in reversed(lines) if s.strip()), self.said)
        return super().process_message(msg, cell, cell_index)


def execute(notebook: NotebookNode, name: str, folder: Path, log: Path, line: Line) -> Ending:
    """Executes a notebook in place on the kernel `java`; its outputs up to the end stay in it.

    `folder` is the kernel's working directory; what the kernel process itself prints goes to `log`.
    Never raises for what a cell does: the ending says it.
    """
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    notebook.metadata.setdefault("language_info", {"name": "java", "pygments_lexer": "java"})
    return asyncio.run(_execute(notebook, name, folder, log, line))


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that run something."""
    return [c for c in notebook.cells if _runs(c)]


def _runs(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


async def _execute(
    notebook: NotebookNode, name: str, folder: Path, log: Path, line: Line
) -> Ending:
    client = _Client(
        notebook, kernel_name="java", timeout=None, startup_timeout=120, coalesce_streams=True
    )
    client.reset_execution_trackers()
    cells = code_cells(notebook)
    done, outcome, error, died = 0, PASSED, "", False
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as sink, _Interrupts() as interrupts:
        manager = client.create_kernel_manager()
        ticker = asyncio.create_task(_tick(line, name, lambda: done, len(cells), client))
        try:
            await client.async_start_new_kernel(cwd=str(folder), stdout=sink, stderr=sink)
            await client.async_start_new_kernel_client()
            for index, cell in enumerate(notebook.cells):
                client.said = ""
                await client.async_execute_cell(cell, index)
                done += _runs(cell)
        except asyncio.CancelledError:
            outcome, error = INTERRUPTED, "interrupted"
        except CellExecutionError as failure:
            outcome, error = FAILED, _first_line(cells[done], str(failure))
        except DeadKernelError:
            # The client takes our cancelling a cell for the kernel's death.
            if interrupts.came:
                outcome, error = INTERRUPTED, "interrupted"
            else:
                outcome, error, died = FAILED, await _death(manager), True
        except RuntimeError as failure:
            outcome, error = FAILED, f"the kernel did not start: {failure}"
        finally:
            # From here on an interrupt waits: a kernel left alone would outlive us.
            interrupts.armed = False
            ticker.cancel()
            line.clear()
            if client.kc is not None:
                client.kc.stop_channels()
            # A busy kernel does not listen to a polite request.
            await ensure_async(manager.shutdown_kernel(now=outcome != PASSED))
    return Ending(outcome, done, len(cells), error, interrupts.came, died)


async def _death(manager: KernelManager) -> str:
    """How a kernel that is no more has ended."""
    status = await manager.provisioner.poll() if manager.provisioner else None
    how = crash.ending(status if status >= 0 else 128 - status) if status is not None else ""
    return how or "the kernel died; it may have run out of memory"


async def _tick(
    line: Line, name: str, done: Callable[[], int], total: int, client: _Client
) -> None:
    start = time.monotonic()
    while True:
        at = min(done() + 1, total)
        elapsed = clock(time.monotonic() - start)
        line.show(f"{name}  cell {at}/{total}  {elapsed}  {client.said}")
        await asyncio.sleep(1)


class _Interrupts:
    """Ctrl-C and a polite kill: they cancel the present task for as long as it is `armed`."""

    _numbers = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.armed = True
        self.came = 0

    def __enter__(self) -> "_Interrupts":
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._before = {number: signal.getsignal(number) for number in self._numbers}
        for number in self._numbers:
            loop.add_signal_handler(number, self._note, number, task)
        return self

    def __exit__(self, *_: object) -> None:
        for number in self._numbers:
            asyncio.get_running_loop().remove_signal_handler(number)
            signal.signal(number, self._before[number])

    def _note(self, number: int, task: asyncio.Task[Any]) -> None:
        self.came = number
        if self.armed:
            self.armed = False
            task.cancel()


def _first_line(cell: NotebookNode, otherwise: str) -> str:
    """What a cell's error says, in one line."""
    errors = [o for o in cell.outputs if o.output_type == "error"]
    said = f"{errors[-1].ename}: {errors[-1].evalue}" if errors else otherwise
    if errors and errors[-1].ename == "CompilationException":
        # Its value is the snippet; the compiler's own words are in the trace, beside quoted code.
        trace = [_COLOUR.sub("", t).strip() for t in errors[-1].traceback]
        said = next((f"does not compile: {t}" for t in trace if t and t[0] != "|"), said)
    return next((s.strip() for s in said.splitlines() if s.strip()), "it failed and said nothing")
