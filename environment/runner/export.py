"""An executed notebook as one HTML file that needs nothing else, not even a network."""

import html
import re

from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

_STYLE = """
<style>
math { font-size: 1.08em; }
math[display="block"] { margin: 0.9em 0; overflow-x: auto; }
@media print { .jp-Cell { break-inside: avoid; } }
</style>
"""


def to_html(notebook: NotebookNode, title: str) -> str:
    """The page of a notebook: pictures inside, formulas as MathML, no script."""
    exporter = _Exporter()
    body, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": title}})
    body = re.sub(r"<script\b.*?</script>", "", body, flags=re.S | re.I)
    return body.replace("</head>", _STYLE + "</head>", 1)


def to_mathml(formula: str, display: str) -> str:
    """A LaTeX formula as MathML; as its own text if it is beyond the converter.

    `display` is "inline" or "block".
    """
    # The converter knows these environments by their starred siblings only.
    known = re.sub(r"\\(begin|end)\{(?:aligned|split)\}", r"\\\1{align*}", formula)
    known = re.sub(r"\\(begin|end)\{gathered\}", r"\\\1{gather*}", known)
    try:
        mathml = convert(known.strip(), display=display)
    except Exception:  # a converter's bug must not cost the page
        return f"<code>{html.escape(formula.strip())}</code>"
    # A prime is raised as it is; made a superscript, it shrinks to a speck.
    prime = r"<msup>(<mi>[^<]*</mi>)<mi>(&#x0203[234];)</mi></msup>"
    return re.sub(prime, r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', mathml)


class _Renderer(IPythonRenderer):
    def block_math(self, body: str) -> str:
        return to_mathml(body, "block")

    def inline_math(self, body: str) -> str:
        return to_mathml(body, "inline")

    def latex_environment(self, name: str, body: str) -> str:
        return to_mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")


class _Exporter(HTMLExporter):
    @pass_context
    def markdown2html(self, context, source):  # type: ignore[no-untyped-def]
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = _Renderer(escape=False, attachments=attachments, anchor_link_text="")
        return MarkdownWithMath(renderer=renderer).render(source)

    def default_filters(self):  # type: ignore[no-untyped-def]
        yield from super().default_filters()
        yield ("markdown2html", self.markdown2html)
