# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Cases and the small language they are written in.

A script has one step a line; the first word names a connection. All of them are opened before
the first step. What follows is a request, or several in one write with ` | ` between them:

    A SUBSCRIBE news "with space" "\\x00binary"
    B MULTI | PUBLISH news hello | EXEC

An argument may hold `{id:A}`, `{addr:A}` or `{laddr:A}`: the id and the addresses of a
connection. A word that starts with `!` is a step of another kind:

    A !raw "PING\\r\\n"        these bytes as they are
    A !raw "PI" "NG\\r\\n"     in several writes, each read by the server before the next
    A !close                  the client closes
    A !half-close             the client closes its writing half
    A !open                   opens the connection only now
    A !expect 2               wait until two more values have arrived
    * !until 0 PUBSUB NUMPAT  ask until the reply has this content

`!expect` is needed only in cases that are not settled (see `Case.settle`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from resp import Value

Normaliser = Callable[[list[Value]], list[Value]]
Arguments = tuple[bytes, ...]


@dataclass(frozen=True)
class Request:
    """Requests sent in one write."""

    connection: str
    commands: tuple[Arguments, ...]


@dataclass(frozen=True)
class Raw:
    """Bytes sent as they are, in one or several writes."""

    connection: str
    pieces: tuple[bytes, ...]


@dataclass(frozen=True)
class Open:
    """A connection with such a step is not opened before it, nor greeted with HELLO."""

    connection: str


@dataclass(frozen=True)
class Close:
    connection: str
    half: bool = False


@dataclass(frozen=True)
class Expect:
    connection: str
    count: int


@dataclass(frozen=True)
class Until:
    """Asks on the runner's own connection until the reply has a content."""

    content: bytes
    arguments: Arguments


Step = Request | Raw | Open | Close | Expect | Until


@dataclass(frozen=True)
class Case:
    name: str
    steps: tuple[Step, ...]
    normalisers: tuple[Normaliser, ...] = ()
    protocol: int = 2
    """The protocol in which each connection starts."""
    settle: bool = True
    """After each step, whatever it caused is awaited through a connection of the runner's own.
    A case that would see that connection (MONITOR) or block it (CLIENT PAUSE) says False and
    has `!expect` steps instead."""
    barrier: bool = True
    """At the end PING with a token and RESET are sent on each connection. False only where a
    connection cannot take them, being in the middle of a request."""
    cleanup: tuple[Arguments, ...] = ()
    """Requests that undo what the case changed in the server."""
    since_7_2: bool = False
    """Redis 7.0 does not have this, so that only Valkey's reply counts."""

    def __str__(self) -> str:
        return self.name


WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')


def words(line: str) -> list[bytes]:
    """The words of a line; a quoted one may have spaces and Python's escapes."""
    found = []
    for token in WORD.findall(line):
        if token.startswith('"'):
            found.append(ast.literal_eval("b" + token))
        else:
            found.append(token.encode())
    return found


def _requests(line: str) -> tuple[Arguments, ...]:
    commands: list[list[bytes]] = [[]]
    for token in WORD.findall(line):
        if token == "|":
            commands.append([])
        else:
            commands[-1] += words(token)
    return tuple(tuple(command) for command in commands)


def step(line: str) -> Step:
    connection, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    if not rest.startswith("!"):
        return Request(connection, _requests(rest))
    verb, _, operand = rest.partition(" ")
    match verb:
        case "!raw":
            return Raw(connection, tuple(words(operand)))
        case "!open":
            return Open(connection)
        case "!close":
            return Close(connection)
        case "!half-close":
            return Close(connection, half=True)
        case "!expect":
            return Expect(connection, int(operand))
        case "!until":
            content, *arguments = words(operand)
            return Until(content, tuple(arguments))
    raise ValueError(f"unknown step: {line!r}")


def script(text: str) -> tuple[Step, ...]:
    return tuple(step(line) for line in text.splitlines() if line.strip())


def case(name: str, text: str | Sequence[Step], *normalisers: Normaliser, **options: Any) -> Case:
    steps = script(text) if isinstance(text, str) else tuple(text)
    return Case(name, steps, normalisers, **options)


def requests(
    topic: str, lines: str | Iterable[str], *normalisers: Normaliser, **options: Any
) -> list[Case]:
    """A case for each line, which is one write of requests on one connection."""
    if isinstance(lines, str):
        lines = [line.strip() for line in lines.splitlines() if line.strip()]
    return [case(f"{topic}/{line}", f"A {line}", *normalisers, **options) for line in lines]


def both(cases: Iterable[Case]) -> list[Case]:
    """Each case in RESP2 and again in RESP3."""
    twice = []
    for item in cases:
        twice.append(item)
        twice.append(replace(item, name=f"{item.name} (RESP3)", protocol=3))
    return twice
