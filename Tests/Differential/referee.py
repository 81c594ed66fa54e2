# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Plays a case on the references and on the subject and says how it came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comparison import Difference, difference, increments
from player import Player, Transcript
from script import Case
from servers import Server


@dataclass(frozen=True)
class Outcome:
    case: Case
    references: tuple[str, ...] = ()
    difference: Difference | None = None
    problem: str | None = None
    skipped: str | None = None

    @property
    def failed(self) -> bool:
        return self.difference is not None or self.problem is not None

    @property
    def differs(self) -> bool:
        """Failed, and not because a reference could not play it."""
        return self.difference is not None


class Referee:
    def __init__(self, references: Sequence[Server], subject: Server) -> None:
        self._references = [Player(server) for server in references]
        self._subject = Player(subject)
        self._played = 0

    @property
    def subject_is_reference(self) -> bool:
        return self._subject.server.is_reference

    def judge(self, case: Case) -> Outcome:
        players = self._references
        if case.since_7_2:
            players = [item for item in players if item.server.name == "valkey"]
            if not players:
                return Outcome(case, skipped="needs Valkey as the reference")
            if self._subject.server.binary.name == "redis-server":
                return Outcome(case, skipped="Redis 7.0 does not have this")
        names = tuple(player.server.name for player in players)
        self._played += 1
        token = b"token-%d" % self._played
        transcripts = [player.play(case, token, None) for player in players]
        for name, transcript in zip(names, transcripts):
            if transcript.problem is not None:
                problem = f"the case cannot be played on {name}: {transcript.problem}"
                return Outcome(case, names, problem=problem)
        subject = self._subject.play(case, token, increments(transcripts))
        return self._compared(case, names, transcripts, subject)

    def _compared(
        self,
        case: Case,
        names: tuple[str, ...],
        references: Sequence[Transcript],
        subject: Transcript,
    ) -> Outcome:
        found = difference(case, references, subject)
        return Outcome(case, names, difference=found, problem=subject.problem)
