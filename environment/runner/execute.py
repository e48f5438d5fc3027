"""Executes one notebook, cell by cell, and shows how far it is."""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping
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
from runner.signals import Interrupts

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PATIENCE = 1.0
"""Seconds in which a kernel ends by itself: it is terminated after half of them, then killed."""
PASSED, FAILED, INTERRUPTED = "passed", "failed", "interrupted"


@dataclass(frozen=True)
class Ending:
    """How an execution ended: so many of the code cells done, and what went wrong in the next.

    `died`: whether the kernel ended by itself.
    """

    outcome: str
    done: int
    total: int
    error: str = ""
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


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that run something."""
    return [c for c in notebook.cells if _runs(c)]


def _runs(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


async def execute(
    notebook: NotebookNode,
    name: str,
    folder: Path,
    log: Path,
    env: Mapping[str, str],
    line: Line,
    interrupts: Interrupts,
) -> Ending:
    """Executes a notebook in place on the kernel `java`; its outputs up to the end stay in it.

    `folder` is the kernel's working directory, `env` its environment; what the kernel process
    itself prints goes to `log`. Never raises for what a cell does, nor for an interrupt: the ending
    says it.
    """
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    notebook.metadata.setdefault("language_info", {"name": "java", "pygments_lexer": "java"})
    client = _Client(
        notebook, kernel_name="java", timeout=None, startup_timeout=120, coalesce_streams=True
    )
    client.reset_execution_trackers()
    cells = code_cells(notebook)
    done, outcome, error, died = 0, PASSED, "", False
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as sink:
        manager = client.create_kernel_manager()
        interrupts.arm()
        ticker = asyncio.create_task(_tick(line, name, lambda: done, len(cells), client))
        try:
            await client.async_start_new_kernel(
                cwd=str(folder), env=dict(env), stdout=sink, stderr=sink
            )
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
            if interrupts.stopping:
                outcome, error = INTERRUPTED, "interrupted"
            else:
                outcome, error, died = FAILED, await _death(manager), True
        except RuntimeError as failure:
            outcome, error = FAILED, f"the kernel did not start: {failure}"
        finally:
            # From here on an interrupt waits: a kernel left alone would outlive us.
            interrupts.disarm()
            ticker.cancel()
            line.forget(name)
            if client.kc is not None:
                client.kc.stop_channels()
            # The Java kernels stop listening when asked to, but end when they are terminated only.
            manager.shutdown_wait_time = _PATIENCE
            # A busy kernel does not listen to a polite request.
            await ensure_async(manager.shutdown_kernel(now=outcome != PASSED))
    return Ending(outcome, done, len(cells), error, died)


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
        line.show(f"{name}  cell {at}/{total}  {elapsed}  {client.said}", name)
        await asyncio.sleep(1)


def _first_line(cell: NotebookNode, otherwise: str) -> str:
    """What a cell's error says, in one line."""
    errors = [o for o in cell.outputs if o.output_type == "error"]
    said = f"{errors[-1].ename}: {errors[-1].evalue}" if errors else otherwise
    if errors and errors[-1].ename == "CompilationException":
        # Its value is the snippet; the compiler's own words are in the trace, beside quoted code.
        trace = [_COLOUR.sub("", t).strip() for t in errors[-1].traceback]
        said = next((f"does not compile: {t}" for t in trace if t and t[0] != "|"), said)
    return next((s.strip() for s in said.splitlines() if s.strip()), "it failed and said nothing")
