# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Starts servers on free loopback ports and ends them, each by its own pid."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from client import Client

PATIENCE = 30.0
CRASH = re.compile(r"Fatal error|crashed at|Illegal instruction|Segmentation|REDIS BUG REPORT")


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Waits until the condition holds; fails when it has not for too long."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"still not so: {what}"
        time.sleep(0.01)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server process of its own, which ends with code 0 and without a crash in its log."""

    def __init__(
        self,
        program: str,
        settings: list[str],
        directory: Path,
        idle_count: int = 0,
        before_exec: Callable[[], None] | None = None,
    ) -> None:
        self.directory = directory
        self.port = free_port()
        self._log = directory / f"log-{self.port}"
        arguments = [program, "--port", str(self.port), "--bind", "127.0.0.1"]
        arguments += ["--dir", str(directory)]
        if Path(program).name in ("redis-server", "valkey-server"):
            arguments += ["--save", "", "--appendonly", "no"]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                arguments + settings,
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=before_exec,
            )
        self._ended = False
        eventually(self._is_up, f"{program} accepts connections: {self.log()}")
        self._idle: list[Client] = []
        self.wait_for_clients(0)
        self._idle = [self.connect() for _ in range(idle_count)]
        self.wait_for_clients(0)

    def _is_up(self) -> bool:
        assert self.process.poll() is None, f"the server ended: {self.log()}"
        try:
            self.connect().close()
        except OSError:
            return False
        return True

    def connect(self) -> Client:
        return Client(socket.create_connection(("127.0.0.1", self.port), PATIENCE))

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def resident_kilobytes(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def info(self, section: str) -> dict[str, str]:
        with self.connect() as client:
            text = client.command("INFO", section).decode()
        return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)

    def answers(self) -> None:
        """Whatever has happened, a new client is served."""
        assert self.process.poll() is None, f"the server ended: {self.log()[-2000:]}"
        with self.connect() as client:
            assert client.command("PING") == "PONG"

    def wait_for_clients(self, count: int) -> None:
        """Waits until so many clients are connected, besides the idle ones and who asks."""
        expected = count + len(self._idle) + 1
        with self.connect() as client:

            def reached() -> bool:
                text = client.command("INFO", "clients")
                return int(re.search(rb"connected_clients:(\d+)", text)[1]) == expected

            try:
                eventually(reached, f"{count} clients")
            except AssertionError as error:
                clients = client.command("CLIENT", "LIST").decode()
                raise AssertionError(f"{error}, but:\n{clients}") from None

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Ends the server; that must go as it should."""
        if self._ended:
            return
        if self.process.poll() is None:
            self.terminate()
        self.has_ended()

    def has_ended(self) -> None:
        self._ended = True
        for client in self._idle:
            client.close()
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not end after SIGTERM") from None
        crash = CRASH.search(self.log())
        assert crash is None, f"the log tells of a crash: {self.log()[crash.start():][:3000]}"
        assert code == 0, f"exit code {code}: {self.log()[-2000:]}"

    def kill(self) -> None:
        self._ended = True
        for client in self._idle:
            client.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
