# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""kill -9 at random moments, during rewrites too: what was acknowledged is there."""

from __future__ import annotations

import random
import shutil
import tempfile
import threading
import time
from pathlib import Path

from client import Closed, ReplyError
from comparison import compare
from process import Process
from producer import Producer

PRODUCER_COUNT = 4
SECONDS_MAX = 0.6
# The streams are begun again after so many kills.
ROUNDS_OF_A_STREAM = 10
POLICIES = ("always", "everysec", "no")


def rewrite_now_and_then(server: Process, choices: random.Random) -> None:
    try:
        with server.connect() as client:
            while True:
                time.sleep(choices.uniform(0, 0.1))
                reply = client.command("BGREWRITEAOF")
                assert not isinstance(reply, ReplyError) or "in progress" in str(reply), reply
    except (OSError, Closed):
        pass


def kill_and_restart(program: str, redis: str, seed: str, rounds: int) -> None:
    choices = random.Random(seed)
    directory = Path(tempfile.mkdtemp(prefix="martlet-durability-"))
    settings = ("--io-threads", "2", "--auto-aof-rewrite-min-size", "1mb")
    server = Process(program, directory, *settings)
    try:
        producers = [Producer(index, seed) for index in range(PRODUCER_COUNT)]
        for producer in producers:
            producer.prepare(server)
        for number in range(rounds):
            if number and number % ROUNDS_OF_A_STREAM == 0:
                with server.connect() as client:
                    for producer in producers:
                        producer.check(client, full=True)
                        producer.begin_again(client)
            with server.connect() as client:
                policy = choices.choice(POLICIES)
                assert client.command("CONFIG", "SET", "appendfsync", policy) == "OK"
            threads = [producer.run(server) for producer in producers]
            if choices.random() < 0.7:
                rewriter = threading.Thread(
                    target=rewrite_now_and_then,
                    args=(server, random.Random(choices.random())),
                )
                rewriter.start()
                threads.append(rewriter)
            time.sleep(choices.uniform(0, SECONDS_MAX))
            server.kill()
            for thread in threads:
                thread.join()
            server.start()
            with server.connect() as client:
                for producer in producers:
                    producer.check(client)
        with server.connect() as client:
            for producer in producers:
                producer.check(client, full=True)
        acknowledged = sum(producer.acknowledged_count for producer in producers)
        assert acknowledged > 100 * rounds, f"only {acknowledged} were acknowledged"
        load_into_redis(server, redis, directory)
    finally:
        server.end()
        shutil.rmtree(directory, ignore_errors=True)


def load_into_redis(server: Process, redis: str, directory: Path) -> None:
    """The real server, on a copy of the directory, has the same data."""
    server.kill()
    copy = Path(tempfile.mkdtemp(prefix="martlet-durability-"))
    reference = None
    try:
        shutil.copytree(directory / "appendonlydir", copy / "appendonlydir")
        reference = Process(redis, copy)
        server.start()
        with server.connect() as ours, reference.connect() as theirs:
            compare(ours, theirs)
    finally:
        if reference is not None:
            reference.end()
        shutil.rmtree(copy, ignore_errors=True)
