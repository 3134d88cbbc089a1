"""A dependency graph as a picture: SVG that needs nothing but itself, with text that can be selected.

A column for each level of installation, what was asked for on the left, what requires nothing on the
right. A line that passes a column does so through a gap there, which all lines to one release share.
Keeps true: the same graph gives the same bytes, and no name or range becomes markup.
"""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.dependencies import edges, size_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ggen_graph.core.dependencies import DependencyGraph
    from ggen_graph.core.release import ReleaseId

    Place = tuple[int, ReleaseId]
    """A release in its own column, or the gap in another through which the lines to it pass."""

# Pixels. A character is as wide as in the usual fonts of fixed width.
_CHARACTER, _SMALL_CHARACTER, _PADDING, _MARGIN, _HEAD = 7.9, 6.7, 10, 24, 30
_BOX, _ROW, _GAP, _BETWEEN = 40, 52, 18, 90
_LONGEST = 40
"""Characters of a name or a range; a longer one is cut, and whole where it is pointed at."""
_FEW = 30
"""Requirements; of more, a range is told only where its line is pointed at."""
_SWEEPS = 12
_MOST_GAPS = 20_000
"""Where lines would need more, they go straight, behind what is in their way."""

_STYLE = (
    "text{font:13px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1c2733}"
    "text.small{font-size:11px;fill:#5b6b7b}"
    "rect.box{fill:#fff;stroke:#8a9bac}rect.asked{fill:#e3effb;stroke:#2f6fb0;stroke-width:2}"
    "path{fill:none;stroke:#8a9bac;stroke-opacity:.6;stroke-width:1.3}"
    "path:hover{stroke:#c2410c;stroke-opacity:1;stroke-width:2.5}"
    "text.range{text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:4px}"
)

# XML 1.0 §2.2: what no document may hold, not even as a reference.
_NO_XML = r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


class _Layout(NamedTuple):
    """Where everything stands.

    Attributes:
        ways: (who asks, what was chosen) → the places that their line passes.
        own: release → the column that it stands in.
        middles: place → its middle, from the top.
        lefts: the left edge of each column.
        widths: the width of each column.
    """

    ways: dict[tuple[ReleaseId, ReleaseId], list[Place]]
    own: dict[ReleaseId, int]
    middles: dict[Place, float]
    lefts: list[float]
    widths: list[float]


def svg(graph: DependencyGraph) -> str:
    """The graph as the text of an SVG document."""
    levels = graph.levels()
    top = max(levels.values(), default=0)
    own = {release: top - level for release, level in levels.items()}
    ranged = len(list(edges(graph))) <= _FEW
    layout = _lay_out(graph, own, ranged=ranged)
    right = layout.lefts[-1] + layout.widths[-1] if top else 0
    width, height = right + _MARGIN, max(layout.middles.values(), default=0) + _BOX / 2 + _MARGIN
    size = f"{max(width, 200):.0f} {height:.0f}"
    drawn = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}"'.format(*size.split())
        + f' viewBox="0 0 {size}" role="img">',
        f"<title>{_text(graph.total())}</title>",
        f"<style>{_STYLE}</style>",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    drawn += (_line(layout, *edge) for edge in edges(graph))
    if ranged:
        drawn += (_range(layout, *edge) for edge in edges(graph))
    drawn += (
        f'<text class="small" x="{left:.1f}" y="{_MARGIN}">level {top - column}</text>'
        for column, left in enumerate(layout.lefts)
    )
    asked = {root.chosen: root.range for root in graph.roots}
    drawn += (_release(layout, graph, release, asked) for release in graph.releases)
    return "\n".join([*drawn, "</svg>"])


def _lay_out(graph: DependencyGraph, own: dict[ReleaseId, int], *, ranged: bool) -> _Layout:
    columns: list[list[Place]] = [[] for _ in range(max(own.values(), default=-1) + 1)]
    joined: dict[Place, list[Place]] = {(own[one], one): [] for one in graph.releases}
    ways = _ways(graph, own)
    for way in ways.values():
        for place, following in pairwise(way):
            joined.setdefault(place, []).append(following)
            joined.setdefault(following, []).append(place)
    for place in joined:
        columns[place[0]].append(place)
    middles = _stand(columns, joined, own)
    widths = [
        2 * _PADDING
        + _CHARACTER
        * max(min(len(str(one)), _LONGEST) for column, one in places if own[one] == column)
        for places in columns
    ]
    ranges = (min(len(text), _LONGEST) for _, text, _ in edges(graph))
    between = _BETWEEN + (_SMALL_CHARACTER * max(ranges, default=0) if ranged else 0)
    lefts = [_MARGIN + sum(widths[:at]) + between * at for at in range(len(widths))]
    return _Layout(ways, own, middles, lefts, widths)


def _ways(
    graph: DependencyGraph, own: Mapping[ReleaseId, int]
) -> dict[tuple[ReleaseId, ReleaseId], list[Place]]:
    """The places that each line passes; one that closes a circle goes straight back."""
    pairs = {(asker, chosen): (own[asker], own[chosen]) for asker, _, chosen in edges(graph)}
    bent = sum(max(end - start, 0) for start, end in pairs.values()) <= _MOST_GAPS
    return {
        (asker, chosen): [
            (start, asker),
            *((column, chosen) for column in range(start + 1, end if bent else start)),
            (end, chosen),
        ]
        for (asker, chosen), (start, end) in pairs.items()
    }


def _stand(
    columns: list[list[Place]],
    joined: Mapping[Place, Sequence[Place]],
    own: Mapping[ReleaseId, int],
) -> dict[Place, float]:
    """Put each column in order, by the middle of what each place is joined to, and that is near it.

    It is the barycenter heuristic of Sugiyama, Tagawa and Toda (1981), to and fro.
    """
    heights = {place: _ROW if own[place[1]] == place[0] else _GAP for place in joined}
    middles: dict[Place, float] = {}

    def settle(column: list[Place], wished: Mapping[Place, float]) -> None:
        """Place a column in the order of what is wished, as near to it as there is room."""
        column.sort(key=lambda place: (wished[place], place))
        at = float("-inf")
        for place in column:
            middles[place] = max(wished[place], at + heights[place] / 2)
            at = middles[place] + heights[place] / 2
        off = sum(middles[place] - wished[place] for place in column) / len(column)
        for place in column:
            middles[place] -= off

    for column in columns:
        settle(column, {place: float(at) for at, place in enumerate(sorted(column))})
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 else columns[::-1]:
            wished = {}
            for place in column:
                others = joined[place] or [place]
                wished[place] = sum(middles[other] for other in others) / len(others)
            settle(column, wished)
    highest = min(middles.values(), default=0)
    shift = _MARGIN + _HEAD + _BOX / 2 - highest
    return {place: middle + shift for place, middle in middles.items()}


def _points(layout: _Layout, asker: ReleaseId, chosen: ReleaseId) -> list[tuple[float, float]]:
    """Where a line leaves and enters columns: right of who asks, through gaps, left of the chosen."""
    points: list[tuple[float, float]] = []
    for column, release in layout.ways[asker, chosen]:
        left, y = layout.lefts[column], layout.middles[column, release]
        points += [(left, y), (left + layout.widths[column], y)]
    return points[1:-1]


def _line(layout: _Layout, asker: ReleaseId, text: str, chosen: ReleaseId) -> str:
    points = _points(layout, asker, chosen)
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for number, ((x, y), (to_x, to_y)) in enumerate(pairwise(points)):
        bend = (to_x - x) / 2
        path += (
            f"H{to_x:.1f}"  # behind a column
            if number % 2
            else f"C{x + bend:.1f} {y:.1f} {to_x - bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        )
    told = _text(f"{asker} requires {chosen.name} {text}: {chosen.version}")
    return f'<path d="{path}"><title>{told}</title></path>'


def _range(layout: _Layout, asker: ReleaseId, text: str, chosen: ReleaseId) -> str:
    (x, y), (to_x, to_y), *_ = _points(layout, asker, chosen)
    at_x, at_y = (x + to_x) / 2, (y + to_y) / 2 + 4
    return f'<text class="small range" x="{at_x:.1f}" y="{at_y:.1f}">{_short(text)}</text>'


def _release(
    layout: _Layout, graph: DependencyGraph, release: ReleaseId, asked: Mapping[ReleaseId, str]
) -> str:
    column = layout.own[release]
    left, y = layout.lefts[column], layout.middles[column, release]
    kind = "box asked" if release in asked else "box"
    size = size_text(graph.sizes.get(release))
    wanted = f", asked for as {asked[release]}" if asked.get(release) else ""
    return (
        f"<g><title>{_text(f'{release}, {size}{wanted}')}</title>"
        f'<rect class="{kind}" x="{left:.1f}" y="{y - _BOX / 2:.1f}"'
        f' width="{layout.widths[column]:.1f}" height="{_BOX}" rx="6"/>'
        f'<text x="{left + _PADDING:.1f}" y="{y - 3:.1f}">{_short(str(release))}</text>'
        f'<text class="small" x="{left + _PADDING:.1f}" y="{y + 13:.1f}">{size}</text></g>'
    )


def _short(text: str) -> str:
    return _text(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def _text(text: str) -> str:
    """A text that XML takes as text; characters that it can't hold are replaced."""
    return escape(re.sub(_NO_XML, "\ufffd", text))
