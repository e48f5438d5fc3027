"""environment/reproduce: everything from nothing to out/index.html."""

import asyncio
import json
import os
import platform
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from runner import crash, files, kernels, page, publish, results, sources, store
from runner.layout import Layout
from runner.options import SMALL_SCALES, Options, parse_reproduce
from runner.preparation import Prepared, prepare
from runner.problem import Problem
from runner.progress import Line, clock
from runner.signals import Interrupts, Stopped
from runner.sources import Source


def main(arguments: Sequence[str]) -> int:
    """Prepares, executes the notebooks, and makes the pages."""
    layout, line = Layout.here(), Line()
    options = parse_reproduce(arguments)
    every = sources.find(layout.notebooks)
    chosen = sources.choose(every, options.only)
    prepared = prepare("reproduce", arguments, options, chosen, layout, line)
    out = layout.results(options.scale)
    out.mkdir(parents=True, exist_ok=True)
    busy = f"another environment/reproduce --scale {options.scale} is running in this working copy."
    with files.exclusive(layout.private / f"running-{options.scale}.lock", busy):
        os.environ.update(prepared.tools.environment())
        os.environ.update(options.environment(str(out)))
        os.environ.update(store.environment(layout, os.environ))
        os.environ.update(layout.jupyter_environment(prepared.jupyter_path))
        line.say(f"Scale {options.scale}, kernel {prepared.kernel.display_name}")
        begun = time.monotonic()
        runs = asyncio.run(_run_all(every, chosen, options, prepared, layout, line))
        took = time.monotonic() - begun
        for trouble in make_pages(every, options.scale, layout):
            line.say(trouble)
        return _summary(runs, took, results_of(chosen, out), layout, line)


def results_of(chosen: Sequence[Source], out: Path) -> list[results.Result]:
    """What the notebooks have left so far."""
    return [results.read(s.name, s.title, out / s.name) for s in chosen]


async def _run_all(
    every: Sequence[Source],
    chosen: Sequence[Source],
    options: Options,
    prepared: Prepared,
    layout: Layout,
    line: Line,
) -> list[dict[str, Any]]:
    """Executes the notebooks, as many at a time as asked for, in the order in which they stand.

    Returns what each run.json says.
    """
    runs: dict[str, dict[str, Any]] = {}
    waiting = iter(chosen)

    async def work(interrupts: Interrupts) -> None:
        try:
            for source in waiting:
                runs[source.name] = await _run(source, options, prepared, layout, line, interrupts)
                make_pages(every, options.scale, layout)
                # A signal that came meanwhile is told to the loop, which must turn for that.
                await asyncio.sleep(0.01)
                if interrupts.stopping:
                    return
        except BaseException:
            interrupts.stop()
            raise

    with Interrupts() as interrupts:
        workers = (work(interrupts) for _ in range(prepared.at_once))
        ended = await asyncio.gather(*workers, return_exceptions=True)
    if interrupts.came:
        raise Stopped(interrupts.came)
    for error in filter(None, ended):
        raise error
    return [runs[source.name] for source in chosen]


async def _run(
    source: Source,
    options: Options,
    prepared: Prepared,
    layout: Layout,
    line: Line,
    interrupts: Interrupts,
) -> dict[str, Any]:
    """Executes one notebook into its folder; returns what its run.json says."""
    # Only the private Python has these.
    import nbformat

    from runner import execute, export

    folder = layout.results(options.scale) / source.name
    files.clear_folder(folder)
    record = {
        "notebook": source.name,
        "scale": options.scale,
        "engine": options.engine or "",
        "device": options.device or "cpu",
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "atOnce": prepared.at_once,
        "outcome": "running",
        **_provenance(prepared, layout),
    }
    _write_json(folder / results.RUN, record)
    start, begun = time.monotonic(), time.time()
    try:
        notebook = nbformat.read(source.path, as_version=4)
    except Exception as error:  # a notebook may be broken in any way
        raise Problem(
            f"{source.path} is not a notebook: {error}. Restore it: git checkout {source.path}"
        ) from error
    publish.forget(notebook.metadata)
    log = layout.logs / f"kernel-{source.name}.log"
    is_brief = options.scale in SMALL_SCALES and not source.computes_in_java
    env = kernels.brief(os.environ) if is_brief else os.environ
    ending = await execute.execute(
        notebook, source.name, layout.notebooks, log, env, line, interrupts
    )
    executed = folder / f"{source.name}.ipynb"
    files.write_atomic(executed, nbformat.writes(notebook) + "\n")
    files.write_atomic(folder / f"{source.name}.html", export.to_html(notebook, source.name))
    record |= {
        "outcome": ending.outcome,
        "seconds": round(time.monotonic() - start, 1),
        "cells": {"done": ending.done, "total": ending.total},
    }
    took = clock(record["seconds"])
    if ending.outcome == execute.PASSED:
        line.say(f"{source.name:<28} passed  {took}  {ending.total} cells")
    else:
        said = ending.error
        if ending.died:
            kept = Path(os.environ["UNROLLING_RESULTS"])
            told = crash.tell(kept, begun, [layout.logs, layout.notebooks])
            said += f". {told} The kernel's log: {layout.shown(log)}"
        record["error"] = {"cell": ending.cell, "message": said}
        line.say(
            f"{source.name:<28} {ending.outcome}  {took}  in cell {ending.cell} of {ending.total}: "
            f"{said}\n  partial notebook: {layout.shown(executed)}"
        )
    _write_json(folder / results.RUN, record)
    return record


def make_pages(every: Sequence[Source], scale: str, layout: Layout) -> list[str]:
    """Makes the index page of a scale, the same in out/, and the combined verdicts.

    Returns what could not be read and is left out, a sentence each.
    """
    out = layout.results(scale)
    there = results_of(every, out)
    others = sorted(p.parent.name for p in layout.out.glob("*/index.html") if p.parent != out)
    files.write_atomic(out / results.VERDICTS, results.combined(there))
    files.write_atomic(
        out / "index.html", page.build(there, scale, "", [f"../{o}/" for o in others])
    )
    files.write_atomic(
        layout.out / "index.html", page.build(there, scale, f"{scale}/", [f"{o}/" for o in others])
    )
    again = f"left out of the page; environment/reproduce --scale {scale} --only"
    return [
        f"{trouble}; {again} {r.name.split('-')[0]} makes it anew"
        for r in there
        for trouble in r.troubles
    ]


def _summary(
    runs: Sequence[dict[str, Any]],
    took: float,
    done: Sequence[results.Result],
    layout: Layout,
    line: Line,
) -> int:
    failed = [r for r in runs if r["outcome"] != "passed"]
    counts = ", ".join(f"{o} {results.count(done, o)}" for o in ("holds", "fails", "undecided"))
    line.say(
        f"{len(runs) - len(failed)} of {len(runs)} notebooks passed in {clock(took)}; "
        f"claims: {counts}"
    )
    line.say(f"Results: {layout.shown(layout.out / 'index.html')}")
    if failed:
        told = "; ".join(
            f"{r['notebook']}, cell {r['error']['cell']}: {r['error']['message']}" for r in failed
        )
        raise Problem(f"{len(failed)} of {len(runs)} notebooks failed: {told}")
    return 0


def _provenance(prepared: Prepared, layout: Layout) -> dict[str, Any]:
    """Where and with what it ran."""
    return {
        "commit": store.commit(layout.root),
        "library": prepared.library,
        "versions": {
            "java": prepared.tools.java.version,
            "maven": prepared.tools.maven.version,
            "python": platform.python_version(),
            "kernel": prepared.kernel.display_name,
            **{name: metadata.version(name) for name in ("jjava", "nbclient", "nbconvert")},
        },
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "processors": kernels.processors(),
            "memoryMb": kernels.memory(),
        },
    }


def _write_json(path: Path, value: dict[str, Any]) -> None:
    files.write_atomic(path, json.dumps(value, indent=2) + "\n")
