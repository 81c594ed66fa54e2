# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Random sequences of commands on streams, the same in every run, with all that there is to see
of the streams after each few of them."""

from __future__ import annotations

import random

from normalisers import hello, stream_facts, stream_times
from script import Arguments, Case, Request

SEQUENCES = 40
LENGTH = 60
KEYS = (b"s", b"s", b"s", b"t")
GROUPS = (b"g", b"g", b"h", b"")
CONSUMERS = (b"a", b"b", b"cc", b"")


class Words:
    def __init__(self, source: random.Random) -> None:
        self._source = source

    def one(self, *words: str) -> tuple[bytes, ...]:
        """One of these, which may be several words or none."""
        return tuple(self._source.choice(words).encode().split())

    def name(self, names: tuple[bytes, ...]) -> bytes:
        return self._source.choice(names)

    def number(self, most: int) -> bytes:
        return b"%d" % self._source.randint(0, most)

    def id(self) -> bytes:
        number = self._source.randint(0, 30)
        return self._source.choice((b"%d", b"%d-1", b"%d-0")) % number

    def range_end(self) -> bytes:
        return self._source.choice((b"-", b"+", b"(%b" % self.id(), self.id(), self.id()))

    def fields(self) -> tuple[bytes, ...]:
        return self.one("f 1 g x", "f 1 g x", "f 12345 g -7", "g 1 f 2", "f 1", "f v f w h 00")

    def ids(self) -> tuple[bytes, ...]:
        return tuple(self.id() for _ in range(self._source.randint(1, 4)))


def _add(words: Words) -> Arguments:
    option = words.one(
        "", "", "", "", "NOMKSTREAM", "MAXLEN 8", "MAXLEN ~ 8", "MINID 9", "MINID ~ 9",
        "MAXLEN ~ 2 LIMIT 3",
    )  # fmt: skip
    new = words.one("31-*", "31-*", "32-*") if words.number(9) > b"3" else (words.id(),)
    return (b"XADD", words.name(KEYS), *option, *new, *words.fields())


def _remove(words: Words) -> Arguments:
    return (b"XDEL", words.name(KEYS), *words.ids())


def _trim(words: Words) -> Arguments:
    key = words.name(KEYS)
    if words.number(1) == b"0":
        return (b"XTRIM", key, b"MAXLEN", *words.one("", "=", "~"), words.number(9))
    return (b"XTRIM", key, b"MINID", *words.one("", "=", "~"), words.id())


def _range(words: Words) -> Arguments:
    count = words.one("", "", "COUNT 2", "COUNT 0")
    ends = (words.range_end(), words.range_end())
    return (*words.one("XRANGE", "XREVRANGE"), words.name(KEYS), *ends, *count)


def _read(words: Words) -> Arguments:
    return (b"XREAD", *words.one("", "COUNT 2"), b"STREAMS", b"s", b"t", words.id(), words.id())


def _group(words: Words) -> Arguments:
    key, group = words.name(KEYS), words.name(GROUPS)
    more = words.one("", "", "ENTRIESREAD 3", "MKSTREAM")
    start = words.one("0", "$", "5")
    consumer = words.name(CONSUMERS)
    kind = words.number(9)
    if kind < b"5":
        return (b"XGROUP", b"CREATE", key, group, *start, *more)
    if kind < b"6":
        return (b"XGROUP", b"SETID", key, group, *start, *more)
    if kind < b"7":
        return (b"XGROUP", b"DESTROY", key, group)
    return (b"XGROUP", *words.one("CREATECONSUMER", "DELCONSUMER"), key, group, consumer)


def _deliver(words: Words) -> Arguments:
    options = (*words.one("", "COUNT 1", "COUNT 3"), *words.one("", "", "NOACK"))
    start = words.one(">", ">", ">", "0", "5-0")
    who = (words.name(GROUPS), words.name(CONSUMERS))
    return (b"XREADGROUP", b"GROUP", *who, *options, b"STREAMS", words.name(KEYS), *start)


def _acknowledge(words: Words) -> Arguments:
    return (b"XACK", words.name(KEYS), words.name(GROUPS), *words.ids())


def _pending(words: Words) -> Arguments:
    where = (b"XPENDING", words.name(KEYS), words.name(GROUPS))
    if words.number(2) == b"0":
        return where
    consumer = (words.name(CONSUMERS),) if words.number(2) == b"0" else ()
    return (*where, words.range_end(), words.range_end(), words.number(5), *consumer)


def _claim(words: Words) -> Arguments:
    who = (words.name(KEYS), words.name(GROUPS), words.name(CONSUMERS), b"0")
    if words.number(1) == b"0":
        count = words.one("", "COUNT 1", "COUNT 2")
        return (b"XAUTOCLAIM", *who, words.id(), *count, *words.one("", "JUSTID"))
    options = words.one("", "JUSTID", "FORCE", "RETRYCOUNT 4 FORCE", "LASTID 9", "FORCE JUSTID")
    return (b"XCLAIM", *who, *words.ids(), *options)


def _set(words: Words) -> Arguments:
    more = words.one("", "ENTRIESADDED 50", "ENTRIESADDED 50 MAXDELETEDID 4")
    return (b"XSETID", words.name(KEYS), *words.one("31", "32-5", "7"), *more)


def _others(words: Words) -> Arguments:
    key = words.name(KEYS)
    return words.one("XLEN", "XINFO GROUPS", "XINFO STREAM", "DEL") + (key,)


WEIGHTS = (
    (_add, 30), (_remove, 6), (_trim, 3), (_range, 6), (_read, 3), (_group, 10), (_deliver, 20),
    (_acknowledge, 7), (_pending, 5), (_claim, 9), (_set, 1), (_others, 2),
)  # fmt: skip
SHOWN = tuple((b"XINFO", b"STREAM", key, b"FULL", b"COUNT", b"0") for key in (b"s", b"t"))
CLEARED = (b"DEL", b"s", b"t")


def _sequence(seed: int) -> Case:
    source = random.Random(f"streams/{seed}")
    words = Words(source)
    kinds, weights = zip(*WEIGHTS)
    steps = [Request("A", ((b"HELLO", b"%d" % (2 + seed % 2)), CLEARED))]
    for index in range(LENGTH):
        kind = source.choices(kinds, weights)[0]
        steps.append(Request("A", (kind(words),)))
        if index % 6 == 5:
            steps.append(Request("A", SHOWN))
    steps.append(Request("A", (CLEARED,)))
    return Case(f"stream_sequences/{seed}", tuple(steps), (hello, stream_facts, stream_times))


CASES = [_sequence(seed) for seed in range(SEQUENCES)]
