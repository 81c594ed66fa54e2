# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Subscribers that do not read: bounded, told apart from the others, and held once."""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import threading
import time

from client import Client, request
from harness import Run, allow_descriptors
from server import PATIENCE, Server, eventually

MESSAGE = 10_000


def subscriber(server: Server, channel: str, receive_bytes: int | None = None) -> Client:
    connection = socket.socket()
    if receive_bytes is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", server.port))
    client = Client(connection)
    assert client.command("SUBSCRIBE", channel)[2] == 1
    return client


def payload(number: int) -> bytes:
    return (b"%08d" % number) * (MESSAGE // 8)


def publish(publisher: Client, channel: str, numbers: range) -> list[int]:
    publisher.send(b"".join(request("PUBLISH", channel, payload(i)) for i in numbers))
    return publisher.replies(len(numbers))


def disconnections(server: Server) -> int:
    return int(server.info("stats").get("client_output_buffer_limit_disconnections", -1))


def one_that_never_reads_beside_one_that_does(run: Run) -> None:
    server = run.start()
    stalled = subscriber(server, "news", 4096)
    reader = subscriber(server, "news")
    publisher = server.connect()
    total = 8000
    received: list[bytes] = []

    def read() -> None:
        for _ in range(total):
            received.append(reader.reply()[2][:8])

    thread = threading.Thread(target=read)
    thread.start()
    counts = []
    for first in range(0, total, 100):
        counts += publish(publisher, "news", range(first, first + 100))
        # The reader is never far behind, so that it is the stalled one that is over the limit.
        eventually(lambda: len(received) >= first - 500, "the reader goes on")
    thread.join()
    assert received == [b"%08d" % number for number in range(total)]
    # Both until the stalled one is closed, which is beyond 32 MB, and one from then on.
    assert counts == sorted(counts, reverse=True) and set(counts) == {1, 2}, set(counts)
    at_close = counts.count(2) * MESSAGE
    assert 32 << 20 <= at_close < 44 << 20, f"closed with {at_close} bytes published"
    if run.is_martlet:
        assert disconnections(server) == 1
        line = next(line for line in server.log().splitlines() if "output buffer limits" in line)
        assert f"addr={stalled.address}" in line, line
    replies = stalled.rest()
    assert [reply[2] for reply in replies] == [payload(i) for i in range(len(replies))]
    assert len(replies) < total
    for client in [stalled, reader, publisher]:
        client.close()


def soft_limit(run: Run) -> None:
    server = run.start()
    publisher = server.connect()
    limit = "pubsub 0 64k 1"
    assert publisher.command("CONFIG", "SET", "client-output-buffer-limit", limit) == "OK"
    stalled = subscriber(server, "news", 4096)
    # What its socket takes, and more than the limit; then nothing more.
    publish(publisher, "news", range(1000))
    eventually(
        lambda: publisher.command("PUBSUB", "NUMSUB", "news") == [b"news", 0],
        "the stalled subscriber is closed when its time is up",
    )
    if run.is_martlet:
        assert disconnections(server) == 1
    assert publisher.command("PUBLISH", "news", "m") == 0
    stalled.close()
    publisher.close()


def recovers_before_the_soft_limit(run: Run) -> None:
    server = run.start()
    publisher = server.connect()
    limit = "pubsub 0 64k 60"
    assert publisher.command("CONFIG", "SET", "client-output-buffer-limit", limit) == "OK"
    slow = subscriber(server, "news", 4096)
    for first in range(0, 3000, 1000):
        publish(publisher, "news", range(first, first + 1000))
        for number in range(first, first + 1000):
            assert slow.reply() == [b"message", b"news", payload(number)]
    slow.close()
    publisher.close()


def backlog_of_many_is_held_once(run: Run) -> None:
    run.martlet_only("Redis holds a copy for each")
    server = run.start()
    publisher = server.connect()
    limit = "pubsub 0 0 0"
    assert publisher.command("CONFIG", "SET", "client-output-buffer-limit", limit) == "OK"
    for size in [100, 10_000, 100_000]:
        stalled = [subscriber(server, "news", 4096) for _ in range(100)]
        before = server.resident_kilobytes()
        count = 8_000_000 // size
        for first in range(0, count, 1000):
            step = min(1000, count - first)
            publisher.send(request("PUBLISH", "news", b"x" * size) * step)
            assert publisher.replies(step) == [100] * step
        growth = server.resident_kilobytes() - before
        assert growth <= 24 * 1024, f"messages of {size} bytes: {growth} KB for 8 MB"
        # What was queued is all there.
        expected = [b"message", b"news", b"x" * size]
        for client in stalled[:2]:
            assert all(reply == expected for reply in client.replies(count))
        for client in stalled:
            client.close()
        server.wait_for_clients(1)
    publisher.close()


def drain(connections: list[socket.socket]) -> None:
    """Reads all there is until the connections end."""
    selector = selectors.DefaultSelector()
    for connection in connections:
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ)
    while selector.get_map():
        for key, _ in selector.select():
            if not key.fileobj.recv(1 << 16):
                selector.unregister(key.fileobj)


def steady_load_needs_no_memory(run: Run) -> None:
    """Subscribers that always have something to be sent, one message at a time: the server is
    never done with all of them, and keeps no trace of those it is done with."""
    count = 2000
    allow_descriptors(count + 100)
    server = run.start()
    subscribers = [subscriber(server, "news") for _ in range(count)]
    context = multiprocessing.get_context("fork")
    reader = context.Process(target=drain, args=([client.socket for client in subscribers],))
    reader.start()
    publisher = server.connect()
    samples = []
    for _ in range(4):
        published = run.scaled(2000)
        for _ in range(published):
            publisher.send(request("PUBLISH", "news", "m"))
            # Less than it takes to send the message to all, so that there are many turns.
            time.sleep(0.0002)
        assert publisher.replies(published) == [count] * published
        samples.append(server.resident_kilobytes())
    for client in [publisher, *subscribers]:
        client.close()
    server.stop()
    reader.join()
    assert reader.exitcode == 0
    growth = samples[-1] - samples[0]
    assert growth < 1024, f"memory under a steady load: {samples} KB"


TESTS = [
    one_that_never_reads_beside_one_that_does,
    soft_limit,
    recovers_before_the_soft_limit,
    backlog_of_many_is_held_once,
    steady_load_needs_no_memory,
]
