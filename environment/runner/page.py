"""out/index.html: every figure and every verdict on one page, without scripts."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from runner import carrying, results
from runner.progress import clock
from runner.results import Figure, Result, Table

_MARKS = {"holds": "&#10003;", "fails": "&#10007;", "undecided": "?"}
_OTHER = {results.DOES_NOT_APPLY: "&ndash;"}
_DIGITS = 4
_STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


def build(found: Sequence[Result], scale: str, base: str, others: Sequence[str]) -> str:
    """The page of one scale.

    `base` is put before each link (the folder of the scale as seen from the page, or nothing);
    `others` are links to the folders of other scales.
    """
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Unrolling SGD: results at scale {escape(scale)}</title>
<style>
{_STYLE}</style>
</head>
<body>
<header>
<p class="over">Unrolling SGD in Java</p>
<h1>Results at scale <em>{escape(scale)}</em></h1>
{_facts(found)}
{_warning(scale)}{_other_scales(others)}</header>
<main>
{_carrying(found, scale, base)}
{_overview(found, base)}
{"".join(_section(r, base) for r in found)}
</main>
<footer>Made by <code>environment/reproduce</code>, from the library in <code>lib/</code> and the
notebooks in <code>notebooks/</code>. A verdict is a function of a result table, with its thresholds
written down; it can fail.</footer>
</body>
</html>
"""


def _facts(found: Sequence[Result]) -> str:
    runs = [r.run for r in found if r.run]
    passed = sum(r.outcome == "passed" for r in found)
    every = sum(len(r.verdicts) for r in found)
    verdicts = every - results.count(found, results.DOES_NOT_APPLY)
    last = max(runs, key=lambda run: str(run.get("started", "")), default={})
    facts = [
        ("Claims that hold", f"{results.count(found, 'holds')} of {verdicts}"),
        ("Notebooks executed", f"{passed} of {len(found)}"),
        ("Computing time", clock(sum(float(run.get("seconds", 0)) for run in runs))),
        ("Last run", str(last.get("started", ""))[:10]),
        ("Commit", str(last.get("commit", ""))),
        ("Machine", _machine(last.get("machine", {}))),
    ]
    items = [f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in facts if v]
    return f'<dl class="facts">{"".join(items)}</dl>'


def _warning(scale: str) -> str:
    if scale != "smoke":
        return ""
    return (
        '<p class="warning">This scale shows that everything runs, and no more: its networks are'
        " too small for numbers and verdicts to mean anything.</p>\n"
    )


def _machine(machine: Mapping[str, Any]) -> str:
    if not machine:
        return ""
    memory = round(machine.get("memoryMb", 0) / 1024)
    return f"{machine.get('processors')} cores, {memory} GB"


def _other_scales(others: Sequence[str]) -> str:
    if not others:
        return ""
    links = [f'<a href="{quote(o)}index.html">{escape(o.strip("./"))}</a>' for o in others]
    return f'<p class="others">Other scales: {", ".join(links)}</p>\n'


def _carrying(found: Sequence[Result], scale: str, base: str) -> str:
    """The pictures that come before all words."""
    pictures = "".join(
        f"""<figure>
<a href="#{quote(one.notebook)}">
<img src="{quote(base + _shown(one.figure))}" alt="{escape(one.says)}"></a>
<figcaption><span>{escape(one.says)}</span><span>{escape(one.scale)} scale</span></figcaption>
</figure>
"""
        for one in carrying.find(found, scale)
    )
    return f'<div class="carrying">{pictures}</div>' if pictures else ""


def _shown(figure: Figure) -> str:
    return figure.files.get("svg") or figure.files.get("png", "")


def _overview(found: Sequence[Result], base: str) -> str:
    rows = "".join(_overview_row(r) for r in found)
    all_verdicts = f'<a href="{quote(base)}{results.VERDICTS}">all verdicts (CSV)</a>'
    return f"""<nav class="overview"><table>
<thead><tr><th>Notebook</th><th>Claims</th><th>Run</th><th class="number">Time</th></tr></thead>
<tbody>{rows}</tbody>
</table><p class="links">{all_verdicts}</p></nav>"""


def _overview_row(result: Result) -> str:
    badges = "".join(
        f'<span class="mark {_kind(v["outcome"])}" title="{escape(v["claim"])}: '
        f'{escape(v["outcome"])}">{_mark(v["outcome"])}</span>'
        for v in result.verdicts
    )
    seconds = result.run.get("seconds")
    return (
        f'<tr><td><a href="#{escape(result.name)}">{escape(result.name)}</a></td>'
        f"<td>{badges}</td><td>{_outcome(result)}</td>"
        f'<td class="number">{clock(seconds) if seconds is not None else ""}</td></tr>\n'
    )


def _section(result: Result, base: str) -> str:
    if not result.run:
        body = '<p class="quiet">Not run at this scale yet.</p>'
    else:
        body = "".join(
            [
                _meta(result),
                _failure(result, base),
                _verdicts(result.verdicts),
                '<div class="figures">' if result.figures else "",
                "".join(_figure(f, base) for f in result.figures),
                "</div>" if result.figures else "",
                "".join(_table(t, base) for t in result.tables),
            ]
        )
    links = [
        f'<a href="{quote(base + p)}">{"executed notebook" if p.endswith("html") else "ipynb"}</a>'
        for p in result.executed
    ]
    return f"""<section id="{escape(result.name)}">
<div class="head"><h2><span>{escape(result.name.split("-")[0])}</span> {escape(result.title)}</h2>
<p class="links">{" ".join(links)}</p></div>
{body}
</section>
"""


def _meta(result: Result) -> str:
    run, notes = result.run, result.notes
    versions = run.get("versions", {})
    seconds = run.get("seconds")
    engine = _list(notes.get("engine")) or run.get("engine") or "the notebook's own choice"
    facts = [
        ("scale", run.get("scale")),
        ("seeds", _list(notes.get("seeds", notes.get("seed")))),
        ("engine", engine),
        ("device", _list(notes.get("device")) or run.get("device")),
        ("run time", clock(seconds) if seconds is not None else None),
        ("started", str(run.get("started", "")).replace("T", " ").replace("+00:00", " UTC")),
        ("Java", versions.get("java")),
        ("kernel", versions.get("kernel")),
    ]
    items = [f"<span><b>{k}</b> {escape(str(v))}</span>" for k, v in facts if v not in (None, "")]
    return f'<p class="meta">{" ".join(items)}</p>'


def _list(value: Any) -> str:
    return ", ".join(str(v) for v in value) if isinstance(value, list) else str(value or "")


def _failure(result: Result, base: str) -> str:
    if result.outcome == "passed":
        return ""
    error = result.run.get("error", {})
    where = f" in cell {error['cell']}" if error.get("cell") else ""
    message = f"<br><code>{escape(str(error.get('message', '')))}</code>" if error else ""
    return (
        f'<p class="failure"><b>{escape(result.outcome.capitalize())}{where}</b>; what it had '
        f"made is below.{message}</p>"
    )


def _verdicts(rows: Sequence[Mapping[str, str]]) -> str:
    if not rows:
        return ""
    items = "".join(
        f'<li class="{_kind(v["outcome"])}"><span class="mark {_kind(v["outcome"])}">'
        f"{_mark(v['outcome'])}</span>"
        f'<div><p class="statement"><b>{escape(v["claim"])}</b> {escape(v["statement"])}</p>'
        f'<p class="evidence"><b>{escape(v["outcome"])}</b>: {escape(v["evidence"])}</p></div></li>'
        for v in rows
    )
    return f'<ul class="verdicts">{items}</ul>'


def _figure(figure: Figure, base: str) -> str:
    shown = _shown(figure)
    links = " ".join(
        f'<a href="{quote(base + path)}">{kind.upper()}</a>'
        for kind, path in sorted(figure.files.items())
    )
    return f"""<figure>
<a href="{quote(base + shown)}"><img src="{quote(base + shown)}" alt="{escape(figure.title)}"></a>
<figcaption><span>{escape(figure.title)}</span><span class="links">{links}</span></figcaption>
</figure>
"""


def _table(table: Table, base: str) -> str:
    rows = [[escape(_short(value)) for value in row] for row in table.rows]
    head = "".join(f"<th>{value}</th>" for value in (rows[0] if rows else []))
    body = "".join("<tr>" + "".join(f"<td>{v}</td>" for v in row) + "</tr>" for row in rows[1:])
    shown = f", first {len(rows) - 1} shown" if table.count > len(rows) - 1 else ""
    return f"""<details><summary>{escape(table.name.replace("-", " "))}
<small>{table.count} rows{shown}</small>
<a href="{quote(base + table.file)}">CSV</a></summary>
<div class="scroll"><table class="data">
<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>
</details>
"""


def _short(value: str) -> str:
    """A number with four digits that count; all of them are in the CSV."""
    try:
        number = float(value)
    except ValueError:
        return value
    return value if len(value) <= _DIGITS + 2 else f"{number:.{_DIGITS}g}"


def _outcome(result: Result) -> str:
    kinds = {"passed": "holds", "not run": "quiet"}
    return (
        f'<span class="state {kinds.get(result.outcome, "fails")}">{escape(result.outcome)}</span>'
    )


def _mark(outcome: str) -> str:
    return (_MARKS | _OTHER).get(outcome.lower(), "?")


def _kind(outcome: str) -> str:
    return outcome.lower() if outcome.lower() in _MARKS else "undecided"
