# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Subscribers that vanish, connections closed by halves, and one that subscribes to a great
many channels."""

from __future__ import annotations

from client import request
from harness import Run
from server import Server, eventually


def no_subscribers(server: Server, channel: str) -> None:
    with server.connect() as client:
        eventually(
            lambda: client.command("PUBSUB", "NUMSUB", channel) == [channel.encode(), 0]
            and client.command("PUBSUB", "NUMPAT") == 0,
            "nobody subscribes",
        )


def in_the_middle_of_a_message(run: Run) -> None:
    server = run.start()
    payload = b"x" * 10_000_000
    publisher = server.connect()
    stays = server.connect()
    stays.command("SUBSCRIBE", "big")
    for round in range(run.scaled(8)):
        subscribers = [server.connect() for _ in range(9)]
        for index, client in enumerate(subscribers):
            command = ["SUBSCRIBE", "PSUBSCRIBE"][index // 3 % 2]
            assert client.command(command, "big")[2] == 1
        publisher.send(request("PUBLISH", "big", payload))
        for index, client in enumerate(subscribers):
            # The first bytes show that the message is on its way.
            if round % 2 == 0:
                client.socket.recv(1000)
            [client.reset, client.close, client.half_close][index % 3]()
        got = publisher.reply()
        assert 1 <= got <= 10
        assert stays.reply() == [b"message", b"big", payload]
        for client in subscribers:
            client.close()
        server.wait_for_clients(2)
        assert publisher.command("PUBLISH", "big", "small") == 1
        assert stays.reply() == [b"message", b"big", b"small"]
    publisher.close()
    stays.close()
    server.wait_for_clients(0)


def half_closed(run: Run) -> None:
    """`printf 'PING\\r\\n' | nc`: what was asked is answered, then the server closes."""
    server = run.start()
    for data, expected in [
        (b"PING\r\n", ["PONG"]),
        (b"PING\r\n" * 500 + b"ECHO incompl", ["PONG"] * 500),
        (request("ECHO", b"y" * 3_000_000), [b"y" * 3_000_000]),
        (request("SUBSCRIBE", "a"), [[b"subscribe", b"a", 1]]),
        (request("MULTI") + request("PING") + request("EXEC"), ["OK", "QUEUED", ["PONG"]]),
        (b"", []),
    ]:
        with server.connect() as client:
            client.send(data)
            client.half_close()
            replies = client.rest()
            # Redis may close before it has sent replies that are long.
            if run.is_martlet or len(data) < 100_000:
                assert replies == expected, f"{data[:40]!r}: {str(replies)[:200]}"
    no_subscribers(server, "a")
    server.wait_for_clients(0)


def half_closed_while_held_up(run: Run) -> None:
    run.martlet_only("Redis closes a client that it holds up at the end of its input")
    server = run.start()
    with server.connect() as control, server.connect() as client:
        assert control.command("CLIENT", "PAUSE", "10000", "WRITE") == "OK"
        client.send(request("PUBLISH", "nobody", "m") + request("PING"))
        client.half_close()
        eventually(
            lambda: b"cmd=publish" in control.command("CLIENT", "LIST"), "it is held up"
        )
        assert control.command("CLIENT", "UNPAUSE") == "OK"
        assert client.rest() == [0, "PONG"]


def many_channels(run: Run) -> None:
    count = 100_000
    server = run.start()
    subscribe_many(server, "SUBSCRIBE", "UNSUBSCRIBE", [f"channel:{i}" for i in range(count)])
    no_subscribers(server, "channel:0")


def many_patterns(run: Run) -> None:
    count = 10_000
    server = run.start()
    names = [f"pattern:{i}:*" if i % 2 else f"*:{i}:pattern" for i in range(count)]
    subscribe_many(server, "PSUBSCRIBE", "PUNSUBSCRIBE", names)
    no_subscribers(server, "none")


def subscribe_many(server: Server, subscribe: str, unsubscribe: str, names: list[str]) -> None:
    count = len(names)
    server.answers()
    before = server.resident_kilobytes()
    publisher = server.connect()
    word = subscribe.lower().encode()
    after: list[int] = []
    for round in range(3):
        client = server.connect()
        step = 1 if round == 1 else 1000
        for first in range(0, count, 20_000):
            part = names[first : first + 20_000]
            groups = [part[i : i + step] for i in range(0, len(part), step)]
            client.send(b"".join(request(subscribe, *group) for group in groups))
            for index, name in enumerate(part, first + 1):
                assert client.reply() == [word, name.encode(), index]
        for index in [0, count // 2, count - 1]:
            channel = names[index].replace("*", "star")
            assert publisher.command("PUBLISH", channel, "m") == 1
            assert client.reply()[-2:] == [channel.encode(), b"m"]
        if round < 2:
            client.send(request(unsubscribe))
            left = set(names)
            for index in range(count):
                kind, name, remaining = client.reply()
                assert (kind, remaining) == (unsubscribe.lower().encode(), count - index - 1)
                left.remove(name.decode())
            assert not left
        # The last round leaves it to the server.
        client.close()
        server.wait_for_clients(1)
        assert publisher.command("PUBLISH", names[0].replace("*", "star"), "m") == 0
        after.append(server.resident_kilobytes())
    publisher.close()
    growth = after[-1] - before
    assert growth < 40 * 1024, f"memory was {before} KB before and {after} KB after each round"
    # The allocator keeps a share for each thread that served one of the clients.
    assert after[-1] - after[0] < 24 * 1024, f"memory after each round: {after} KB"


TESTS = [
    in_the_middle_of_a_message,
    half_closed,
    half_closed_while_held_up,
    many_channels,
    many_patterns,
]
