"""The ratios as a picture: an SVG of bars on a logarithmic axis, left of 1 is faster than the reference."""

from __future__ import annotations

import math
from typing import Final
from xml.sax.saxutils import escape

from benchmarks.engines import OURS, REFERENCE
from benchmarks.measure import Result
from benchmarks.report import others

COLOURS: Final = ["#2f6f8f", "#c9a35b", "#8a8a8a"]
FASTER: Final = "#3f9b5f"
LEFT: Final = 290
PLOT: Final = 560
RIGHT: Final = 50
TOP: Final = 84
BAR: Final = 10
GAP: Final = 8
LOW: Final = 0.1
HIGH: Final = 20.0
TICKS: Final = [0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20]


def _x(ratio: float) -> float:
    """The place of a ratio on the axis, whose ends hold what lies beyond them."""
    inside = min(max(ratio, LOW), HIGH)
    return LEFT + PLOT * math.log(inside / LOW) / math.log(HIGH / LOW)


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(text)}</text>'


def _bars(y: float, r: Result, names: list[str]) -> list[str]:
    """A bar from 1 to the ratio for each engine, with the figure at its end."""
    lines = []
    for i, name in enumerate(names):
        ratio = r.ratios.get(name)
        if ratio is None:
            continue
        at, one = _x(ratio), _x(1)
        colour = FASTER if name == OURS and ratio < 1 else COLOURS[i]
        width = max(abs(at - one), 1)
        lines.append(
            f'<rect x="{min(at, one):.1f}" y="{y:.1f}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'
        )
        place = (at + 4, "start") if ratio >= 1 else (at - 4, "end")
        lines.append(_text(place[0], y + BAR - 1, f"{ratio:.2f}", f'text-anchor="{place[1]}" class="figure"'))
        y += BAR
    return lines


def svg(where: str, results: list[Result], engines: list[str]) -> str:
    """The picture of all results."""
    names = others(engines)
    step = BAR * len(names) + GAP
    bottom = TOP + step * len(results)
    width, height = LEFT + PLOT + RIGHT, bottom + 30
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
        "<style>.figure{font-size:9px;fill:#444}.note{fill:#666}</style>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
        _text(
            12, 20, f"Time relative to {REFERENCE}: left of 1 is faster", 'font-size="14" font-weight="bold"'
        ),
        _text(12, 37, where, 'class="note"'),
    ]
    for tick in TICKS:
        x = _x(tick)
        colour = "#333" if tick == 1 else "#bbb" if tick == 3 else "#e6e6e6"
        lines.append(f'<line x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{bottom}" stroke="{colour}"/>')
        for y in (TOP - 10, bottom + 12):
            lines.append(_text(x, y, f"{tick:g}", 'text-anchor="middle" class="note"'))
    legend = [(COLOURS[i], name) for i, name in enumerate(names)]
    if OURS in names:
        legend.insert(1, (FASTER, f"{OURS} where it is faster"))
    for i, (colour, name) in enumerate(legend):
        x = LEFT + 180 * i
        lines.append(f'<rect x="{x}" y="48" width="10" height="10" fill="{colour}"/>')
        lines.append(_text(x + 15, 57, name))
    for i, r in enumerate(results):
        y = TOP + i * step
        lines.append(_text(LEFT - 36, y + step / 2, r.name, 'text-anchor="end"'))
        lines += _bars(y, r, names)
    return "\n".join([*lines, "</svg>"]) + "\n"
