# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""A server that was built without the trait `Scripting`."""

from __future__ import annotations

import subprocess

from client import ReplyError
from harness import Run


def scripts_are_unknown(run: Run) -> None:
    run.martlet_only("Redis is never without")
    server = run.start()
    with server.connect() as client:
        for name in ("EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "SCRIPT", "FCALL", "FUNCTION"):
            reply = client.command(name, "return 1", 0)
            assert isinstance(reply, ReplyError), reply
            assert str(reply).startswith(f"ERR unknown command '{name}'"), reply
            assert client.command("COMMAND", "INFO", name) == [None]


def everything_else_is_there(run: Run) -> None:
    server = run.start("--appendonly", "yes")
    with server.connect() as client, server.connect() as other:
        client.command("SUBSCRIBE", "news")
        assert other.command("PUBLISH", "news", "x") == 1
        assert client.reply() == [b"message", b"news", b"x"]
        assert other.command("RPUSH", "queue", "job") == 1
        assert other.command("XADD", "stream", "1-1", "field", "value") == b"1-1"
        assert other.command("MULTI") == "OK"
        assert other.command("LPOP", "queue") == "QUEUED"
        assert other.command("EXEC") == [b"job"]


def lua_is_not_needed(run: Run) -> None:
    run.martlet_only("it is about the program itself")
    libraries = subprocess.run(["ldd", run.program], capture_output=True, text=True, check=True)
    assert "libc." in libraries.stdout, libraries.stdout
    assert "lua" not in libraries.stdout, libraries.stdout


TESTS = [scripts_are_unknown, everything_else_is_there, lua_is_not_needed]
