# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What connections, subscriptions, backlogs and entries cost a server in memory and CPU time."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from servers import PATIENCE, Server
from throughput import UnknownCommand
from workloads import PUBSUB

CHANNEL_BYTES = 16
MEGABYTE = 1 << 20
# Redis shrinks the buffers of clients that were idle for some seconds.
SETTLING_SECONDS = 6.0


@dataclass(frozen=True)
class Scale:
    """How much of everything; `--quick` has less."""

    connections: int = 10_000
    subscriptions: int = 200_000
    stalled: int = 100
    published_bytes: int = 8 * MEGABYTE
    idle_connections: int = 5_000
    entries: int = 1_000_000
    settling_seconds: float = SETTLING_SECONDS
    idle_seconds: float = 5.0
    rewritten_bytes: int = 1 << 30


QUICK = Scale(1_000, 20_000, 10, MEGABYTE, 500, 50_000, 0.5, 0.5, 16 * MEGABYTE)


@dataclass(frozen=True)
class Resource:
    name: str
    title: str
    unit: str
    # What Martlet's number may be at most.
    bound: float | None
    measure: Callable[[Server, Scale], float]
    # What it may be at most against Redis's.
    goal: float | None = None
    group: str = PUBSUB


def request(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)


def channel(number: int) -> bytes:
    return b"channel:%08d" % number


def receive(connection: socket.socket, count: int) -> bytes:
    """Exactly so many bytes."""
    pieces = []
    while count > 0:
        piece = connection.recv(min(count, MEGABYTE))
        if not piece:
            raise RuntimeError("the server closed a connection")
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def subscribe(connection: socket.socket, first: int, count: int) -> None:
    """Subscribes to channels by number, and reads the confirmations."""
    names = [channel(number) for number in range(first, first + count)]
    connection.sendall(request(b"SUBSCRIBE", *names))
    expected = b"".join(
        b"*3\r\n$9\r\nsubscribe\r\n$%d\r\n%s\r\n:%d\r\n" % (CHANNEL_BYTES, name, number)
        for number, name in enumerate(names, first + 1)
    )
    if receive(connection, len(expected)) != expected:
        raise RuntimeError("a subscription was not confirmed")


@contextmanager
def connections(server: Server, count: int) -> Iterator[list[socket.socket]]:
    opened = []
    try:
        for _ in range(count):
            connection = server.connect()
            opened.append(connection)
            connection.sendall(request(b"PING"))
            receive(connection, len(b"+PONG\r\n"))
        yield opened
    finally:
        for connection in opened:
            connection.close()


def settled_bytes(server: Server, settling_seconds: float) -> int:
    """Resident memory, once it has not become less for some time."""
    least = server.resident_bytes()
    since = begin = time.monotonic()
    while time.monotonic() < min(since + settling_seconds, begin + PATIENCE):
        time.sleep(min(0.25, settling_seconds / 4))
        now = server.resident_bytes()
        if now < least * 0.995:
            least, since = now, time.monotonic()
    return server.resident_bytes()


def bytes_per_connection(server: Server, scale: Scale) -> float:
    before = settled_bytes(server, scale.settling_seconds / 4)
    with connections(server, scale.connections) as opened:
        for connection in opened:
            subscribe(connection, 0, 1)
        after = settled_bytes(server, scale.settling_seconds)
    return (after - before) / scale.connections


def bytes_per_subscription(server: Server, scale: Scale) -> float:
    batch = 1000
    with connections(server, 1) as (connection,):
        before = settled_bytes(server, scale.settling_seconds / 4)
        for first in range(0, scale.subscriptions, batch):
            subscribe(connection, first, batch)
        after = settled_bytes(server, scale.settling_seconds)
    return (after - before) / scale.subscriptions


def stalled_megabytes(server: Server, scale: Scale) -> float:
    """Of 1 KB each, to subscribers that read nothing."""
    payload = b"x" * 1024
    reply = b":%d\r\n" % scale.stalled
    batch = 16
    with connections(server, scale.stalled) as subscribers, connections(server, 1) as (publisher,):
        for subscriber in subscribers:
            subscribe(subscriber, 0, 1)
        before = settled_bytes(server, scale.settling_seconds / 4)
        for _ in range(scale.published_bytes // len(payload) // batch):
            publisher.sendall(request(b"PUBLISH", channel(0), payload) * batch)
            if receive(publisher, len(reply) * batch) != reply * batch:
                raise RuntimeError("PUBLISH did not count the subscribers")
        after = settled_bytes(server, scale.settling_seconds / 4)
    return (after - before) / MEGABYTE


def idle_percent(server: Server, scale: Scale) -> float:
    """Of one core."""
    with connections(server, scale.idle_connections):
        settled_bytes(server, scale.settling_seconds / 4)
        before = server.cpu_seconds()
        time.sleep(scale.idle_seconds)
        return (server.cpu_seconds() - before) / scale.idle_seconds * 100


def bytes_per_stream_entry(server: Server, scale: Scale) -> float:
    """Three small fields each, IDs from the server's clock."""

    def add(number: int) -> bytes:
        user, price = b"u%06d" % (number * 7919 % 1_000_000), b"%d" % (number % 10_000)
        fields = (b"user", user, b"action", b"purchase", b"price", price)
        return request(b"XADD", b"stream", b"*", *fields)

    # A bulk string.
    return bytes_per_entry(server, scale, add, line_ends=2)


def bytes_per_list_entry(server: Server, scale: Scale) -> float:
    def push(number: int) -> bytes:
        return request(b"LPUSH", b"list", b"job:%08d" % number)

    # A number.
    return bytes_per_entry(server, scale, push)


def bytes_per_entry(
    server: Server, scale: Scale, add: Callable[[int], bytes], line_ends: int = 1
) -> float:
    """Of the requests that `add` makes of ascending numbers, each of which is answered with so
    many lines."""
    batch = 1000
    with connections(server, 1) as (connection,):
        before = settled_bytes(server, scale.settling_seconds / 4)
        for first in range(0, scale.entries, batch):
            connection.sendall(b"".join(map(add, range(first, first + batch))))
            missing = batch * line_ends
            while missing > 0:
                replies = connection.recv(MEGABYTE)
                if b"unknown command" in replies:
                    raise UnknownCommand(replies[:80].decode().strip())
                if not replies or b"-ERR" in replies:
                    raise RuntimeError("the server refused an entry")
                missing -= replies.count(b"\n")
        after = settled_bytes(server, scale.settling_seconds)
    return (after - before) / scale.entries


RESOURCES = [
    Resource(
        "memory-connection",
        "Memory of an idle subscribed connection",
        "bytes",
        2048,
        bytes_per_connection,
    ),
    Resource(
        "memory-subscription",
        "Memory of a subscription, 200,000 on one connection",
        "bytes",
        110,
        bytes_per_subscription,
    ),
    Resource(
        "memory-stalled",
        "Memory growth, 8 MB to 100 stalled subscribers",
        "MB",
        16,
        stalled_megabytes,
    ),
    Resource(
        "idle",
        "CPU of an idle server, 5,000 connections",
        "% of a core",
        0.01,
        idle_percent,
    ),
    Resource(
        "memory-stream",
        "Memory of a stream's entry of three small fields, of a million",
        "bytes",
        None,
        bytes_per_stream_entry,
        goal=1.2,
        group="streams",
    ),
    Resource(
        "memory-list",
        "Memory of a list's element of 12 bytes, of a million",
        "bytes",
        None,
        bytes_per_list_entry,
        goal=1.2,
        group="queues",
    ),
]
