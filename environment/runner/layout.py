"""Where things are in a working copy."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The folders and files that the commands read and write, under one root."""

    root: Path
    profile: str = ""
    """The Maven profile of the natives; each has a class path of its own."""

    @staticmethod
    def here() -> "Layout":
        """The working copy that holds this file."""
        return Layout(Path(__file__).resolve().parents[2])

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def requirements(self) -> Path:
        return self.root / "environment" / "requirements.txt"

    @property
    def private(self) -> Path:
        """All that is built here; git ignores it and it may be deleted at any time."""
        return self.root / "environment" / ".private"

    @property
    def venv(self) -> Path:
        return self.private / "venv"

    @property
    def venv_python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def modules(self) -> Path:
        """The modules of the library."""
        return self.root / "lib"

    @property
    def classpath(self) -> Path:
        """The class path, a jar a line; beside it are copies of the library's own jars, which
        kernels load: a rebuild cannot change them under their feet."""
        folder = self.private / (f"lib-{self.profile}" if self.profile else "lib")
        return folder / "classpath.txt"

    @property
    def cuda(self) -> Path:
        """CUDA's libraries, if environment/gpu/libraries fetched them."""
        return self.private / "cuda"

    @property
    def bundles(self) -> Path:
        return self.private / "bundles"

    @property
    def jupyter(self) -> Path:
        return self.private / "jupyter"

    def jupyter_environment(self, kernels: Path) -> dict[str, str]:
        """Keeps Jupyter to the working copy: kernels, settings, running servers."""
        return {
            "JUPYTER_PATH": str(kernels),
            "JUPYTER_DATA_DIR": str(self.jupyter / "data"),
            "JUPYTER_CONFIG_DIR": str(self.jupyter / "config"),
            "JUPYTER_RUNTIME_DIR": str(self.jupyter / "runtime"),
            "IPYTHONDIR": str(self.jupyter / "ipython"),
        }

    @property
    def logs(self) -> Path:
        return self.private / "logs"

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def runs(self) -> Path:
        """The store of finished and interrupted runs, shared by all scales."""
        return self.out / "runs"

    @property
    def tables(self) -> Path:
        """The committed tables of the larger scales."""
        return self.notebooks / "results"

    def results(self, scale: str) -> Path:
        """The folder of one scale's results; each notebook has a folder in it."""
        return self.out / scale

    def kept_verdicts(self, scale: str) -> Path:
        """The committed verdicts of a scale."""
        return self.notebooks / "results" / scale / "verdicts.csv"

    def shown(self, path: Path) -> str:
        """A path as the user would type it: from the root if it is below it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)
