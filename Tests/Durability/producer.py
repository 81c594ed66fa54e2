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
# So many entries are acknowledged at once.
FINISHED_MAX = 8


class Producer:
    """Adds the numbers 0, 1, 2 … to a stream of its own; a consumer takes some of them."""

    def __init__(self, index: int, seed: str) -> None:
        self.stream = f"stream-{index}"
        self.counter = f"counter-{index}"
        self._random = random.Random(f"{seed}/{index}")
        self.acknowledged_count = 0
        self._begin()

    def _begin(self) -> None:
        self._next = 0
        # What was acknowledged: the entries' IDs by their numbers; since the last restart, and before.
        self._added_now: dict[int, bytes] = {}
        self._added: dict[int, bytes] = {}
        # What the last check found: so many entries, and the last of them.
        self._known = 0
        self._last = b"-"
        self.count_acknowledged = 0
        self.count_sent = 0
        # Received and not given to XACK; given to XACK, since the last restart; acknowledged.
        self._unfinished: list[bytes] = []
        self._finishing: set[bytes] = set()
        self._finished: set[bytes] = set()

    def prepare(self, server: Process) -> None:
        with server.connect() as client:
            client.command("XGROUP", "CREATE", self.stream, GROUP, "0", "MKSTREAM")

    def begin_again(self, client: Client) -> None:
        """Leaves everything behind, so that a long run does not only load what was there before."""
        client.command("DEL", self.stream, self.counter, f"{self.stream}-last")
        client.command("XGROUP", "CREATE", self.stream, GROUP, "0", "MKSTREAM")
        self._begin()

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
            self._added_now[number] = reply

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
                self._unfinished += [entry[0] for entry in reply[0][1]]

        data = request(
            "XREADGROUP", "GROUP", GROUP, "c", "COUNT", count, "STREAMS", self.stream, ">"
        )
        return data, note

    def _finish(self) -> tuple[bytes, Any]:
        chosen = [
            self._take_unfinished()
            for _ in range(min(self._random.randint(1, FINISHED_MAX), len(self._unfinished)))
        ]
        if not chosen:
            return request("PING"), lambda _: None
        self._finishing.update(chosen)
        return request("XACK", self.stream, GROUP, *chosen), lambda _: self._finished.update(chosen)

    def _take_unfinished(self) -> bytes:
        place = self._random.randrange(len(self._unfinished))
        self._unfinished[place], last = self._unfinished[-1], self._unfinished[place]
        self._unfinished.pop()
        return last

    # MARK: After the restart

    def check(self, client: Client, full: bool = False) -> None:
        """What has come since the last restart, or everything."""
        if full:
            self._known, self._last = 0, b"-"
        start = self._last if self._last == b"-" else b"(" + self._last
        entries = client.command("XRANGE", self.stream, start, "+")
        numbers = [int(fields[1]) for _, fields in entries]
        end = self._known + len(numbers)
        assert numbers == list(range(self._known, end)), (
            f"{self.stream} does not go on with {self._known}, …: {numbers}"
        )
        ids = [entry for entry, _ in entries]
        places = [tuple(map(int, entry.split(b"-"))) for entry in ids]
        assert all(left < right for left, right in zip(places, places[1:]))
        assert client.command("XLEN", self.stream) == end
        for number, entry in (self._added if full else self._added_now).items():
            assert number < end, f"{self.stream}: {number} was acknowledged and is gone"
            assert ids[number - self._known] == entry, f"{self.stream}: {number} has another ID"
        self.acknowledged_count += len(self._added_now)
        self._added.update(self._added_now)
        self._added_now = {}
        count = int(client.command("GET", self.counter) or 0)
        assert self.count_acknowledged <= count <= self.count_sent, (
            f"{self.counter}: {self.count_acknowledged} <= {count} <= {self.count_sent}"
        )
        last = int(client.command("GET", f"{self.stream}-last") or -1)
        assert last == (end - 1) // 5 * 5 if end else -1
        # What was sent and not acknowledged may be there or not.
        self._next = self._known = end
        self._last = ids[-1] if ids else self._last
        self.count_sent = count
        self._check_group(client, set(ids) if full else None)

    def _check_group(self, client: Client, ids: set[bytes] | None) -> None:
        pending = {
            entry[0] for entry in client.command("XPENDING", self.stream, GROUP, "-", "+", 10**6)
        }
        assert ids is None or pending <= ids
        lost = set(self._unfinished) - pending
        assert not lost, f"{self.stream}: delivered, not acknowledged, and not pending: {lost}"
        again = self._finished & pending
        assert not again, f"{self.stream}: acknowledged and pending again: {again}"
        # What the server had delivered when it was killed is known from now on, as is what it had
        # acknowledged.
        self._unfinished = sorted(pending)
        self._finished |= self._finishing - pending
        self._finishing = set()
