# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What clients notice while a large log is rewritten."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from report import Row
from resources import Scale, request
from servers import PATIENCE, Kind, Server
from throughput import alternate

NAME = "rewrite"
GROUP = "rewriting"
TITLE = "BGREWRITEAOF"
RUNS_MAX = 3
VALUE_BYTES = 1000
STREAMS = 50
PIPELINE = 200
LONGEST_TITLE = "longest of an XADD or SET before a rewrite of 0.0156 GB"
CHANNEL = b"news"
# Between two rounds, in seconds; each is an XADD, a SET and a message.
PAUSE = 0.0005
SECONDS_BEFORE = 3.0
# The state of the rewrite is looked at after so many rounds.
ROUNDS_PER_LOOK = 50


@dataclass
class Latencies:
    """In microseconds."""

    writes: list[float] = field(default_factory=list)
    messages: list[float] = field(default_factory=list)


@dataclass
class Measured:
    before: Latencies
    during: Latencies
    seconds: float


class Client:
    """One who writes, publishes and receives, and waits for each answer."""

    def __init__(self, server: Server) -> None:
        self._writer = server.connect()
        self._publisher = server.connect()
        self._subscriber = server.connect()
        for one in (self._writer, self._publisher, self._subscriber):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one.settimeout(PATIENCE)
        self._ask(self._subscriber, request(b"SUBSCRIBE", CHANNEL))
        self._message = len(b"*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$64\r\n\r\n") + 64
        self._number = 0

    def close(self) -> None:
        for one in (self._writer, self._publisher, self._subscriber):
            one.close()

    def _ask(self, connection: socket.socket, data: bytes) -> bytes:
        connection.sendall(data)
        reply = connection.recv(1 << 16)
        if reply.startswith(b"-") or not reply:
            raise RuntimeError(f"the server answers {reply!r}")
        return reply

    def load(self, byte_count: int) -> None:
        """Half of it as strings, half as entries of streams."""
        value = b"x" * VALUE_BYTES
        for start in range(0, byte_count // VALUE_BYTES // 2, PIPELINE // 2):
            batch = bytearray()
            for number in range(start, start + PIPELINE // 2):
                batch += request(b"SET", b"key:%d" % number, value)
                stream = b"stream:%d" % (number % STREAMS)
                batch += request(b"XADD", stream, b"*", b"field", value)
            self._writer.sendall(batch)
            missing = PIPELINE // 2
            # A bulk string for each XADD has one line end more than a status.
            lines = 3 * missing
            while lines > 0:
                received = self._writer.recv(1 << 16)
                if not received or received.startswith(b"-"):
                    raise RuntimeError(f"the server answers {received[:200]!r}")
                lines -= received.count(b"\n")

    def round(self, latencies: Latencies) -> None:
        self._number += 1
        key = b"key:%d" % (self._number * 7919 % 100_000)
        stream = b"stream:%d" % (self._number % STREAMS)
        for data in (
            request(b"XADD", stream, b"*", b"field", b"y" * VALUE_BYTES),
            request(b"SET", key, b"y" * VALUE_BYTES),
        ):
            began = time.perf_counter()
            self._ask(self._writer, data)
            latencies.writes.append((time.perf_counter() - began) * 1e6)
        began = time.perf_counter()
        self._publisher.sendall(request(b"PUBLISH", CHANNEL, b"m" * 64))
        left = self._message
        while left > 0:
            left -= len(self._subscriber.recv(left))
        latencies.messages.append((time.perf_counter() - began) * 1e6)
        self._publisher.recv(64)
        time.sleep(PAUSE)

    def start_rewrite(self) -> None:
        self._ask(self._writer, request(b"BGREWRITEAOF"))

    def is_rewriting(self) -> bool:
        info = self._ask(self._writer, request(b"INFO", b"persistence"))
        return b"aof_rewrite_in_progress:1" in info or b"aof_rewrite_scheduled:1" in info


def _run(server: Server, scale: Scale) -> Measured:
    client = Client(server)
    try:
        client.load(scale.rewritten_bytes)
        before, during = Latencies(), Latencies()
        end = time.monotonic() + min(SECONDS_BEFORE, scale.settling_seconds)
        while time.monotonic() < end:
            client.round(before)
        began = time.monotonic()
        client.start_rewrite()
        while client.is_rewriting():
            for _ in range(ROUNDS_PER_LOOK):
                client.round(during)
        return Measured(before, during, time.monotonic() - began)
    finally:
        client.close()


def _percentile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def _median(values: list[float]) -> float:
    return _percentile(values, 0.5)


def rewrites(kinds: list[Kind], runs: int, scale: Scale) -> Iterator[Row]:
    kinds = [kind for kind in kinds if kind.has_log]
    measured = alternate(
        kinds, min(runs, RUNS_MAX), lambda server: _run(server, scale), TITLE, "everysec"
    )
    size = f"{scale.rewritten_bytes / (1 << 30):.3g} GB"
    for what, field_name in (("an XADD or SET", "writes"), ("a message", "messages")):
        for name, part in (("p50", 0.5), ("p99", 0.99), ("longest", 1.0)):
            for when in ("before", "during"):
                values = {
                    kind: _median(
                        [
                            _percentile(getattr(getattr(one, when), field_name), part)
                            for one in several
                        ]
                    )
                    for kind, several in measured.items()
                }
                yield Row(
                    f"{NAME}-{field_name}-{name}-{when}",
                    f"{name} of {what} {when} a rewrite of {size}",
                    "µs",
                    values,
                    more_is_better=False,
                    group=GROUP,
                )
    yield Row(
        f"{NAME}-seconds",
        f"a rewrite of {size}",
        "s",
        {kind: _median([one.seconds for one in several]) for kind, several in measured.items()},
        more_is_better=False,
        group=GROUP,
    )
