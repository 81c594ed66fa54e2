# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What was measured, as a table for the terminal and for the README."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from servers import Kind


@dataclass(frozen=True)
class Row:
    """A number for each server, and Martlet's against the better reference."""

    name: str
    title: str
    unit: str
    values: dict[Kind, float]
    # What Martlet's number divided by the better reference's is to be.
    goal: float | None = None
    # What Martlet's number itself is to be, in the row's unit.
    bound: float | None = None
    more_is_better: bool = True
    # Between the least and the most of several runs, as a part of the median.
    spread: float | None = None
    # Compared with this one, not with the better of the references.
    against: Kind | None = None
    # Of what is measured; Pub/Sub has a table of its own.
    group: str = ""

    def reference(self) -> float | None:
        if self.against is not None:
            return self.values.get(self.against)
        values = [value for kind, value in self.values.items() if kind.role == "reference"]
        if not values:
            return None
        return max(values) if self.more_is_better else min(values)

    def ratio(self, kind: Kind) -> float | None:
        reference = self.reference()
        if not reference or kind not in self.values:
            return None
        return self.values[kind] / reference

    def of_limit(self, kind: Kind) -> float | None:
        limits = [value for other, value in self.values.items() if other.role == "limit"]
        if not limits or kind not in self.values:
            return None
        return self.values[kind] / limits[0]

    def goal_text(self) -> str:
        sign = "≥" if self.more_is_better else "≤"
        if self.goal is not None:
            return f"{sign} {ratio_text(self.goal)}"
        return "" if self.bound is None else f"{sign} {number_text(self.bound)}"

    def meets_goal(self, kind: Kind) -> bool | None:
        if self.goal is not None:
            value, wanted = self.ratio(kind), self.goal
        else:
            value, wanted = self.values.get(kind), self.bound
        if value is None or wanted is None or kind not in self.values:
            return None
        return value >= wanted if self.more_is_better else value <= wanted


def number_text(value: float | None) -> str:
    if value is None:
        return "–"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def ratio_text(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 20 else f"{value:.2f}"


Column = tuple[str, Callable[[Row], str]]


def columns(kinds: list[Kind]) -> list[Column]:
    """The table's columns after the title: numbers, ratios, the goal, the limit."""
    martlets = [kind for kind in kinds if kind.role == "martlet"]
    result: list[Column] = [("unit", lambda row: row.unit)]
    for kind in kinds:
        result.append((kind.label, _value(kind)))
    for number, kind in enumerate(martlets, 1):
        mark = str(number) if len(martlets) > 1 else ""
        result.append((f"ratio {mark}".strip(), _ratio(kind)))
    result.append(("goal", lambda row: row.goal_text()))
    if any(kind.role == "limit" for kind in kinds):
        for number, kind in enumerate(martlets, 1):
            mark = str(number) if len(martlets) > 1 else ""
            result.append((f"of bare C {mark}".strip(), _of_limit(kind)))
    return result


def _value(kind: Kind) -> Callable[[Row], str]:
    return lambda row: number_text(row.values.get(kind))


def _ratio(kind: Kind) -> Callable[[Row], str]:
    def text(row: Row) -> str:
        met = {True: " ✓", False: " ✗", None: ""}[row.meets_goal(kind)]
        return ratio_text(row.ratio(kind)) + met

    return text


def _of_limit(kind: Kind) -> Callable[[Row], str]:
    return lambda row: ratio_text(row.of_limit(kind))


def _spread(row: Row) -> str:
    return "" if row.spread is None else f"± {row.spread * 50:.0f} %"


def markdown(rows: list[Row], kinds: list[Kind]) -> str:
    shown = columns(kinds)
    lines = ["| | " + " | ".join(name for name, _ in shown) + " |"]
    lines.append("|---|---|" + "---:|" * (len(shown) - 1))
    for row in rows:
        cells = [text(row) for _, text in shown]
        lines.append(f"| {row.title.strip()} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


class Terminal:
    """The table as it comes into being, a line at a time."""

    def __init__(self, kinds: list[Kind], title_width: int) -> None:
        self._columns = [*columns(kinds), ("spread", _spread)]
        self._widths = [max(12, len(name)) for name, _ in self._columns]
        self._title_width = title_width
        self._line("", [name for name, _ in self._columns])

    def add(self, row: Row) -> None:
        self._line(row.title, [text(row) for _, text in self._columns])

    def _line(self, title: str, cells: list[str]) -> None:
        padded = [cell.rjust(width) for cell, width in zip(cells, self._widths, strict=True)]
        print(title.ljust(self._title_width), *padded, flush=True)
