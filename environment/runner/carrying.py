"""The four figures that carry the paper, each at the best scale at which it was drawn.

That is desk before paper: networks that work, in more settings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.options import SCALES
from runner.results import Figure, Result

_WANTED = (
    (("e1-pairs", "e1-distances"), "How far from the retrained model, over fine-tuning (E1)"),
    (("e2-accuracy",), "Accuracy against the unlearning error (E2)"),
    (("e6-v", "e6-visits"), "Privacy risk of what was forgotten (E6)"),
    (("e8-amortised", "e8-accuracy"), "What requests to forget cost (E8)"),
)
"""The names of figures, the first of them first, and what stands under them."""


@dataclass(frozen=True)
class Carrying:
    """A figure that carries the paper: what it shows, of which scale, and whose it is."""

    figure: Figure
    says: str
    scale: str
    notebook: str


def find(found: Sequence[Result], scale: str) -> list[Carrying]:
    """Those of the four that there are, on the page of a scale, in the paper's order.

    A figure of a table that is kept from a larger scale has that scale's name at its end.
    """
    larger = SCALES[SCALES.index(scale) + 1 :]
    there = {figure.name: (figure, r.name) for r in found for figure in r.figures}
    carrying = []
    for names, says in _WANTED:
        tried = [(f"{name}-{of}", of) for of in larger for name in names]
        tried += [(name, scale) for name in names]
        best = next(((there[name], of) for name, of in tried if name in there), None)
        if best:
            (figure, notebook), of = best
            carrying.append(Carrying(figure, says, of, notebook))
    return carrying
