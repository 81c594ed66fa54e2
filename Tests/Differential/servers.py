# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Starts the servers that are compared and ends them, each by its own pid."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path

START_DEADLINE = 10.0
STOP_DEADLINE = 5.0


class ServerError(Exception):
    pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server process of its own on a free loopback port."""

    def __init__(self, name: str, binary: Path, directory: Path) -> None:
        self.name = name
        self.binary = binary
        self.directory = directory / name
        self.directory.mkdir()
        self._log = self.directory / "output.log"
        self.start()

    @property
    def is_reference(self) -> bool:
        return self.binary.name in ("redis-server", "valkey-server")

    def start(self) -> None:
        self.port = free_port()
        arguments = [str(self.binary), "--port", str(self.port), "--bind", "127.0.0.1"]
        # No files.
        arguments += ["--enable-debug-command", "local", "--appendonly", "no"]
        if self.is_reference:
            arguments += ["--save", ""]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                arguments,
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_DEADLINE
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                    probe.sendall(b"PING\r\n")
                    if probe.recv(7) == b"+PONG\r\n":
                        return
            except OSError:
                pass
            time.sleep(0.01)
        self.stop()
        raise ServerError(f"{self.binary} did not start:\n{self.output()}")

    def exit_status(self) -> int | None:
        return self._process.poll()

    def ends_within(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def output(self) -> str:
        """The end of what it printed, and of a crash's report, which is long, the beginning."""
        text = self._log.read_text(errors="replace").strip()
        return text if len(text) <= 2000 else f"{text[:1500]}\n…\n{text[-500:]}"

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_DEADLINE)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
