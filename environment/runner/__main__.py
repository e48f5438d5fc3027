"""Starts one of the commands; whatever ends it ends with one message."""

import signal
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from runner import bundle, claims, experiments, files, gpu, lab, reproduce  # noqa: E402
from runner.problem import Problem  # noqa: E402

_COMMANDS = {
    "reproduce": reproduce.main,
    "notebook": lab.main,
    "unrolling": experiments.main,
    "gpu/check": gpu.check,
    "gpu/libraries": gpu.libraries,
    "gpu/bundle": bundle.main,
    "claims": claims.main,
}


def main() -> int:
    """Runs a command and turns what it raises into a message and an exit status."""
    name, *arguments = sys.argv[1:]
    # A polite kill is handled as Ctrl-C is: kernels stop, what was finished stays.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _COMMANDS[name](arguments)
    except Problem as problem:
        print(f"environment/{name}: {problem}", file=sys.stderr)
        return problem.status
    except (KeyboardInterrupt, Exception) as error:
        if _was_interrupted(error):
            print(f"\nenvironment/{name}: interrupted; what was finished is kept", file=sys.stderr)
            return 130
        if not files.is_full(error):
            raise
        place = getattr(error, "filename", None) or Path(__file__).resolve()
        print(f"environment/{name}: {files.full_disk(Path(place))}", file=sys.stderr)
        return 1


def _was_interrupted(error: BaseException | None) -> bool:
    # An interrupt in the middle of an import comes out as the cause of another error.
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


if __name__ == "__main__":
    sys.exit(main())
