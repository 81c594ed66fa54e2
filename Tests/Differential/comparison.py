# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Judges a subject's transcript against those of the references.

The unit of judgement is what one connection received because of one step: those bytes must be
Redis's or Valkey's. Where the two references gave different numbers of values, the steps are
judged together, since the subject's values cannot be attributed to one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from player import Counts, Ranges, Transcript
from resp import Value, encoded
from script import Case


@dataclass(frozen=True)
class Difference:
    connection: str
    step: str
    expected: tuple[bytes, ...]
    """One for each reference."""
    actual: bytes


def increments(references: Sequence[Transcript]) -> list[Ranges]:
    """How many values each step brought to each connection: the least and the most that a
    reference gave."""
    steps: list[Ranges] = []
    for index, mark in enumerate(references[0].marks):
        step: Ranges = {}
        for name in mark:
            gained = [_gained(reference.marks, index, name) for reference in references]
            step[name] = (min(gained), max(gained))
        steps.append(step)
    return steps


def _gained(marks: Sequence[Counts], index: int, name: str) -> int:
    before = marks[index - 1].get(name, 0) if index else 0
    return marks[index][name] - before


def normalised(case: Case, values: list[Value]) -> bytes:
    for normaliser in case.normalisers:
        values = normaliser(values)
    return encoded(values)


def difference(
    case: Case, references: Sequence[Transcript], subject: Transcript
) -> Difference | None:
    """The first difference, if there is one."""
    for name in references[0].values:
        found = _connection_difference(case, name, references, subject)
        if found is not None:
            return found
    return None


def _connection_difference(
    case: Case, name: str, references: Sequence[Transcript], subject: Transcript
) -> Difference | None:
    received = subject.values.get(name, [])
    previous, first = 0, 0
    ends: list[tuple[int, int | None]] = []
    for index in range(len(case.steps)):
        counts = {reference.marks[index].get(name, 0) for reference in references}
        if len(counts) == 1:
            ends.append((index, counts.pop()))
    ends.append((len(case.steps), None))
    for index, end in ends:
        expected = tuple(
            normalised(case, reference.values[name][previous:end]) for reference in references
        )
        actual = normalised(case, received[previous:end])
        if actual not in expected:
            return Difference(name, _steps(case, first, index), expected, actual)
        previous, first = (end if end is not None else 0), index + 1
    return None


def _steps(case: Case, first: int, last: int) -> str:
    if first >= len(case.steps):
        return "barrier"
    last_name = "barrier" if last >= len(case.steps) else f"step {last + 1}"
    return last_name if first == last else f"step {first + 1} to {last_name}"
