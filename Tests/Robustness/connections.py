# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Very many connections, and more than there may be."""

from __future__ import annotations

import ctypes
import resource

from client import Closed, ReplyError, request
from harness import Run, allow_descriptors
from server import eventually

CAP_SYS_RESOURCE = 24
PR_CAPBSET_DROP = 24
DESCRIPTORS = 64
# So many clients have room with what the server needs for itself.
SERVED = 40


def ten_thousand_subscribers(run: Run) -> None:
    count = 10_000
    allow_descriptors(count + 100)
    server = run.start("--maxclients", str(count + 100))
    clients = []
    for first in range(0, count, 500):
        clients += [server.connect() for _ in range(500)]
        for client in clients[first:]:
            client.send(request("SUBSCRIBE", "all"))
        for client in clients[first:]:
            assert client.reply() == [b"subscribe", b"all", 1]
    server.wait_for_clients(count)
    with server.connect() as publisher:
        for message in [b"one", b"two"]:
            assert publisher.command("PUBLISH", "all", message) == count
        for client in clients:
            assert client.replies(2) == [[b"message", b"all", text] for text in (b"one", b"two")]
        for client in clients:
            client.close()
        eventually(
            lambda: publisher.command("PUBSUB", "NUMSUB", "all") == [b"all", 0],
            "nobody subscribes",
        )
    server.wait_for_clients(0)


def connections_that_come_and_go(run: Run) -> None:
    server = run.start()
    with server.connect() as witness:
        for _ in range(run.scaled(1500)):
            client = server.connect()
            if run.random.random() < 0.5:
                assert client.command("SUBSCRIBE", "brief") == [b"subscribe", b"brief", 1]
            client.reset() if run.random.random() < 0.5 else client.close()
        eventually(
            lambda: witness.command("PUBLISH", "brief", "m") == 0, "nobody subscribes"
        )
    server.wait_for_clients(0)


def more_than_maxclients(run: Run) -> None:
    server = run.start("--maxclients", "20", is_spread=False)
    clients = [server.connect() for _ in range(20)]
    for client in clients:
        assert client.command("PING") == "PONG"
    for _ in range(30):
        with server.connect() as refused:
            assert refused.rest() == [ReplyError("ERR max number of clients reached")]
    assert int(clients[0].command("INFO", "stats").split(b"rejected_connections:")[1].split()[0])
    for client in clients[10:]:
        client.close()

    def accepted() -> bool:
        with server.connect() as client:
            try:
                return client.command("PING") == "PONG"
            except (Closed, OSError):
                return False

    eventually(accepted, "there is room again")
    for client in clients[:10]:
        assert client.command("PING") == "PONG"
        client.close()


def few_descriptors() -> None:
    """As `ulimit -n` for somebody who may not raise it again."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


def out_of_descriptors(run: Run) -> None:
    run.martlet_only("Redis lowers maxclients instead")
    server = run.start(
        "--maxclients", "1000", is_spread=False, before_exec=few_descriptors
    )
    clients = [server.connect() for _ in range(100)]
    for client in clients:
        client.send(request("PING"))
    eventually(lambda: "Accepting client connection" in server.log(), "accept has failed")
    # They are accepted in the order in which they came.
    while clients:
        served, clients = clients[:SERVED], clients[SERVED:]
        for client in served:
            assert client.reply() == "PONG"
        for client in served:
            assert client.command("PING") == "PONG", "those who are there go on"
        # Each that leaves makes room for another.
        for client in served:
            client.close()
    server.wait_for_clients(0)


TESTS = [
    ten_thousand_subscribers,
    connections_that_come_and_go,
    more_than_maxclients,
    out_of_descriptors,
]
