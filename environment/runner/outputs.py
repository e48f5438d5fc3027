"""An executed notebook's outputs without what differs from run to run or tells of a machine."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from runner import pixels
from runner.problem import Problem

Notebook = dict[str, Any]
Output = dict[str, Any]

_PROGRESS = '<div style="opacity:0.75;font-family:monospace">'
"""How a line of progress begins (Html#progress): whether there is one depends on what is kept."""

_OBJECT = re.compile(r"\b((?:\w+[.$])*\w+)@[0-9a-f]{5,8}\b")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
_TIME = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?= ?(?:ms|s|seconds|minutes)\b)")


def code_cells(notebook: Notebook) -> list[dict[str, Any]]:
    """All code cells, empty ones too."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def code(notebook: Notebook) -> list[str]:
    """What stands in them."""
    return ["".join(cell["source"]) for cell in code_cells(notebook)]


def stable(cell: dict[str, Any], number: int, name: str, root: Path, halved: bool) -> list[Output]:
    """What a code cell of an executed notebook showed, as it would come out again.

    Left out are lines of progress, what went to the log, and values that are an object's address;
    times are replaced by a sign, paths by those from the working copy or the home folder.
    `number` is the cell's among those that run something, from 1 on. Figures are made smaller,
    and half as wide if `halved`. A problem if an output is an error, or an SVG without a PNG.
    """
    found: list[Output] = []
    for output in cell["outputs"]:
        kind, data = output["output_type"], output.get("data", {})
        if kind == "error":
            raise Problem(f"{name} shows the error {output.get('ename')} in cell {number}.")
        if kind == "stream":
            text = _text(output["text"], root)
            if output["name"] != "stdout":
                continue
            if found and found[-1]["output_type"] == "stream":
                found[-1]["text"] = _lines("".join(found[-1]["text"]) + text)
            else:
                found.append({"name": "stdout", "output_type": "stream", "text": _lines(text)})
            continue
        if _is_progress(data) or (kind == "execute_result" and _is_address(data)):
            continue
        if "image/svg+xml" in data and "image/png" not in data:
            raise Problem(f"{name} shows an SVG without a PNG in cell {number}; use notebook.show.")
        kept: Output = {
            "data": {
                mime: _png(value, name, halved)
                if mime == "image/png"
                else _lines(_text(value, root))
                for mime, value in sorted(data.items())
                if mime in ("image/png", "text/html", "text/plain")
            },
            "metadata": output.get("metadata", {}),
            "output_type": kind,
        }
        found.append(kept | ({"execution_count": number} if kind == "execute_result" else {}))
    return found


def told(outputs: Iterable[Output]) -> str:
    """All text of some outputs."""
    return "\n".join(
        "".join(value)
        for output in outputs
        for mime, value in {"text": output.get("text", ""), **output.get("data", {})}.items()
        if mime != "image/png"
    )


def _text(value: str | list[str], root: Path) -> str:
    text = "".join(value)
    for place, shown in ((f"{root}/", ""), (str(root), "."), (str(Path.home()), "~")):
        text = text.replace(place, shown) if place.strip("/") else text
    text = _OBJECT.sub(r"\1", _ADDRESS.sub("0x…", text))
    return _TIME.sub("…", text)


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _is_progress(data: dict[str, Any]) -> bool:
    return "".join(data.get("text/html", "")).startswith(_PROGRESS)


def _is_address(data: dict[str, Any]) -> bool:
    return _OBJECT.fullmatch("".join(data.get("text/plain", "")).strip()) is not None


def _png(value: str | list[str], name: str, halved: bool) -> str:
    try:
        png = base64.b64decode("".join(value), validate=False)
    except binascii.Error as error:
        raise Problem(f"{name} holds a picture that is not base 64: {error}.") from error
    return base64.b64encode(pixels.smaller(png, halved)).decode()


def shown(notebook: Notebook) -> str:
    """A notebook as a text to compare: its cells, and a word for what is no text."""
    parts: list[str] = []
    for cell in notebook["cells"]:
        parts.append(f"---- {cell['cell_type']}\n{''.join(cell['source'])}")
        for output in cell.get("outputs", []):
            parts += [f"  -- {line}" for line in _summary(output)]
    return "\n".join(parts) + "\n"


def _summary(output: Output) -> list[str]:
    data = output.get("data", {})
    plain = "".join(output.get("text", data.get("text/plain", "")))
    size: Callable[[str], int] = lambda mime: len("".join(data[mime])) * 3 // 4  # noqa: E731
    pictures = [f"{mime}, {size(mime):,} bytes" for mime in data if mime.startswith("image/")]
    return [*plain.splitlines(), *pictures]
