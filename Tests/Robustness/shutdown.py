# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""How a server ends, and how one does not even start."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

from client import Client, request
from harness import Run
from server import PATIENCE, free_port


def queued_output_is_delivered(run: Run) -> None:
    run.martlet_only("Redis drops what is queued")
    pidfile, path = run.directory / "pid", run.directory / "socket"
    for ending in (signal.SIGTERM, signal.SIGINT):
        server = run.start("--pidfile", str(pidfile), "--unixsocket", str(path))
        assert pidfile.read_text() == f"{server.process.pid}\n"
        over_unix = socket.socket(socket.AF_UNIX)
        over_unix.settimeout(PATIENCE)
        over_unix.connect(str(path))
        readers = [Client(over_unix), *(server.connect() for _ in range(5))]
        for client in readers:
            assert client.command("SUBSCRIBE", "last")[2] == 1
        payload = b"x" * 6_000_000
        with server.connect() as publisher:
            assert publisher.command("PUBLISH", "last", payload) == len(readers)
        server.process.send_signal(ending)
        for client in readers:
            assert client.rest() == [[b"message", b"last", payload]]
            client.close()
        server.has_ended()
        assert not pidfile.exists() and not path.exists()


def shutdown_has_a_deadline(run: Run) -> None:
    run.martlet_only("Redis drops what is queued")
    server = run.start("--shutdown-timeout", "1")
    with server.connect() as stalled, server.connect() as publisher:
        stalled.command("SUBSCRIBE", "last")
        assert publisher.command("PUBLISH", "last", b"x" * 20_000_000) == 1
        server.terminate()
        server.has_ended()


def under_load(run: Run) -> None:
    for _ in range(run.scaled(5)):
        server = run.start()
        clients = [server.connect() for _ in range(50)]
        for client in clients:
            client.send(request("SUBSCRIBE", "c") + b"PING\r\n" * 2000)
        for client in clients[:5]:
            client.send(request("PUBLISH", "c", "m") * 100)
        server.stop()
        for client in clients:
            client.close()


def shutdown_command(run: Run) -> None:
    server = run.start()
    with server.connect() as client:
        client.send(request("SHUTDOWN", "NOSAVE"))
        assert client.rest() == []
    server.has_ended()


def run_to_end(run: Run, *arguments: str) -> tuple[int, str, str]:
    ended = subprocess.run(
        [run.program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=run.directory,
    )
    return ended.returncode, ended.stdout, ended.stderr


def port_in_use(run: Run) -> None:
    run.martlet_only("the texts are Martlet's own")
    server = run.start()
    settings = ["--port", str(server.port), "--bind", "127.0.0.1", *run.settings()]
    code, out, err = run_to_end(run, *settings)
    assert code == 1, code
    assert out == "" and len(err.splitlines()) == 1, out + err
    assert f"127.0.0.1:{server.port}" in err and "Address already in use" in err, err
    server.answers()


def settings_that_are_wrong(run: Run) -> None:
    run.martlet_only("the texts are Martlet's own")
    file = run.directory / "martlet.conf"
    port = str(free_port())
    for lines, number in [
        (["port 0", "no-such-setting 5"], 2),
        (["port 0", "", "maxclients many"], 3),
        (["port 70000"], 1),
        (["port 0", "client-output-buffer-limit pubsub 1"], 2),
        (["port 0", 'bind "127.0.0.1'], 2),
        (["port 0", "loglevel loud"], 2),
    ]:
        file.write_text("\n".join(lines) + "\n")
        code, out, err = run_to_end(run, str(file))
        assert code == 1 and out == "", f"{lines}: {code} {out}"
        assert str(file) in err and str(number) in err and lines[number - 1] in err, err
    for arguments in [
        ["--no-such-setting", "5"],
        ["--maxclients", "many"],
        ["--port", port, "--io-threads", "1000"],
        ["--maxclients"],
    ]:
        code, out, err = run_to_end(run, *arguments)
        assert code == 1 and out == "", f"{arguments}: {code} {out}"
        assert arguments[-2 if len(arguments) > 1 else -1].lstrip("-") in err, err
    code, _, err = run_to_end(run, str(Path("missing.conf")))
    assert code == 1 and "missing.conf" in err and len(err.splitlines()) == 1, err


def version_and_help(run: Run) -> None:
    code, out, _ = run_to_end(run, "--version")
    assert code == 0 and len(out.splitlines()) == 1, out
    if run.is_martlet:
        assert out.startswith("Martlet "), out
        code, out, err = run_to_end(run, "--help")
        assert code == 0 and err == "" and "Usage: martlet-server" in out
        for setting in ["port", "maxclients", "client-output-buffer-limit", "io-threads"]:
            assert setting in out, setting


TESTS = [
    queued_output_is_delivered,
    shutdown_has_a_deadline,
    under_load,
    shutdown_command,
    port_in_use,
    settings_that_are_wrong,
    version_and_help,
]
