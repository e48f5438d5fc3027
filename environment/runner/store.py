"""Where runs are kept, and which sources they come from."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from runner.layout import Layout


def environment(layout: Layout, given: Mapping[str, str]) -> dict[str, str]:
    """Where results are kept and where they come from, unless the user says otherwise."""
    ours = {
        "UNROLLING_RESULTS": str(layout.runs),
        "UNROLLING_TABLES": str(layout.tables),
        "UNROLLING_COMMIT": commit(layout.root) or "unknown",
    }
    return {name: given.get(name, value) for name, value in ours.items()}


def commit(root: Path) -> str:
    """The short commit, with "+" if the working copy differs; empty without git."""
    git = shutil.which("git")
    if git is None:
        return ""
    argv = [git, "-C", str(root)]
    try:
        head = subprocess.run(
            [*argv, "rev-parse", "--short", "HEAD"], capture_output=True, check=True
        )
        changed = subprocess.run(
            [*argv, "status", "--porcelain", "--untracked-files=no"], capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.stdout.decode().strip() + ("+" if changed.stdout.strip() else "")
