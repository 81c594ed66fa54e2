# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Servers that are killed and started again on the same directory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from client import Client, Closed, ReplyError

START_DEADLINE = 60.0
REFERENCES = ("redis-server", "valkey-server")


class Process:
    """A server with its log in `directory`, ended by its own pid."""

    def __init__(self, program: str, directory: Path, *settings: str) -> None:
        self.program = program
        self.directory = directory
        self._settings = [*settings, "--dir", str(directory), "--appendonly", "yes"]
        if Path(program).name in REFERENCES:
            self._settings += ["--save", "", "--aof-use-rdb-preamble", "no"]
        self.output = directory / "output"
        self.start()

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        arguments = [self.program, "--port", str(self.port), "--bind", "127.0.0.1"]
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                arguments + self._settings,
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_DEADLINE
        while not self._is_ready():
            assert self._process.poll() is None, f"{self.program} ended:\n{self.log()}"
            assert time.monotonic() < deadline, f"{self.program} does not answer:\n{self.log()}"
            time.sleep(0.005)

    def _is_ready(self) -> bool:
        """Whether it answers on keys: the log is loaded."""
        try:
            with self.connect() as client:
                return not isinstance(client.command("EXISTS", "k"), ReplyError)
        except (OSError, Closed):
            return False

    def connect(self) -> Client:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Client(connection)

    def kill(self) -> None:
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        os.kill(self._process.pid, signal.SIGTERM)
        code = self._process.wait(timeout=60)
        assert code == 0, f"{self.program} ended with {code}:\n{self.log()}"

    def end(self) -> None:
        if self._process.poll() is None:
            self.kill()

    def log(self) -> str:
        return self.output.read_text(errors="replace")[-4000:]
