# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Random sequences of all commands on the same few keys, over two connections: values of the wrong
type, keys that take another's place, transactions that watch them."""

from __future__ import annotations

import random

from key_families import HASHES, LISTS, SETS, SORTED_SETS
from key_sequences import KEYS, WAITING, Command, Words
from normalisers import hello, multisets, remaining
from script import Arguments, Case, Request, Step
from string_family import STRINGS

GENERIC: tuple[Command, ...] = (
    lambda w: (b"DEL", *w.keys()),
    lambda w: (b"UNLINK", *w.keys()),
    lambda w: (w.one_of(b"RENAME", b"RENAMENX"), w.key(), w.key()),
    lambda w: (b"COPY", w.key(), w.key(), *w.maybe(b"REPLACE")),
    lambda w: (b"EXISTS", *w.keys()),
    lambda w: (b"TYPE", w.key()),
    lambda w: (b"EXPIRE", w.key(), w.one_of(b"1000", b"1000", b"0", b"-5", b"x")),
    lambda w: (b"EXPIRE", w.key(), b"1000", w.one_of(b"NX", b"XX")),
    lambda w: (b"PEXPIREAT", w.key(), w.one_of(b"4000000000123", b"1")),
    lambda w: (w.one_of(b"PERSIST", b"TTL", b"TOUCH"), w.key()),
    lambda w: (b"SORT", w.key(), b"ALPHA", *w.maybe(b"STORE", w.key())),
    lambda w: (b"OBJECT", b"REFCOUNT", b"nosuch"),
)
WRONG: tuple[Arguments, ...] = (
    (b"GET",), (b"NOSUCH", b"k1"), (b"LPUSH", b"k1"), (b"WATCH", b"k1"), (b"MULTI",),
)  # fmt: skip
FAMILIES = (LISTS, HASHES, SETS, SORTED_SETS, STRINGS)


class MixedGenerator:
    """The same seed gives the same sequences."""

    def __init__(self, seed: int, length: int) -> None:
        self._seed = seed
        self._length = length

    def case(self, index: int) -> Case:
        name = f"random/mixed/{self._seed}/{index}"
        source = random.Random(name)
        words = Words(source)
        version = source.choice((b"2", b"3"))
        steps: list[Step] = [Request(one, ((b"HELLO", version),)) for one in ("A", "B")]
        steps.append(Request("A", ((b"DEL", *KEYS), (b"SET", b"text", b"x"))))
        while len(steps) < self._length:
            if source.random() < 0.15:
                steps += _transaction(source, words)
            else:
                steps.append(_single(source.choice("AB"), _command(source, words)))
        return Case(name, tuple(steps), (hello, multisets, remaining))


def _command(source: random.Random, words: Words) -> Arguments:
    while True:
        commands = GENERIC if source.random() < 0.3 else source.choice(FAMILIES).commands
        command = source.choice(commands)(words)
        # In Redis SORT unpacks the sorted set that it reads.
        if command[:2] != (b"OBJECT", b"ENCODING"):
            return command


def _single(connection: str, command: Arguments) -> Request:
    if command[0] in WAITING:
        # Inside MULTI nobody waits.
        return Request(connection, ((b"MULTI",), command, (b"EXEC",)))
    return Request(connection, (command,))


def _transaction(source: random.Random, words: Words) -> list[Step]:
    """A watches, somebody may interfere, and A begins and ends a transaction."""
    steps: list[Step] = []
    if source.random() < 0.7:
        steps.append(Request("A", ((b"WATCH", *words.keys()),)))
        if source.random() < 0.6:
            steps.append(_single("B", _command(source, words)))
        if source.random() < 0.3:
            # EXEC would end the watch, and with it what is to be seen.
            command = _command(source, words)
            if command[0] not in WAITING:
                steps.append(Request("A", (command,)))
        if source.random() < 0.1:
            steps.append(Request("A", ((b"UNWATCH",),)))
    queued = [_command(source, words) for _ in range(source.randint(1, 4))]
    if source.random() < 0.15:
        queued.insert(source.randint(0, len(queued)), source.choice(WRONG))
    end = (b"DISCARD",) if source.random() < 0.1 else (b"EXEC",)
    if source.random() < 0.5:
        steps.append(Request("A", ((b"MULTI",), *queued, end)))
    else:
        steps += [Request("A", (command,)) for command in ((b"MULTI",), *queued, end)]
    return steps
