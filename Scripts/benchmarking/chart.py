# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The chart for the README: messages per second, the better of Redis and Valkey being 1."""

from __future__ import annotations

from xml.sax.saxutils import escape

from report import Row, ratio_text
from servers import Kind

WIDTH = 860
TITLE_WIDTH = 390
BAR_HEIGHT = 12
GAP = 14
TOP = 78
# Longer bars are cut; their number tells.
RATIO_MAX = 3.0
PLOT_WIDTH = WIDTH - TITLE_WIDTH - 70
COLOURS = {
    "martlet": ("#e8590c", "#f08c00", "#ffc078"),
    "reference": ("#868e96", "#ced4da"),
}


def svg(rows: list[Row], kinds: list[Kind]) -> str:
    """A group of bars for each row, a bar for each server."""
    shown = [kind for kind in kinds if kind.role in COLOURS]
    colours = _colours(shown)
    group = BAR_HEIGHT * len(shown) + GAP
    height = TOP + group * len(rows) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        *_legend(shown, colours),
        *_grid(height),
    ]
    for number, row in enumerate(rows):
        top = TOP + group * number
        middle = top + BAR_HEIGHT * len(shown) / 2
        parts.append(_text(TITLE_WIDTH - 10, middle + 4, row.title, "end"))
        for place, kind in enumerate(shown):
            ratio = row.ratio(kind)
            if ratio is not None:
                parts += _bar(top + BAR_HEIGHT * place, ratio, colours[kind])
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _colours(kinds: list[Kind]) -> dict[Kind, str]:
    used = dict.fromkeys(COLOURS, 0)
    result = {}
    for kind in kinds:
        palette = COLOURS[kind.role]
        result[kind] = palette[used[kind.role] % len(palette)]
        used[kind.role] += 1
    return result


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = "#212529") -> str:
    # The white rim keeps numbers legible on the lines of the grid.
    rim = 'stroke="#fff" stroke-width="3" paint-order="stroke"'
    attributes = f'x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}" {rim}'
    return f"<text {attributes}>{escape(text)}</text>"


def _legend(kinds: list[Kind], colours: dict[Kind, str]) -> list[str]:
    parts = []
    x = 12.0
    for kind in kinds:
        parts.append(f'<rect x="{x:.0f}" y="32" width="12" height="12" fill="{colours[kind]}"/>')
        parts.append(_text(x + 18, 42, kind.label))
        x += 18 + 7.5 * len(kind.label) + 20
    title = "Messages per second. 1 is the better of the others; more is better."
    parts.append(_text(12, 20, title))
    return parts


def _grid(height: int) -> list[str]:
    parts = []
    for step in range(int(RATIO_MAX * 2) + 1):
        x = TITLE_WIDTH + PLOT_WIDTH * step / 2 / RATIO_MAX
        colour = "#495057" if step == 2 else "#e9ecef"
        parts.append(
            f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{height - 8}" stroke="{colour}"/>'
        )
        parts.append(_text(x, TOP - 14, f"{step / 2:g}", "middle", "#495057"))
    return parts


def _bar(top: float, ratio: float, colour: str) -> list[str]:
    width = PLOT_WIDTH * min(ratio, RATIO_MAX) / RATIO_MAX
    bar = (
        f'<rect x="{TITLE_WIDTH}" y="{top:.0f}" width="{width:.1f}" '
        f'height="{BAR_HEIGHT - 2}" fill="{colour}"/>'
    )
    label = ("» " if ratio > RATIO_MAX else "") + ratio_text(ratio)
    return [bar, _text(TITLE_WIDTH + width + 4, top + BAR_HEIGHT - 3, label)]
