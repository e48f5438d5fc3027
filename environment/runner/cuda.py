"""What LibTorch needs of a machine to compute on its GPU: a driver, and CUDA's libraries."""

import ctypes
import glob
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.problem import Problem

VARIABLE = "UNROLLING_CUDA_LIBRARIES"
"""Environment variable: folders, as in PATH, below which CUDA's libraries are."""

DRIVER = "libcuda.so.1"
LOWEST_DRIVER = 580

LIBRARIES = {
    "libcudart.so.13": "CUDA 13",
    "libcublas.so.13": "CUDA 13",
    "libcublasLt.so.13": "CUDA 13",
    "libcufft.so.12": "CUDA 13",
    "libcufile.so.0": "CUDA 13",
    "libcupti.so.13": "CUDA 13",
    "libcurand.so.10": "CUDA 13",
    "libcusolver.so.12": "CUDA 13",
    "libcusparse.so.12": "CUDA 13",
    "libnvJitLink.so.13": "CUDA 13",
    "libcudnn.so.9": "cuDNN 9",
    "libnccl.so.2": "NCCL 2",
}
"""What LibTorch's natives are linked with, and the product each belongs to."""

PACKAGES = (
    "cuda-toolkit[cublas,cudart,cufft,cufile,cupti,curand,cusolver,cusparse,nvjitlink,nvrtc]==13.1.*",
    "nvidia-cudnn-cu13",
    "nvidia-nccl-cu13",
)
"""The Python packages that hold them."""

_PLACES = (
    "/usr/local/cuda/lib64",
    "/usr/local/cuda/targets/x86_64-linux/lib",
    "/usr/local/cuda/extras/CUPTI/lib64",
    "/usr/local/cuda-13*/lib64",
    "/usr/local/cuda-13*/targets/x86_64-linux/lib",
    "/usr/local/cuda-13*/extras/CUPTI/lib64",
)

Seen = Callable[[str], bool]


def is_cuda(device: str | None) -> bool:
    """Whether a device is a GPU."""
    return (device or "cpu").startswith("cuda")


def profile(engine: str | None, device: str | None) -> str:
    """The Maven profile with an engine's natives for a device; empty for a CPU."""
    if not is_cuda(device):
        return ""
    return "nd4j-cuda" if engine == "dl4j" else "cuda"


@dataclass(frozen=True)
class Found:
    """Where each library is: a folder, or "" where the system's loader finds it by itself."""

    places: Mapping[str, str]

    @property
    def missing(self) -> list[str]:
        return [name for name in LIBRARIES if name not in self.places]

    @property
    def folders(self) -> list[str]:
        """The folders that the loader must be told of, each once."""
        return list(dict.fromkeys(p for p in self.places.values() if p))

    def lines(self) -> list[str]:
        """One line a library, for the user."""
        return [f"{n:<20} {self.places[n] or 'the system'}" for n in LIBRARIES if n in self.places]


def system_has(name: str) -> bool:
    """Whether the system's loader finds a library by itself: it is asked to."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def find(folders: Iterable[Path], seen: Seen = system_has) -> Found:
    """Looks below the given folders, then where the loader looks, then where CUDA is installed."""
    below = [p for folder in folders for p in sorted(Path(folder).rglob("lib*.so*"))]
    usual = [Path(p) for place in _PLACES for p in sorted(glob.glob(f"{place}/lib*.so*"))]
    given, installed = _by_name(below), _by_name(usual)
    places: dict[str, str] = {}
    for name in LIBRARIES:
        if name in given:
            places[name] = given[name]
        elif seen(name):
            places[name] = ""
        elif name in installed:
            places[name] = installed[name]
    return Found(places)


def _by_name(paths: Sequence[Path]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in paths:
        found.setdefault(path.name, str(path.parent))
    return found


def folders(environment: Mapping[str, str], own: Path) -> list[Path]:
    """Where to look first: the folders that the environment names, and our own if it is there."""
    named = [Path(p) for p in environment.get(VARIABLE, "").split(os.pathsep) if p]
    for folder in named:
        if not folder.is_dir():
            raise Problem(f"{VARIABLE} names {folder}, which is no folder.", 2)
    return [*named, *([own] if own.is_dir() else [])]


def _ask(query: str) -> list[str]:
    """What NVIDIA's own tool says of the GPUs, a line each; nothing if there is no such tool."""
    argv = ["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader"]
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, errors="replace", timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]


def gpus() -> list[str]:
    """Name, compute capability and memory of each GPU."""
    return _ask("name,compute_cap,memory.total")


def driver() -> str:
    """The driver's version; empty if it does not say."""
    told = _ask("driver_version")
    if told:
        return told[0]
    try:
        said = Path("/proc/driver/nvidia/version").read_text(errors="replace")
    except OSError:
        return ""
    match = re.search(r"\s(\d+\.\d[\d.]*)\s", said)
    return match.group(1) if match else ""


def require(found: Found, seen: Seen = system_has, version: Callable[[], str] = driver) -> str:
    """The driver's version; a problem of one line that names what is missing, and the way out."""
    if not seen(DRIVER):
        raise Problem(
            f"there is no NVIDIA driver ({DRIVER} is not found); CUDA 13 needs driver "
            f"{LOWEST_DRIVER} or newer, and a GPU of compute capability 7.5 to 12.0: see "
            "environment/gpu/README.md, or use --device cpu"
        )
    there = version()
    major = re.match(r"\d+", there)
    if major and int(major[0]) < LOWEST_DRIVER:
        raise Problem(f"the NVIDIA driver is {there}; CUDA 13 needs {LOWEST_DRIVER} or newer")
    if found.missing:
        products = ", ".join(dict.fromkeys(LIBRARIES[name] for name in found.missing))
        raise Problem(
            f"missing of {products}: {', '.join(found.missing)}; environment/gpu/libraries fetches "
            f"them, or {VARIABLE} names the folder that holds them"
        )
    return there or "of unknown version"


def environment(found: Found, given: Mapping[str, str]) -> dict[str, str]:
    """What tells the loader of the libraries that it does not find by itself."""
    path = [*found.folders, *(p for p in given.get("LD_LIBRARY_PATH", "").split(":") if p)]
    return {"LD_LIBRARY_PATH": ":".join(dict.fromkeys(path))} if found.folders else {}


def loader(
    engine: str | None,
    device: str | None,
    own: Path,
    given: Mapping[str, str],
    tell: Callable[[str], None] = lambda line: None,
) -> dict[str, str]:
    """What LibTorch's loader needs for a device, told line by line; a problem if there is no GPU.

    Nothing for a CPU, and for DeepLearning4J, whose CUDA is another.
    """
    if profile(engine, device) != "cuda":
        return {}
    found = find(folders(given, own))
    tell(f"Driver: {require(found)}")
    for gpu in gpus():
        tell(f"GPU: {gpu}")
    for library in found.lines():
        tell(f"Library: {library}")
    return environment(found, given)
