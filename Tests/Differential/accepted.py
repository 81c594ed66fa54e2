# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Reads accepted.toml: the differences that are meant."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path


@dataclass
class Accepted:
    cases: str
    reason: str
    documentation: str
    differing: list[str] = field(default_factory=list)
    equal: list[str] = field(default_factory=list)

    @property
    def is_stale(self) -> bool:
        """Its cases were played and none of them differs."""
        return bool(self.equal) and not self.differing


class AcceptedDifferences:
    def __init__(self, path: Path) -> None:
        entries = tomllib.loads(path.read_text()).get("accepted", [])
        self.entries = [Accepted(**entry) for entry in entries]

    def record(self, name: str, differs: bool) -> Accepted | None:
        """Notes how a case came out; the entry that covers it, if one does."""
        for entry in self.entries:
            if fnmatchcase(name, entry.cases):
                (entry.differing if differs else entry.equal).append(name)
                return entry
        return None

    def unknown(self, names: list[str]) -> list[Accepted]:
        """Entries that no case of the whole table has."""
        return [
            entry
            for entry in self.entries
            if not any(fnmatchcase(name, entry.cases) for name in names)
        ]
