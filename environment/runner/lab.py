"""environment/notebook: JupyterLab on the notebooks, with the same kernel."""

import os
from collections.abc import Sequence

from runner import sources, store
from runner.layout import Layout
from runner.options import parse_notebook
from runner.preparation import prepare
from runner.progress import Line


def main(arguments: Sequence[str]) -> int:
    """Prepares and becomes JupyterLab."""
    layout, line = Layout.here(), Line()
    options = parse_notebook(arguments)
    found = sources.find(layout.notebooks)
    prepared = prepare("notebook", arguments, options, found, layout, line)
    out = layout.results(options.scale)
    out.mkdir(parents=True, exist_ok=True)
    environment = {
        **prepared.tools.environment(),
        **options.environment(str(out)),
        **store.environment(layout, os.environ),
        **layout.jupyter_environment(prepared.jupyter_path),
    }
    line.say(f"JupyterLab at scale {options.scale}, kernel {prepared.kernel.display_name}")
    jupyter = str(layout.venv / "bin" / "jupyter-lab")
    argv = [jupyter, str(layout.notebooks), "--KernelSpecManager.allowed_kernelspecs=java"]
    os.execve(jupyter, [*argv, *options.rest], environment)
