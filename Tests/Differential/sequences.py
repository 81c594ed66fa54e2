# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Random sequences of requests over three connections, and their shrinking."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace

from normalisers import hash_order, hello, pattern_order
from script import Arguments, Case, Request, Step, Until

CONNECTIONS = ("A", "B", "C")
CHANNELS = (b"a", b"b", b"ab", b"abc", b"")
PATTERNS = (b"*", b"a*", b"?b", b"[ab]", b"a", b"[^a]*", b"**c")
SHRINKING_SECONDS = 30.0


class Generator:
    """The same seed gives the same sequences."""

    def __init__(self, seed: int, length: int) -> None:
        self._seed = seed
        self._length = length

    def case(self, index: int) -> Case:
        source = random.Random(f"{self._seed}/{index}")
        transactions = Transactions()
        steps = [self._step(source, transactions) for _ in range(self._length)]
        name = f"random/{self._seed}/{index}"
        opening = [
            Request(name, ((b"HELLO", source.choice((b"2", b"3"))),)) for name in CONNECTIONS
        ]
        return Case(name, tuple(opening + steps), (hello, hash_order, pattern_order))

    def _step(self, source: random.Random, transactions: Transactions) -> Step:
        count = 1 if source.random() < 0.8 else source.randint(2, 4)
        connection = source.choice(CONNECTIONS)
        commands: list[Arguments] = []
        while len(commands) < count:
            command = self._command(source)
            if transactions.take(connection, command):
                commands.append(command)
        return Request(connection, tuple(commands))

    def _command(self, source: random.Random) -> Arguments:
        kind = source.choices([item[0] for item in WEIGHTS], [item[1] for item in WEIGHTS])[0]
        return kind(source)


class Transactions:
    """Which connections may be inside MULTI.

    MULTI and CLIENT REPLY inside MULTI are left out: Redis refuses the one, queues the other and
    goes on, Valkey 9 aborts the transaction. The sequence that follows is then the one server's
    or the other's, while Redis 7.2 goes on as 7.0 does and puts a client's own message behind its
    reply as Valkey does. The table has these cases by themselves.
    """

    def __init__(self) -> None:
        self._open: set[str] = set()

    def take(self, connection: str, command: Arguments) -> bool:
        """Notes the command, unless it is left out."""
        name = command[0].upper()
        if connection in self._open and (name == b"MULTI" or command[:2] == (b"CLIENT", b"REPLY")):
            return False
        if name == b"MULTI":
            self._open.add(connection)
        elif len(command) == 1 and name in (b"EXEC", b"DISCARD", b"RESET"):
            self._open.discard(connection)
        return True


def _some(source: random.Random, names: tuple[bytes, ...]) -> Arguments:
    return tuple(source.choices(names, k=source.randint(1, 3)))


def _any_case(source: random.Random, name: bytes) -> bytes:
    return source.choice((name, name, name.lower(), name.title()))


def _subscribe(source: random.Random) -> Arguments:
    name, names = source.choice(
        ((b"SUBSCRIBE", CHANNELS), (b"PSUBSCRIBE", PATTERNS), (b"SSUBSCRIBE", CHANNELS))
    )
    return (_any_case(source, name), *_some(source, names))


def _unsubscribe(source: random.Random) -> Arguments:
    name, names = source.choice(
        ((b"UNSUBSCRIBE", CHANNELS), (b"PUNSUBSCRIBE", PATTERNS), (b"SUNSUBSCRIBE", CHANNELS))
    )
    if source.random() < 0.3:
        return (name,)
    return (_any_case(source, name), *_some(source, names))


def _publish(source: random.Random) -> Arguments:
    name = source.choice((b"PUBLISH", b"PUBLISH", b"SPUBLISH"))
    payload = b"m%d" % source.randint(0, 99)
    return (_any_case(source, name), source.choice(CHANNELS), payload)


def _ping(source: random.Random) -> Arguments:
    return source.choice(((b"PING",), (b"PING", b"x"), (b"ping", b""), (b"PING", b"x", b"y")))


def _inquiry(source: random.Random) -> Arguments:
    return source.choice(
        (
            (b"PUBSUB", b"NUMPAT"),
            (b"PUBSUB", b"NUMSUB", *CHANNELS),
            (b"PUBSUB", b"SHARDNUMSUB", *CHANNELS),
            (b"PUBSUB", b"CHANNELS", b"abc"),
            (b"PUBSUB", b"NOSUCH"),
        )
    )


def _transaction(source: random.Random) -> Arguments:
    return (_any_case(source, source.choice((b"MULTI", b"MULTI", b"EXEC", b"DISCARD"))),)


def _connection(source: random.Random) -> Arguments:
    return source.choice(
        (
            (b"ECHO", b"e"),
            (b"HELLO",),
            (b"HELLO", b"2"),
            (b"HELLO", b"3"),
            (b"HELLO", b"4"),
            (b"CLIENT", b"GETNAME"),
            (b"CLIENT", b"SETNAME", b"name"),
            (b"CLIENT", b"REPLY", b"ON"),
            (b"SELECT", b"1"),
        )
    )


def _reset(source: random.Random) -> Arguments:
    return (b"RESET",)


def _wrong(source: random.Random) -> Arguments:
    return source.choice(
        ((b"NOSUCH", b"x"), (b"SUBSCRIBE",), (b"PUBLISH", b"a"), (b"EXEC", b"x"), (b"HELLO", b"x"))
    )


WEIGHTS: tuple[tuple[Callable[[random.Random], Arguments], int], ...] = (
    (_subscribe, 22),
    (_unsubscribe, 16),
    (_publish, 28),
    (_ping, 8),
    (_inquiry, 8),
    (_transaction, 10),
    (_connection, 7),
    (_reset, 2),
    (_wrong, 3),
)


def shrunk(case: Case, fails: Callable[[Case], bool]) -> Case:
    """A shorter sequence that still fails: steps are taken out in ever smaller runs, then
    requests out of the steps that are left."""
    deadline = time.monotonic() + SHRINKING_SECONDS

    def still(candidate: Case) -> bool:
        return time.monotonic() < deadline and bool(candidate.steps) and fails(candidate)

    size = len(case.steps) // 2
    while size:
        start = 0
        while start < len(case.steps):
            shorter = replace(case, steps=case.steps[:start] + case.steps[start + size :])
            if still(shorter):
                case = shorter
            else:
                start += size
        size //= 2
    for index, item in enumerate(case.steps):
        for position in reversed(range(len(item.commands) if isinstance(item, Request) else 0)):
            current = case.steps[index]
            if not isinstance(current, Request) or len(current.commands) == 1:
                break
            kept = current.commands[:position] + current.commands[position + 1 :]
            steps = list(case.steps)
            steps[index] = replace(current, commands=kept)
            if still(replace(case, steps=tuple(steps))):
                case = replace(case, steps=tuple(steps))
    return case


def printed(case: Case) -> str:
    """A sequence in the language of scripts."""
    lines = []
    for item in case.steps:
        if isinstance(item, Request):
            commands = (" ".join(map(_quoted, command)) for command in item.commands)
            lines.append(f"    {item.connection} {' | '.join(commands)}")
        elif isinstance(item, Until):
            words = " ".join(map(_quoted, (item.content, *item.arguments)))
            lines.append(f"    * !until {words}")
    return "\n".join(lines)


def _quoted(argument: bytes) -> str:
    text = argument.decode("latin-1")
    return text if text.isalnum() or text in ("*", "a*") else '"' + repr(argument)[2:-1] + '"'
