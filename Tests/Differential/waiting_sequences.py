# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Random sequences in which three clients wait for keys and a fourth serves them, lets go of them
or takes the keys away.

A client that waits answers nothing, so that each wait is begun with ECHO and followed by a look at
CLIENT LIST, and a client is used again only after CLIENT UNBLOCK, or when its time is up.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from normalisers import hello
from script import Arguments, Case, Request, Step, Until

WAITERS = ("A", "B", "C")
SERVER = "D"
LISTS = (b"l", b"m", b"n")
SORTED_SETS = (b"y", b"z")
STREAM = b"x"
KEYS = (*LISTS, *SORTED_SETS, STREAM)
SIDES = (b"LEFT", b"RIGHT")
SETUP = (b"XGROUP", b"CREATE", STREAM, b"g", b"$", b"MKSTREAM")


class WaitingGenerator:
    """The same seed gives the same sequences."""

    def __init__(self, seed: int, length: int) -> None:
        self._seed = seed
        self._length = length

    def case(self, index: int) -> Case:
        name = f"random/waiting/{self._seed}/{index}"
        return Case(name, tuple(_Sequence(random.Random(name)).steps(self._length)), (hello,))


class _Sequence:
    def __init__(self, source: random.Random) -> None:
        self._source = source
        self._busy: set[str] = set()
        self._next_id = 1

    def steps(self, length: int) -> list[Step]:
        choice = self._source.choice
        steps: list[Step] = [
            Request(name, ((b"HELLO", choice((b"2", b"3"))),)) for name in (*WAITERS, SERVER)
        ]
        steps.append(Request(SERVER, ((b"DEL", *KEYS), SETUP)))
        for _ in range(length):
            free = [name for name in WAITERS if name not in self._busy]
            kind = self._source.random()
            if free and kind < 0.45:
                steps += self._wait(choice(free))
            elif self._busy and kind > 0.85:
                steps.append(self._unblock(choice(sorted(self._busy))))
            else:
                steps.append(Request(SERVER, self._serving()))
        steps += [self._unblock(name) for name in sorted(self._busy)]
        look = [(b"LRANGE", key, b"0", b"-1") for key in LISTS]
        look += [(b"ZRANGE", key, b"0", b"-1") for key in SORTED_SETS]
        return [*steps, Request(SERVER, (*look, (b"XLEN", STREAM)))]

    def _wait(self, name: str) -> list[Step]:
        mine = b"{id:%s}" % name.encode()
        is_short = self._source.random() < 0.1
        command = self._waiting(name, b"0.01" if is_short else b"0")
        steps: list[Step] = [
            Request(name, ((b"ECHO", b"free"),)),
            Request(name, (command,)),
            Until(b"cmd=" + command[0].lower(), (b"CLIENT", b"LIST", b"ID", mine)),
        ]
        if is_short:
            steps.append(Until(b"flags=N", (b"CLIENT", b"LIST", b"ID", mine)))
        else:
            self._busy.add(name)
        return steps

    def _waiting(self, name: str, timeout: bytes) -> Arguments:
        choice, count = self._source.choice, b"%d" % self._source.randint(1, 3)
        lists, sorted_sets = self._some(LISTS), self._some(SORTED_SETS)
        milliseconds = b"0" if timeout == b"0" else b"10"
        consumer = name.encode()
        kinds: tuple[Callable[[], Arguments], ...] = (
            lambda: (choice((b"BLPOP", b"BRPOP")), *lists, timeout),
            lambda: (choice((b"BLPOP", b"BRPOP")), *lists, timeout),
            lambda: (
                b"BLMOVE", choice(LISTS), choice(LISTS), choice(SIDES), choice(SIDES), timeout,
            ),
            lambda: (b"BRPOPLPUSH", choice(LISTS), choice(LISTS), timeout),
            lambda: (
                b"BLMPOP", timeout, b"%d" % len(lists), *lists, choice(SIDES), b"COUNT", count,
            ),
            lambda: (choice((b"BZPOPMIN", b"BZPOPMAX")), *sorted_sets, timeout),
            lambda: (
                b"BZMPOP", timeout, b"%d" % len(sorted_sets), *sorted_sets,
                choice((b"MIN", b"MAX")), b"COUNT", count,
            ),
            lambda: (b"XREAD", b"BLOCK", milliseconds, b"STREAMS", STREAM, b"$"),
            lambda: (
                b"XREADGROUP", b"GROUP", b"g", consumer, b"COUNT", count, b"BLOCK", milliseconds,
                b"STREAMS", STREAM, b">",
            ),
        )  # fmt: skip
        return choice(kinds)()

    def _unblock(self, name: str) -> Request:
        self._busy.discard(name)
        how = self._source.choice(((), (b"TIMEOUT",), (b"ERROR",)))
        return Request(SERVER, ((b"CLIENT", b"UNBLOCK", b"{id:%s}" % name.encode(), *how),))

    def _serving(self) -> tuple[Arguments, ...]:
        """One command, or several in a transaction."""
        if self._source.random() < 0.7:
            return (self._service(),)
        commands = [self._service() for _ in range(self._source.randint(1, 4))]
        return ((b"MULTI",), *commands, (b"EXEC",))

    def _service(self) -> Arguments:
        choice = self._source.choice
        push = (choice((b"LPUSH", b"RPUSH")), choice(LISTS), *self._some((b"1", b"2", b"3")))
        score = b"%d" % self._source.randint(0, 9)
        add = (b"ZADD", choice(SORTED_SETS), score, choice((b"p", b"q")))
        kinds: tuple[Callable[[], Arguments], ...] = (
            lambda: push,
            lambda: push,
            lambda: push,
            lambda: add,
            lambda: add,
            self._entry,
            self._entry,
            lambda: (choice((b"LPOP", b"RPOP")), choice(LISTS)),
            lambda: (b"LMOVE", choice(LISTS), choice(LISTS), choice(SIDES), choice(SIDES)),
            # A key keeps its type: Redis does not wake for one that a result was stored over.
            lambda: (b"RENAME", choice(LISTS), choice(LISTS)),
            lambda: (b"RENAME", choice(SORTED_SETS), choice(SORTED_SETS)),
            lambda: (b"COPY", choice(LISTS), choice(LISTS), b"REPLACE"),
            lambda: (b"DEL", choice(KEYS[:-1])),
            lambda: (b"SORT", choice(LISTS), b"ALPHA", b"STORE", choice(LISTS)),
            lambda: (b"ZUNIONSTORE", choice(SORTED_SETS), b"1", choice(SORTED_SETS)),
            lambda: (b"LINSERT", choice(LISTS), b"BEFORE", b"1", b"0"),
            lambda: (b"XDEL", STREAM, b"%d-1" % (self._next_id - 1)),
        )
        return choice(kinds)()

    def _entry(self) -> Arguments:
        self._next_id += 1
        return (b"XADD", STREAM, b"%d-1" % (self._next_id - 1), b"f", b"v")

    def _some(self, names: tuple[bytes, ...]) -> Arguments:
        return tuple(self._source.sample(names, self._source.randint(1, len(names))))
