# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The directory is Redis's: written by either, loaded by the other; and what a start says."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from pathlib import Path

from client import Client, ReplyError
from comparison import compare
from process import Process


def fill(client: Client, choices: random.Random) -> None:
    """Streams with groups, strings, expiry, transactions, in three databases."""
    for step in range(600):
        client.command("SELECT", choices.randrange(3))
        key = f"k{choices.randrange(8)}"
        command = choices.choice(
            (
                ("XADD", f"s{key}", "MAXLEN", "~", "50", "*", "n", step),
                ("XADD", f"s{key}", "*", "n", step, "word", "x" * choices.randrange(100)),
                ("XGROUP", "CREATE", f"s{key}", "g", "0", "MKSTREAM"),
                ("XREADGROUP", "GROUP", "g", "c", "COUNT", "3", "STREAMS", f"s{key}", ">"),
                ("XAUTOCLAIM", f"s{key}", "g", "d", "0", "-", "COUNT", "2"),
                ("XTRIM", f"s{key}", "MAXLEN", "=", "30"),
                ("SET", key, f"value {step}"),
                ("SET", key, step, "EX", "1000"),
                ("INCRBY", f"n{key}", step),
                ("PEXPIRE", key, "100000"),
                ("PERSIST", key),
                ("DEL", key),
                ("RENAME", key, f"r{key}"),
                ("COPY", f"s{key}", f"s{key}-copy", "REPLACE"),
                ("RPUSH", f"l{key}", step, "x" * choices.randrange(50)),
                ("LPOP", f"l{key}"),
                ("HSET", f"h{key}", choices.randrange(200), step),
                ("SADD", f"t{key}", choices.randrange(300), f"m{step}"),
                ("SREM", f"t{key}", choices.randrange(300)),
                ("ZADD", f"z{key}", step / 7, f"m{choices.randrange(200)}"),
                ("MULTI",),
            )
        )
        client.command(*command)
        if command == ("MULTI",):
            client.command("SET", key, "in a transaction")
            client.command("INCR", f"n{key}")
            client.command("EXEC")


def exchange(writer: str, reader: str, seed: str, rewrites: bool) -> None:
    """`reader` has what `writer` has written."""
    first, second = (Path(tempfile.mkdtemp(prefix="martlet-durability-")) for _ in range(2))
    servers = []
    try:
        source = Process(writer, first)
        servers.append(source)
        with source.connect() as client:
            fill(client, random.Random(seed))
            if rewrites:
                assert "rewriting started" in client.command("BGREWRITEAOF")
                fill(client, random.Random(f"{seed}/2"))
                while b"aof_rewrite_in_progress:1" in client.command("INFO", "persistence"):
                    pass
        source.stop()
        shutil.copytree(first / "appendonlydir", second / "appendonlydir")
        manifest = second / "appendonlydir/appendonly.aof.manifest"
        checked = subprocess.run(
            ["redis-check-aof", str(manifest)], capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout
        source.start()
        target = Process(reader, second)
        servers.append(target)
        with source.connect() as left, target.connect() as right:
            compare(left, right)
    finally:
        for server in servers:
            server.end()
        shutil.rmtree(first, ignore_errors=True)
        shutil.rmtree(second, ignore_errors=True)


def starts(program: str) -> None:
    """Nothing is written before the first key, a second server is refused, damage is refused."""
    directory = Path(tempfile.mkdtemp(prefix="martlet-durability-"))
    try:
        server = Process(program, directory, "--appendfsync", "always")
        log = directory / "appendonlydir"
        with server.connect() as client:
            client.command("PUBLISH", "c", "m")
            assert not log.exists(), "something was written before the first key"
            for number in range(10):
                client.command("SET", number, number)
            assert client.command("WAITAOF", 1, 0, 0) == [1, 0]
        refuse(program, directory, "another server uses the directory")
        server.kill()
        increment = log / "appendonly.aof.1.incr.aof"
        intact = increment.read_bytes()
        increment.write_bytes(intact[:-3])
        check(program, directory, 0, "Torn tail")
        increment.write_bytes(intact[:200] + bytes([intact[200] ^ 1]) + intact[201:])
        check(program, directory, 1, "appendonly.aof.1.incr.aof is damaged at offset")
        refuse(program, directory, "appendonly.aof.1.incr.aof is damaged at offset")
        increment.write_bytes(intact)
        check(program, directory, 0, "The log is intact")
        server.start()
        with server.connect() as client:
            assert client.command("DBSIZE") == 10
            assert not isinstance(client.command("CONFIG", "SET", "appendonly", "no"), ReplyError)
            client.command("SET", "unlogged", 1)
            assert client.command("CONFIG", "SET", "appendonly", "yes") == "OK"
            client.command("SET", "logged", 1)
            assert client.command("WAITAOF", 1, 0, 0) == [1, 0]
            while b"aof_rewrite_in_progress:1" in client.command("INFO", "persistence"):
                pass
        server.kill()
        server.start()
        with server.connect() as client:
            assert client.command("DBSIZE") == 12
        server.stop()
    finally:
        server.end()
        shutil.rmtree(directory, ignore_errors=True)


def refuse(program: str, directory: Path, reason: str) -> None:
    ended = subprocess.run(
        [program, "--port", "0", "--unixsocket", str(directory / "s"), "--dir", str(directory)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1 and reason in ended.stderr, (ended.returncode, ended.stderr)


def check(program: str, directory: Path, code: int, text: str) -> None:
    ended = subprocess.run(
        [program, "--check-log", str(directory)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == code and text in ended.stdout, (ended.returncode, ended.stdout)
