# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""One who writes, reads as a consumer group, and remembers what was acknowledged."""

from __future__ import annotations

import random
import threading
from typing import Any

from client import Client, Closed, ReplyError, request
from process import Process

GROUP = "g"
PIPELINE_MAX = 8


class Producer:
    """Adds the numbers 0, 1, 2 … to a stream of its own; a consumer takes some of them."""

    def __init__(self, index: int, seed: str) -> None:
        self.stream = f"stream-{index}"
        self.counter = f"counter-{index}"
        self._random = random.Random(f"{seed}/{index}")
        self._next = 0
        # What was acknowledged: the entries' IDs by their numbers.
        self.added: dict[int, bytes] = {}
        self.count_acknowledged = 0
        self.count_sent = 0
        self.received: set[bytes] = set()
        # XACK was sent, and was answered.
        self.finishing: set[bytes] = set()
        self.finished: set[bytes] = set()

    def prepare(self, server: Process) -> None:
        with server.connect() as client:
            client.command("XGROUP", "CREATE", self.stream, GROUP, "0", "MKSTREAM")

    def run(self, server: Process) -> threading.Thread:
        thread = threading.Thread(target=self._run, args=(server,))
        thread.start()
        return thread

    def _run(self, server: Process) -> None:
        try:
            with server.connect() as client:
                while True:
                    self._step(client)
        except (OSError, Closed):
            pass

    def _step(self, client: Client) -> None:
        """A pipeline of commands, and what their replies say."""
        steps = []
        for _ in range(self._random.randint(1, PIPELINE_MAX)):
            choice = self._random.random()
            if choice < 0.5:
                steps.append(self._add())
            elif choice < 0.65:
                steps.append(self._count())
            elif choice < 0.85:
                steps.append(self._read())
            else:
                steps.append(self._finish())
        client.send(b"".join(data for data, _ in steps))
        for _, note in steps:
            reply = client.reply()
            assert not isinstance(reply, ReplyError), reply
            if reply == "OK":
                # A transaction.
                reply = client.replies(3)[-1][0]
            note(reply)

    def _add(self) -> tuple[bytes, Any]:
        number = self._next
        self._next += 1
        payload = "x" * self._random.choice((1, 20, 200, 2000))

        def note(reply: bytes) -> None:
            self.added[number] = reply

        if number % 5 == 0:
            # A transaction: both or none.
            data = b"".join(
                (
                    request("MULTI"),
                    request("XADD", self.stream, "*", "n", number, "p", payload),
                    request("SET", f"{self.stream}-last", number),
                    request("EXEC"),
                )
            )
            return data, note
        return request("XADD", self.stream, "*", "n", number, "p", payload), note

    def _count(self) -> tuple[bytes, Any]:
        self.count_sent += 1

        def note(reply: int) -> None:
            self.count_acknowledged = max(self.count_acknowledged, reply)

        return request("INCR", self.counter), note

    def _read(self) -> tuple[bytes, Any]:
        count = self._random.randint(1, 5)

        def note(reply: Any) -> None:
            if reply is not None:
                self.received |= {entry[0] for entry in reply[0][1]}

        data = request(
            "XREADGROUP", "GROUP", GROUP, "c", "COUNT", count, "STREAMS", self.stream, ">"
        )
        return data, note

    def _finish(self) -> tuple[bytes, Any]:
        candidates = sorted(self.received - self.finishing)
        if not candidates:
            return request("PING"), lambda _: None
        chosen = self._random.choice(candidates)
        self.finishing.add(chosen)
        return request("XACK", self.stream, GROUP, chosen), lambda _: self.finished.add(chosen)

    # MARK: After the restart

    def check(self, client: Client) -> None:
        entries = client.command("XRANGE", self.stream, "-", "+")
        numbers = [int(fields[1]) for _, fields in entries]
        assert numbers == list(range(len(numbers))), f"{self.stream} is not 0, 1, 2 …: {numbers}"
        ids = [entry for entry, _ in entries]
        assert ids == sorted(ids, key=lambda entry: tuple(map(int, entry.split(b"-"))))
        for number, entry in self.added.items():
            assert number < len(ids), f"{self.stream}: {number} was acknowledged and is gone"
            assert ids[number] == entry, f"{self.stream}: {number} has another ID"
        count = int(client.command("GET", self.counter) or 0)
        assert self.count_acknowledged <= count <= self.count_sent, (
            f"{self.counter}: {self.count_acknowledged} <= {count} <= {self.count_sent}"
        )
        last = int(client.command("GET", f"{self.stream}-last") or -1)
        assert last == max((n for n in numbers if n % 5 == 0), default=-1)
        self._check_group(client, set(ids))
        # What was sent and not acknowledged may be there or not.
        self._next = len(numbers)
        self.count_sent = count

    def _check_group(self, client: Client, ids: set[bytes]) -> None:
        pending = {
            entry[0] for entry in client.command("XPENDING", self.stream, GROUP, "-", "+", 10**6)
        }
        assert pending <= ids
        lost = self.received - pending - self.finishing
        assert not lost, f"{self.stream}: delivered, not acknowledged, and not pending: {lost}"
        again = self.finished & pending
        assert not again, f"{self.stream}: acknowledged and pending again: {again}"
        # What the server had delivered when it was killed is known from now on.
        self.received |= pending
        self.finishing = self.received - pending
