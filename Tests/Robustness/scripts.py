# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Scripts that run for too long, that end badly, and that ask for too much."""

from __future__ import annotations

from client import Client, ReplyError, request
from harness import Run
from server import Server, eventually

BUSY = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."
ENDLESS = "while true do end"


def is_error(reply: object, start: str) -> bool:
    return isinstance(reply, ReplyError) and str(reply).startswith(start)


def until_busy(client: Client) -> None:
    """Commands on keys, once the script runs, wait for it until it has run for too long."""
    eventually(lambda: is_error(client.command("GET", "k"), "BUSY "), "it is busy")


def goes_on(server: Server) -> None:
    with server.connect() as client:
        assert client.command("SET", "after", "x") == "OK"
        assert client.command("EVAL", "return redis.call('GET', KEYS[1])", 1, "after") == b"x"


def endless_script_is_killed(run: Run) -> None:
    server = run.start("--busy-reply-threshold", "50")
    scripts = [
        ENDLESS,
        "while true do pcall(function() while true do end end) end",
        "while true do redis.pcall('GET', 'k') end",
        "coroutine.wrap(function() while true do end end)()",
    ]
    for script in scripts:
        with server.connect() as runs, server.connect() as other:
            runs.send(request("EVAL", script, 0))
            until_busy(other)
            assert is_error(other.command("EVAL", "return 1", 0), "BUSY ")
            assert other.command("SCRIPT", "KILL") == "OK"
            reply = runs.reply()
            assert is_error(reply, "ERR Script killed by user with SCRIPT KILL."), reply
            assert is_error(other.command("SCRIPT", "KILL"), "NOTBUSY ")
        goes_on(server)


def endless_function_is_killed(run: Run) -> None:
    server = run.start("--busy-reply-threshold", "50")
    library = "#!lua name=l\nredis.register_function('endless', function() while true do end end)"
    with server.connect() as runs, server.connect() as other:
        assert other.command("FUNCTION", "LOAD", library) == b"l"
        runs.send(request("FCALL", "endless", 0))
        until_busy(other)
        assert is_error(other.command("SCRIPT", "KILL"), "BUSY ")
        running = other.command("FUNCTION", "STATS")[1]
        assert running[:4] == [b"name", b"endless", b"command", [b"FCALL", b"endless", b"0"]]
        assert other.command("FUNCTION", "KILL") == "OK"
        reply = runs.reply()
        assert is_error(reply, "ERR Script killed by user with FUNCTION KILL."), reply
        assert is_error(other.command("FUNCTION", "KILL"), "NOTBUSY ")
    goes_on(server)


def transaction_waits_for_its_script(run: Run) -> None:
    """Nobody sees half of a transaction, whose script is killed as any other is."""
    server = run.start("--busy-reply-threshold", "50")
    with server.connect() as runs, server.connect() as other:
        for request_of_it in (
            ("MULTI",),
            ("INCR", "k"),
            ("EVAL", ENDLESS, 0),
            ("EVAL", "return redis.call('INCR', KEYS[1])", 1, "k"),
            ("GET", "k"),
            ("EXEC",),
            ("PING",),
        ):
            runs.send(request(*request_of_it))
        until_busy(other)
        assert other.command("SCRIPT", "KILL") == "OK"
        *_, transaction, ping = runs.replies(7)
        assert transaction[0] == 1 and transaction[2:] == [2, b"2"], transaction
        assert is_error(transaction[1], "ERR Script killed by user"), transaction
        assert ping == "PONG"
    goes_on(server)


def libraries_survive(run: Run) -> None:
    """A library is in the log, and in what a rewrite makes of it."""
    run.martlet_only("Redis is told not to keep anything")
    library = "#!lua name={0}\nredis.register_function('f{0}', function() return '{0}' end)"
    server = run.start("--appendonly", "yes")
    for name in ("a", "b", "c"):
        with server.connect() as client:
            assert client.command("FUNCTION", "LOAD", library.format(name)) == name.encode()
            if name == "b":
                assert client.command("FUNCTION", "DELETE", "b") == "OK"
        server.kill()
        server = run.start("--appendonly", "yes")
        with server.connect() as client:
            eventually(lambda: "\nloading:0" in persistence(client), "it is loaded")
            assert client.command("FCALL", f"f{name}", 0) == (
                name.encode() if name != "b" else ReplyError("ERR Function not found")
            )
            assert client.command("BGREWRITEAOF").startswith("Background")
            eventually(
                lambda: "aof_rewrite_in_progress:0" in persistence(client), "it was rewritten"
            )
    with server.connect() as client:
        stats = client.command("FUNCTION", "STATS")
        assert stats[3] == [b"LUA", [b"libraries_count", 2, b"functions_count", 2]], stats


def persistence(client: Client) -> str:
    return client.command("INFO", "persistence").decode()


def publishing_goes_on(run: Run) -> None:
    run.martlet_only("a script stops everything in Redis")
    server = run.start("--busy-reply-threshold", "50")
    with server.connect() as runs, server.connect() as reads, server.connect() as other:
        reads.command("SUBSCRIBE", "news")
        runs.send(request("EVAL", ENDLESS, 0))
        for number in range(20):
            assert other.command("PUBLISH", "news", number) == 1
            assert reads.reply() == [b"message", b"news", str(number).encode()]
        until_busy(other)
        assert other.command("PUBLISH", "news", "busy") == 1
        assert other.command("SCRIPT", "KILL") == "OK"
        assert is_error(runs.reply(), "ERR Script killed")
    goes_on(server)


def what_wrote_is_not_killed(run: Run) -> None:
    server = run.start("--busy-reply-threshold", "10")
    script = "redis.call('SET', KEYS[1], 1) for i = 1, 2e8 do end return 'done'"
    with server.connect() as runs, server.connect() as other:
        runs.send(request("EVAL", script, 1, "k"))
        until_busy(other)
        assert is_error(other.command("SCRIPT", "KILL"), "UNKILLABLE ")
        assert runs.reply() == b"done"
        assert other.command("GET", "k") == b"1"
    goes_on(server)


def gone_client(run: Run) -> None:
    """The script of a client that is gone runs on, and is killed all the same."""
    server = run.start("--busy-reply-threshold", "50")
    with server.connect() as other:
        runs = server.connect()
        runs.send(request("EVAL", ENDLESS, 0))
        until_busy(other)
        runs.close()
        assert other.command("SCRIPT", "KILL") == "OK"
    goes_on(server)


def many_clients(run: Run) -> None:
    server = run.start()
    script = "redis.call('INCR', KEYS[1]) return redis.call('INCRBY', KEYS[1], ARGV[1])"
    clients = [server.connect() for _ in range(40)]
    count = run.scaled(50)
    for client in clients:
        client.send(request("EVAL", script, 1, "counter", 1) * count)
    last = [client.replies(count)[-1] for client in clients]
    assert max(last) == 2 * count * len(clients), last
    for client in clients:
        client.close()
    goes_on(server)


def too_much(run: Run) -> None:
    server = run.start()
    scripts = [
        "local function f() return f() + 1 end return f()",
        "local function f() return pcall(f) end f() return redis.error_reply('E end')",
        "return redis.call(unpack({}, 1, 1e7))",
        "return string.rep('x', 100) .. nil",
        "return cjson.decode(string.rep('[', 100000))",
        "return loadstring(string.rep('(', 100000))()",
        "return {} .. {}",
    ]
    with server.connect() as client:
        for script in scripts:
            reply = client.command("EVAL", script, 0)
            assert isinstance(reply, ReplyError), (script, reply)
    goes_on(server)


TESTS = [
    endless_script_is_killed,
    endless_function_is_killed,
    transaction_waits_for_its_script,
    libraries_survive,
    publishing_goes_on,
    what_wrote_is_not_killed,
    gone_client,
    many_clients,
    too_much,
]
