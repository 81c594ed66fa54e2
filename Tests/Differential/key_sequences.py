# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Random sequences of the commands of one family, on one connection."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from normalisers import hello
from script import Arguments, Case, Normaliser, Request

KEYS = (b"k1", b"k2", b"k3")
WORDS = (b"a", b"b", b"c", b"1", b"-7", b"300", b"70000", b"", b"01", b"long" * 15, b"\x00\xff\r\n")
NUMBERS = (0, 0, 1, 1, 2, 3, -1, -2, -3, 5, 100, -100)
WAITING = (
    b"BLPOP", b"BRPOP", b"BLMOVE", b"BRPOPLPUSH", b"BLMPOP", b"BZPOPMIN", b"BZPOPMAX", b"BZMPOP",
)  # fmt: skip


class Words:
    """A command's arguments, drawn one after the other."""

    def __init__(self, source: random.Random) -> None:
        self._source = source

    def one_of(self, *words: bytes) -> bytes:
        return self._source.choice(words)

    def one_of_these(self, *words: Arguments) -> Arguments:
        return self._source.choice(words)

    def up_to(self, most: int) -> int:
        return self._source.randint(1, most)

    def key(self) -> bytes:
        # Now and then a key that is of another type.
        return self._source.choice(KEYS) if self._source.random() < 0.97 else b"text"

    def keys(self) -> Arguments:
        return tuple(self.key() for _ in range(self._source.randint(1, 3)))

    def counted_keys(self) -> Arguments:
        keys = self.keys()
        return (b"%d" % len(keys), *keys)

    def word(self) -> bytes:
        return self._source.choice(WORDS)

    def words(self, most: int = 4) -> Arguments:
        return tuple(self.word() for _ in range(self._source.randint(1, most)))

    def pairs(self, names: tuple[bytes, ...]) -> Arguments:
        count = self._source.randint(1, 3)
        return tuple(word for _ in range(count) for word in (self.one_of(*names), self.word()))

    def scored(self, scores: tuple[bytes, ...]) -> Arguments:
        count = self._source.randint(1, 3)
        return tuple(word for _ in range(count) for word in (self.one_of(*scores), self.word()))

    def number(self) -> bytes:
        return b"%d" % self._source.choice(NUMBERS)

    def count(self) -> bytes:
        return b"%d" % self._source.choice((0, 1, 1, 2, 3, 10))

    def maybe(self, *words: bytes) -> Arguments:
        return words if self._source.random() < 0.4 else ()


Command = Callable[[Words], Arguments]


@dataclass(frozen=True)
class Family:
    name: str
    commands: tuple[Command, ...]
    """Each as likely as any other."""
    normalisers: tuple[Normaliser, ...] = ()
    opening: Callable[[Words], tuple[Arguments, ...]] = lambda words: ()
    """What is sent before the first of them."""
    cleanup: tuple[Arguments, ...] = ()
    since_7_2: bool = False


class KeyGenerator:
    """The same seed gives the same sequences."""

    def __init__(self, seed: int, length: int, family: Family) -> None:
        self._seed = seed
        self._length = length
        self._family = family

    def case(self, index: int) -> Case:
        name = f"random/{self._family.name}/{self._seed}/{index}"
        source = random.Random(name)
        words = Words(source)
        opening = (
            Request("A", ((b"HELLO", source.choice((b"2", b"3"))),)),
            Request("A", ((b"DEL", *KEYS), (b"SET", b"text", b"x"))),
            *(Request("A", (arguments,)) for arguments in self._family.opening(words)),
        )
        steps = tuple(self._step(source, words) for _ in range(self._length))
        return Case(
            name, opening + steps, (hello, *self._family.normalisers),
            cleanup=self._family.cleanup, since_7_2=self._family.since_7_2,
        )

    def _step(self, source: random.Random, words: Words) -> Request:
        command = source.choice(self._family.commands)(words)
        if command[0] in WAITING:
            # Inside MULTI nobody waits.
            return Request("A", ((b"MULTI",), command, (b"EXEC",)))
        return Request("A", (command,))
