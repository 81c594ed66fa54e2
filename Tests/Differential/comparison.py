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

from player import Counts, Transcript
from resp import Value, encoded
from script import Case


@dataclass(frozen=True)
class Difference:
    connection: str
    step: str
    expected: tuple[bytes, ...]
    """One for each reference."""
    actual: bytes


def least_counts(references: Sequence[Transcript]) -> list[Counts]:
    """What a subject surely must reach after each step, whichever reference it follows."""
    return [
        {name: min(mark[name] for mark in marks if name in mark) for name in marks[0]}
        for marks in zip(*(reference.marks for reference in references))
    ]


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
