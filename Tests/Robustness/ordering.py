# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""One order for all subscribers of a channel, nothing missed between the confirmations of
SUBSCRIBE and UNSUBSCRIBE, and counts of PUBLISH that add up to what was received.

Processes publish in pipelines; subscribers come and go meanwhile, in RESP2 and RESP3, by channel
and by pattern, RESP3's also within transactions. A witness, which subscribes to all from the
first message to the last, tells each channel's order.
"""

from __future__ import annotations

import multiprocessing
import selectors
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from client import Client, Parser, request
from harness import Run
from server import PATIENCE, Server

CHANNELS = [b"c:0", b"c:1", b"c:2"]
PATTERNS = {b"c:*": CHANNELS, b"?:1": [b"c:1"], b"c:[02]": [b"c:0", b"c:2"]}
PUBLISHERS = 3
PIPELINE = 200
CONFIRMATIONS = {b"subscribe", b"psubscribe", b"unsubscribe", b"punsubscribe"}


def publish(client: Client, seed: str, name: int, batches: int, told: Connection) -> None:
    """Publishes numbered messages and tells how many receivers the server counted."""
    random = Random(seed)
    counts = dict.fromkeys(CHANNELS, 0)
    number = 0
    for _ in range(batches):
        channels = [random.choice(CHANNELS) for _ in range(random.randint(1, PIPELINE))]
        requests = []
        for channel in channels:
            number += 1
            requests.append(request("PUBLISH", channel, f"{name}:{number}"))
        client.send(b"".join(requests))
        for channel, count in zip(channels, client.replies(len(channels))):
            counts[channel] += count
    told.send(counts)
    told.close()


class Subscriber:
    """A connection whose subscriptions change, and all it has received, in order."""

    def __init__(self, server: Server, version: int, random: Random) -> None:
        self._client = server.connect()
        self._version = version
        self._random = random
        self._parser = Parser()
        self._held: set[bytes] = set()
        self.events: list[list[Any]] = []
        if version == 3:
            self._client.command("HELLO", 3)
        self.socket = self._client.socket
        self.socket.setblocking(False)

    def ask(self, *arguments: str | bytes) -> None:
        self.socket.send(request(*arguments))

    def change(self) -> None:
        """Subscribes to something or leaves it."""
        name = self._random.choice([*CHANNELS, *PATTERNS])
        letter = "P" if name in PATTERNS else ""
        verb = "UNSUBSCRIBE" if name in self._held else "SUBSCRIBE"
        self._held ^= {name}
        data = request(letter + verb, name)
        if self._version == 3 and self._random.random() < 0.3:
            data = request("MULTI") + data + request("EXEC")
        self.socket.send(data)

    def leave(self) -> None:
        self.ask("UNSUBSCRIBE")
        self.ask("PUNSUBSCRIBE")
        self.ask("PING", "end")

    def read(self) -> bool:
        """- Returns: whether the reply to the last PING has come."""
        try:
            data = self.socket.recv(1 << 18)
        except BlockingIOError:
            return False
        assert data, "a subscriber was closed"
        ended = False
        for reply in self._parser.feed(data):
            ended |= reply == b"end" or reply == [b"pong", b"end"]
            self._take(reply)
        return ended

    def _take(self, reply: Any) -> None:
        if not isinstance(reply, list) or not reply:
            return
        if isinstance(reply[0], list):
            # The reply to EXEC, with a confirmation in it.
            reply = reply[0]
        if reply[0] in CONFIRMATIONS or reply[0] in (b"message", b"pmessage"):
            self.events.append(reply)


def check(order: dict[bytes, list[bytes]], events: list[list[Any]]) -> dict[bytes, int]:
    """Compares what one subscriber received with the order of each channel.

    - Returns: how many messages it received in each channel.
    """
    places = {
        channel: {text: place for place, text in enumerate(texts)}
        for channel, texts in order.items()
    }
    received = dict.fromkeys(CHANNELS, 0)
    # For each subscription and channel, the place of the last message since it was confirmed.
    open_at: dict[bytes, dict[bytes, int | None]] = {}
    # The place of the last message in each channel, by whichever subscription.
    newest = dict.fromkeys(CHANNELS, -1)
    for event in events:
        kind, name = event[0], event[1]
        if kind in (b"subscribe", b"psubscribe"):
            open_at[name] = dict.fromkeys(PATTERNS.get(name, [name]))
        elif kind in (b"unsubscribe", b"punsubscribe"):
            open_at.pop(name, None)
        else:
            channel, text = event[-2], event[-1]
            assert name in open_at, f"{event} outside of a subscription"
            place = places[channel].get(text)
            assert place is not None, f"the witness did not get {event}"
            last = open_at[name][channel]
            assert last is None or place == last + 1, f"{event} at {place}, after {last}"
            assert place >= newest[channel], f"{event} at {place}, after {newest[channel]}"
            open_at[name][channel] = newest[channel] = place
            received[channel] += 1
    check_together(order, places, events)
    return received


def check_together(
    order: dict[bytes, list[bytes]],
    places: dict[bytes, dict[bytes, int]],
    events: list[list[Any]],
) -> None:
    """What one subscription of a client got, the others that it held at the time got too: what
    came first and last after a change shows nothing by itself."""
    held: set[bytes] = set()
    # The place in each channel up to which each subscription has received.
    reached: dict[tuple[bytes, bytes], int] = {}
    for event in events:
        kind, name = event[0], event[1]
        if kind in (b"message", b"pmessage"):
            reached[name, event[-2]] = places[event[-2]][event[-1]]
            continue
        # At a confirmation all messages published before have been delivered to all.
        for channel in order:
            ends = {
                reached.get((other, channel), -1)
                for other in held
                if channel in PATTERNS.get(other, [other])
            }
            ends.discard(-1)
            assert len(ends) <= 1, f"before {event}: {channel} had got to {sorted(ends)}"
        if kind in (b"subscribe", b"psubscribe"):
            held.add(name)
        else:
            held.discard(name)
        for channel in CHANNELS:
            reached.pop((name, channel), None)


def one_order(run: Run) -> None:
    for _ in range(run.scaled(1)):
        stress(run)


def stress(run: Run) -> None:
    # Python may be slower than the publishers.
    server = run.start("--client-output-buffer-limit", "pubsub", "0", "0", "0")
    random = run.random
    witness = Subscriber(server, 3, random)
    witness.ask("SUBSCRIBE", *CHANNELS)
    everybody = [witness] + [Subscriber(server, 2 + i % 2, random) for i in range(12)]
    context = multiprocessing.get_context("fork")
    publishers, tellers = [], []
    for name in range(PUBLISHERS):
        receiver, sender = context.Pipe(duplex=False)
        arguments = (server.connect(), f"{random.random()}", name, 600, sender)
        publishers.append(context.Process(target=publish, args=arguments))
        tellers.append(receiver)
    while len(witness.events) < len(CHANNELS):
        witness.read()
    for publisher in publishers:
        publisher.start()
    selector = selectors.DefaultSelector()
    for subscriber in everybody:
        selector.register(subscriber.socket, selectors.EVENT_READ, subscriber)
    while any(publisher.is_alive() for publisher in publishers):
        random.choice(everybody[1:]).change()
        for key, _ in selector.select(0.001):
            key.data.read()
    told = [teller.recv() for teller in tellers]
    for publisher in publishers:
        publisher.join()
        assert publisher.exitcode == 0
    read_to_the_end(selector, everybody)

    order: dict[bytes, list[bytes]] = {channel: [] for channel in CHANNELS}
    for event in witness.events:
        if event[0] == b"message":
            order[event[1]].append(event[2])
    check_publishers(order)
    received = [check(order, subscriber.events) for subscriber in everybody]
    for channel in CHANNELS:
        counted = sum(counts[channel] for counts in told)
        got = sum(counts[channel] for counts in received)
        assert counted == got, f"{channel}: PUBLISH told {counted}, {got} were received"
    kinds = {event[0] for subscriber in everybody[1:] for event in subscriber.events}
    # How many changes there is time for depends on the machine.
    assert kinds & {b"message", b"pmessage"} and kinds & CONFIRMATIONS, kinds


def read_to_the_end(selector: selectors.BaseSelector, everybody: list[Subscriber]) -> None:
    for subscriber in everybody:
        subscriber.leave()
    waiting = set(everybody)
    while waiting:
        ready = selector.select(PATIENCE)
        assert ready, f"{len(waiting)} subscribers got no reply"
        for key, _ in ready:
            if key.data.read():
                waiting.discard(key.data)


def check_publishers(order: dict[bytes, list[bytes]]) -> None:
    """Each publisher's messages stand in the order in which it published them."""
    for channel, texts in order.items():
        assert len(texts) == len(set(texts)) > 100, f"{channel}: a message twice, or too few"
        last: dict[bytes, int] = {}
        for text in texts:
            name, number = text.split(b":")
            assert last.get(name, 0) < int(number), f"{channel}: {text!r} comes too late"
            last[name] = int(number)


def the_checker_complains(run: Run) -> None:
    """Recordings that are wrong, each in one way, and one that is right."""
    order = {channel: [b"%d" % number for number in range(6)] for channel in CHANNELS}
    begin, end = [b"subscribe", b"c:0", 1], [b"unsubscribe", b"c:0", 0]
    both = [[b"psubscribe", b"c:*", 2]]

    def messages(*numbers: int) -> list[list[Any]]:
        return [[b"message", b"c:0", b"%d" % number] for number in numbers]

    def by_pattern(*numbers: int) -> list[list[Any]]:
        return [[b"pmessage", b"c:*", b"c:0", b"%d" % number] for number in numbers]

    assert check(order, [begin, *messages(1, 2, 3), end])[b"c:0"] == 3
    for wrong in [
        [begin, *messages(1, 3, 2), end],
        [begin, *messages(1, 3), end],
        [begin, *messages(1, 2, 2), end],
        [begin, *messages(1, 2), end, *messages(3)],
        [*messages(1)],
        [begin, *messages(5, 6), end],
        [begin, *both, *messages(2), *by_pattern(2), *messages(3), end],
        [begin, *both, *messages(2), *by_pattern(2, 3), *messages(3), *by_pattern(2), end],
    ]:
        try:
            check(order, wrong)
        except AssertionError:
            continue
        raise ValueError(f"the checker finds nothing wrong with {wrong}")


TESTS = [one_order, the_checker_complains]
