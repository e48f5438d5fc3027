"""environment/gpu/check and environment/gpu/libraries: is there a GPU, and all it needs?"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

from runner import build, cuda, datasets, files, options, tools
from runner.command import CommandFailed, run
from runner.experiments import MAIN
from runner.layout import Layout
from runner.preparation import BUSY
from runner.problem import Problem
from runner.progress import Line


def check(arguments: Sequence[str]) -> int:
    """Says what is there, builds the library and has it compare the device with the CPU."""
    parser = options.parser(
        "environment/gpu/check",
        "Says which device, driver and libraries there are, compares the device with the CPU and "
        "times training steps of a ResNet-18; or says in one line what is missing.",
    )
    options.add_device(parser, "cuda:0")
    parser.add_argument("--quick", action="store_true", help="a ResNet-8, and few steps")
    options.add_offline(parser)
    given = parser.parse_args(arguments)
    line = Line()
    layout = replace(Layout.here(), profile=cuda.profile(None, given.device))
    # What is missing of CUDA is said before anything is fetched or built.
    loader = cuda.loader(None, given.device, layout.cuda, os.environ, line.say)
    found = tools.check(os.environ)
    with files.exclusive(layout.private / "lock", BUSY):
        build.prepare(layout, found, given.offline, line)
        datasets.fetch(["cifar10"], layout, found, given.offline, line)
    argv = [found.java_home / "bin" / "java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
    argv += ["-cp", build.classpath(layout), MAIN]
    argv += ["check", "--device", given.device, *(["--quick"] if given.quick else [])]
    sys.stdout.flush()
    return subprocess.run(argv, env={**found.environment(), **loader}).returncode


def libraries(arguments: Sequence[str]) -> int:
    """Fetches CUDA's libraries into the private folder."""
    parser = options.parser(
        "environment/gpu/libraries",
        "Fetches CUDA 13.1, cuDNN 9 and NCCL 2 (1.9 GB, unpacked 2.9 GB) from Python's package "
        "index into environment/.private/cuda, for machines that have only NVIDIA's driver. "
        "NVIDIA's licence terms apply to them.",
    )
    parser.parse_args(arguments)
    layout, line = Layout.here(), Line()
    log = layout.logs / "cuda.log"
    part = layout.cuda.with_name("cuda.part")
    with files.exclusive(layout.private / "lock", BUSY):
        files.clear_folder(part)
        argv = [layout.private / "pip" / "bin" / "python", "-m", "pip", "install", "--no-cache-dir"]
        argv += ["--no-warn-script-location", "--target", part, *cuda.PACKAGES]
        try:
            if not argv[0].exists():
                venv = [sys.executable, "-m", "venv", layout.private / "pip"]
                run(venv, log, line, "pip", cwd=layout.root, env=os.environ)
            run(argv, log, line, "CUDA", cwd=layout.root, env=os.environ)
        except CommandFailed as error:
            if error.lacked_room():
                raise files.full_disk(part, "CUDA's libraries take 5 GB for a while. ") from error
            raise Problem(
                f"CUDA's libraries could not be fetched: {error.first_line('ERROR')} "
                f"Full log: {layout.shown(log)}"
            ) from error
        missing = cuda.find([part], lambda name: False).missing
        if missing:
            raise Problem(f"the packages do not hold {', '.join(missing)}")
        files.remove(layout.cuda)
        part.rename(layout.cuda)
    line.say(f"CUDA's libraries: {layout.shown(layout.cuda)}")
    return 0
