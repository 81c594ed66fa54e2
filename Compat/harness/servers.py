# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""A fresh server on the loopback interface, ended by its own process id."""

import signal
import socket
import subprocess
import time
from pathlib import Path

START_TIMEOUT_SECONDS = 20
STOP_TIMEOUT_SECONDS = 10
START_ATTEMPTS = 3


class ServerFailed(Exception):
    """The server did not start, ended by itself or did not end cleanly."""


def server_version(executable: str) -> str:
    answer = subprocess.run([executable, "--version"], capture_output=True, text=True, timeout=20)
    lines = (answer.stdout or answer.stderr).strip().splitlines()
    return lines[0] if lines else "unknown version"


class Server:
    """Runs for the length of a `with` block, whose end checks that it was still alive."""

    host = "127.0.0.1"

    def __init__(self, executable: str, folder: Path) -> None:
        self._executable = executable
        self._folder = folder
        self._process: subprocess.Popen | None = None
        self.log = folder / "server.log"
        self.unix_socket = folder / "server.sock"
        self.port = 0

    def __enter__(self) -> "Server":
        for attempt in range(1, START_ATTEMPTS + 1):
            self._start()
            try:
                self._wait_until_ready()
                return self
            except ServerFailed:
                # Another process may have taken the port between our look and the server's bind.
                self._kill()
                if attempt == START_ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def __exit__(self, kind, error, traceback) -> None:
        process = self._process
        assert process is not None
        early = process.poll()
        if early is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                self._kill()
                if kind is None:
                    raise ServerFailed(
                        f"the server did not end within {STOP_TIMEOUT_SECONDS} s of SIGTERM"
                    ) from None
        if kind is None and early is not None:
            raise ServerFailed(f"the server ended during the run with code {early}")
        if kind is None and process.returncode != 0:
            raise ServerFailed(f"the server ended on SIGTERM with code {process.returncode}")

    def _start(self) -> None:
        with socket.socket() as probe:
            probe.bind((self.host, 0))
            self.port = probe.getsockname()[1]
        options = ["--port", str(self.port), "--bind", self.host]
        options += ["--unixsocket", str(self.unix_socket)]
        if not Path(self._executable).name.startswith("martlet"):
            options += ["--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [self._executable, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                start_new_session=True,
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not (self._answers(socket.AF_INET, (self.host, self.port))
                   and self._answers(socket.AF_UNIX, str(self.unix_socket))):
            assert self._process is not None
            if (code := self._process.poll()) is not None:
                raise ServerFailed(f"the server ended at its start with code {code}")
            if time.monotonic() > deadline:
                raise ServerFailed(f"the server did not answer within {START_TIMEOUT_SECONDS} s")
            time.sleep(0.02)

    def _answers(self, family: socket.AddressFamily, address: tuple | str) -> bool:
        try:
            with socket.socket(family) as connection:
                connection.settimeout(2)
                connection.connect(address)
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def _kill(self) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
