"""A stream cut into numbered files of a given size, each with its checksum."""

import hashlib
from pathlib import Path
from typing import BinaryIO

SUMS = "SHA256SUMS"

JOIN = """\
#!/bin/sh
# Checks the pieces in this folder and unpacks what they make: ./join [FOLDER]
cd "$(dirname "$0")" || exit 1
sha256sum --quiet --check {sums} || {{
  echo "join: a piece is missing or damaged (see above); copy it again" >&2
  exit 1
}}
mkdir -p "${{1:-.}}" && cat {archive}.[0-9]* | tar -x -C "${{1:-.}}"
"""
"""The script that checks and joins; {archive} is what the pieces are called, {sums} the list."""


class Pieces:
    """Takes bytes and writes them to NAME.000, NAME.001 and so on, of `size` bytes each."""

    def __init__(self, folder: Path, name: str, size: int) -> None:
        self._folder = folder
        self._name = name
        self._size = size
        self._file: BinaryIO | None = None
        self._left = 0
        self._digest = hashlib.sha256()
        self.sums: list[tuple[str, str]] = []

    def write(self, data: bytes) -> int:
        """Writes all of the data, to as many pieces as it takes."""
        view = memoryview(data)
        while view:
            if self._left == 0:
                self._next()
            part = view[: self._left]
            assert self._file is not None
            self._file.write(part)
            self._digest.update(part)
            self._left -= len(part)
            view = view[len(part) :]
        return len(data)

    def __enter__(self) -> "Pieces":
        return self

    def __exit__(self, *raised: object) -> None:
        self._end()

    def _next(self) -> None:
        self._end()
        path = self._folder / f"{self._name}.{len(self.sums):03}"
        self._file = path.open("wb")
        self._left = self._size

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()
            self.sums.append((Path(self._file.name).name, self._digest.hexdigest()))
            self._file = None
            self._digest = hashlib.sha256()
