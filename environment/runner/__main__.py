"""Starts one of the commands; whatever ends it ends with one message."""

import os
import signal
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from runner import (  # noqa: E402
    bundle,
    campaign,
    claims,
    experiments,
    files,
    fresh,
    gpu,
    lab,
    publish,
    reproduce,
    signals,
    table,
)
from runner.problem import Problem  # noqa: E402

_COMMANDS = {
    "reproduce": reproduce.main,
    "publish": publish.main,
    "notebook": lab.main,
    "benchmark": table.main,
    "unrolling": experiments.main,
    "gpu/check": gpu.check,
    "gpu/libraries": gpu.libraries,
    "gpu/bundle": bundle.main,
    "claims": claims.main,
    "campaign": campaign.main,
    "container/fresh": fresh.main,
}


def main() -> int:
    """Runs a command and turns what it raises into a message and an exit status."""
    name, *arguments = sys.argv[1:]
    signals.handle_termination()
    for stream in (sys.stdout, sys.stderr):
        if stream.errors == "strict":
            # A name that the terminal cannot show must not end the command.
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _COMMANDS[name](arguments)
        sys.stdout.flush()
        return status
    except Problem as problem:
        print(f"environment/{name}: {problem}", file=sys.stderr)
        return problem.status
    except BrokenPipeError:
        # Nobody reads any more, so there is nobody to tell; nor at the end of Python.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except (KeyboardInterrupt, Exception) as error:
        status = signals.status_of(error)
        if status:
            print(f"\nenvironment/{name}: interrupted; what was finished is kept", file=sys.stderr)
            return status
        if not isinstance(error, OSError):
            raise
        print(f"environment/{name}: {files.trouble(error)}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
