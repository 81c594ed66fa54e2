# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Broken, hostile and merely large input: an error or a close, never a crash, and memory that
follows what was sent, not what was announced."""

from __future__ import annotations

import threading
from random import Random

from client import Client, ReplyError, request
from harness import Run
from server import Server, eventually

CONNECTIONS = 20
GROWTH_MAX_KILOBYTES = 64 * 1024

# Nothing here ends the server, holds it up or takes away what the test itself needs.
VALID = [
    ["PING"],
    ["PING", "hello"],
    ["ECHO", "x" * 300],
    ["SUBSCRIBE", "news", "sport"],
    ["UNSUBSCRIBE"],
    ["PSUBSCRIBE", "n[a-e]ws*", "?port"],
    ["PUNSUBSCRIBE", "?port"],
    ["SSUBSCRIBE", "shard"],
    ["PUBLISH", "news", "\x00\r\n\xff" * 20],
    ["SPUBLISH", "shard", "m"],
    ["PUBSUB", "NUMSUB", "news", "sport"],
    ["PUBSUB", "CHANNELS", "n*"],
    ["HELLO", "3"],
    ["HELLO", "2"],
    ["CLIENT", "SETNAME", "fuzz"],
    ["CLIENT", "LIST"],
    ["CLIENT", "REPLY", "SKIP"],
    ["CLIENT", "KILL", "ADDR", "nobody:1"],
    ["MULTI"],
    ["EXEC"],
    ["DISCARD"],
    ["WATCH", "key"],
    ["SELECT", "3"],
    ["INFO"],
    ["COMMAND", "COUNT"],
    ["COMMAND", "GETKEYS", "PUBLISH", "a", "b"],
    ["CONFIG", "GET", "max*"],
    ["SLOWLOG", "GET", "-1"],
    ["AUTH", "default", "none"],
    ["RESET"],
    ["MONITOR"],
    ["QUIT"],
]
NUMBERS = ["-1", "0", "-0", "00", "+1", "1x", "", "4294967296", "9223372036854775808", "1e3"]


def pipeline(random: Random) -> bytes:
    parts = []
    for _ in range(random.randint(1, 30)):
        command = random.choice(VALID)
        if random.random() < 0.2 and all(word.isprintable() for word in command):
            parts.append(" ".join(command).encode() + random.choice([b"\r\n", b"\n"]))
        else:
            parts.append(request(*(word.encode("latin-1") for word in command)))
    return b"".join(parts)


def mutated(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.randint(1, 4)):
        start = random.randrange(len(changed) + 1)
        end = min(len(changed), start + random.randint(0, 20))
        match random.randrange(6):
            case 0 if start < len(changed):
                changed[start] = random.randrange(256)
            case 1:
                del changed[start:end]
            case 2:
                changed[start:start] = changed[start:end]
            case 3:
                changed[start:start] = random.randbytes(random.randint(1, 8))
            case 4:
                digits = [i for i, byte in enumerate(changed) if chr(byte).isdigit()]
                if digits:
                    place = random.choice(digits)
                    changed[place : place + 1] = random.choice(NUMBERS).encode()
            case _:
                changed[start:start] = random.choice([b"\r", b"\n", b"*", b"$", b'"', b"\x00"])
    return bytes(changed)


def resp_like(random: Random) -> bytes:
    pieces = [b"*", b"$", b"\r\n", b"\n", b"1", b"2", b"3", b"-1", b"PING", b" ", b'"', b"\\x4"]
    return b"".join(random.choice(pieces) for _ in range(random.randint(1, 400)))


def batch(server: Server, random: Random, make) -> None:
    """Several connections at once, in pieces; each ends in a way of its own."""
    clients = [(server.connect(), make(random)) for _ in range(CONNECTIONS)]
    for client, data in clients:
        try:
            while data:
                size = random.choice([1, 7, 100, 5000, len(data)])
                client.send(data[:size])
                data = data[size:]
            match random.randrange(3):
                case 0:
                    client.reset()
                case 1:
                    client.close()
                case _:
                    client.half_close()
        except OSError:
            client.close()  # The server closed first, after an error.
    for client, _ in clients:
        if client.socket.fileno() >= 0:
            try:
                # What comes is made of whole replies, and then the connection ends.
                client.rest()
            finally:
                client.close()


def batches(run: Run, make, count: int) -> None:
    server = run.start()
    before = 0
    for index in range(run.scaled(count)):
        batch(server, run.random, make)
        server.answers()
        if index == 0:
            before = server.resident_kilobytes()
    server.wait_for_clients(0)
    growth = server.resident_kilobytes() - before
    assert growth < GROWTH_MAX_KILOBYTES, f"memory grew by {growth} KB"


def random_bytes(run: Run) -> None:
    batches(run, lambda random: random.randbytes(random.randint(1, 3000)), 40)


def random_tokens(run: Run) -> None:
    batches(run, resp_like, 40)


def mutated_pipelines(run: Run) -> None:
    batches(run, lambda random: mutated(pipeline(random), random), 80)


def truncated_pipelines(run: Run) -> None:
    def make(random: Random) -> bytes:
        data = pipeline(random)
        return data[: random.randrange(len(data) + 1)] or b"*"

    batches(run, make, 30)


def oversized_declarations(run: Run) -> None:
    server = run.start()
    server.answers()
    before = server.resident_kilobytes()
    heads = [
        b"*1000000000\r\n",
        b"*1\r\n$536870912\r\n",
        b"*2\r\n$7\r\nPUBLISH\r\n$536870912\r\n",
        b"*2147483647\r\n$4\r\nPING\r\n",
        b"*100000000\r\n$0\r\n\r\n",
    ]
    clients = []
    for head in heads * 40:
        client = server.connect()
        client.send(head + b"few")
        clients.append(client)
    server.answers()
    server.wait_for_clients(len(clients))
    growth = server.resident_kilobytes() - before
    # Redis makes room for a declared bulk string at once and never touches most of it.
    assert growth < 32 * 1024, f"{len(clients)} announcements took {growth} KB"
    for client in clients:
        client.close()
    server.wait_for_clients(0)


def refused_declarations(run: Run) -> None:
    server = run.start()
    invalid_count = "ERR Protocol error: invalid multibulk length"
    invalid_bulk = "ERR Protocol error: invalid bulk length"
    cases = [
        (b"*3000000000\r\n", invalid_count),
        (b"*99999999999999999999\r\n", invalid_count),
        (b"*x\r\n", invalid_count),
        (b"*1\r\n$-1\r\n", invalid_bulk),
        (b"*1\r\n$536870913\r\n", invalid_bulk),
        (b"*1\r\n$9223372036854775808\r\n", invalid_bulk),
        (b"*1\r\nPING\r\n", "ERR Protocol error: expected '$', got 'P'"),
        (b"*1" + b"1" * 70_000, "ERR Protocol error: too big mbulk count string"),
        (b"*1\r\n$" + b"1" * 70_000, "ERR Protocol error: too big bulk count string"),
        (b"a" * 70_000, "ERR Protocol error: too big inline request"),
        (b"PING " + b"a " * 40_000, "ERR Protocol error: too big inline request"),
        (b'ECHO "a\r\n', "ERR Protocol error: unbalanced quotes in request"),
    ]
    for data, expected in cases:
        with server.connect() as client:
            client.send(b"PING\r\n" + data)
            replies = client.rest()
            assert replies == ["PONG", ReplyError(expected)], f"{data[:40]!r}: {replies}"
    server.answers()


def deep_pipeline(run: Run) -> None:
    server = run.start()
    count = run.scaled(200_000)
    with server.connect() as client:
        writer = threading.Thread(target=client.send, args=(b"PING\r\n" * count,))
        writer.start()
        for _ in range(count):
            assert client.reply() == "PONG"
        writer.join()
        assert client.command("PING") == "PONG"


def one_request_of_many_arguments(run: Run) -> None:
    """Its cost grows with its size, not with the square of it: others are served meanwhile."""
    server = run.start()
    count = 1_000_000
    with server.connect() as client:
        data = b"*%d\r\n$7\r\nPUBLISH\r\n" % count + b"$1\r\nx\r\n" * (count - 1)
        for start in range(0, len(data), 40_000):
            client.send(data[start : start + 40_000])
            if start % 1_000_000 == 0:
                server.answers()
        assert client.reply() == ReplyError(
            "ERR wrong number of arguments for 'publish' command"
        )


def held_up_pipelines(run: Run) -> None:
    """CLIENT PAUSE holds clients up while their requests go on arriving, in pieces; each is
    executed once and in order when the pause ends."""
    server = run.start()
    random = run.random
    control = server.connect()
    clients = [server.connect() for _ in range(9)]
    # What keeps every loop busy, so that all that is sent meanwhile is found at once.
    busy = [server.connect() for _ in range(3)]
    commands = 4
    number = 0
    for _ in range(run.scaled(25)):
        assert control.command("CLIENT", "PAUSE", "10000", "WRITE") == "OK"
        rests = []
        numbers = range(number, number + random.randint(1, 60))
        number = numbers.stop
        for client in clients:
            data = b"".join(
                request("PUBLISH", "nobody", "x" * random.randrange(400))
                + request("ECHO", number)
                for number in numbers
            )
            cut = random.randrange(1, len(data))
            client.send(data[:cut])
            rests.append(data[cut:])
        # Answered behind what the others have sent.
        for client in busy:
            assert client.command("PING") == "PONG"
            client.send(request("COMMAND") * commands)
        control.send(request("CLIENT", "UNPAUSE"))
        for client, rest in zip(clients, rests):
            client.send(rest)
        assert control.reply() == "OK"
        for client in busy:
            client.replies(commands)
        for client in clients:
            for number in numbers:
                assert client.reply() == 0
                assert client.reply() == str(number).encode()
            number = numbers.stop
    for client in [control, *clients, *busy]:
        client.close()


def large_payloads_in_pieces(run: Run) -> None:
    server = run.start()
    payload = run.random.randbytes(24 * 1024 * 1024)
    with server.connect() as client:
        for cut in [1, 16_384, 5_000_011]:
            data = request("ECHO", payload)
            client.send(data[:cut])
            writer = threading.Thread(target=client.send, args=(data[cut:],))
            writer.start()
            assert client.reply() == payload
            writer.join()
    server.wait_for_clients(0)
    eventually(
        lambda: server.resident_kilobytes() < 3 * len(payload) // 1024,
        "the memory of large requests is given back",
    )


TESTS = [
    random_bytes,
    random_tokens,
    mutated_pipelines,
    truncated_pipelines,
    oversized_declarations,
    refused_declarations,
    deep_pipeline,
    one_request_of_many_arguments,
    held_up_pipelines,
    large_payloads_in_pieces,
]
