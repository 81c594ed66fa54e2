# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Programs that a driver talks to through a pipe or, as a person would, through a terminal."""

import fcntl
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import termios
import time

from checks import TIMEOUT_SECONDS


class Program:
    """A running program whose output is awaited. A `with` block ends it."""

    def __init__(self, argv: list[str], terminal: bool = False, **options) -> None:
        self._read = b""
        self._answers_cursor_queries = False
        if terminal:
            self._output, inner = pty.openpty()
            # Line editors ask the terminal for its size and fall back to odd ones without it.
            fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
            environment = os.environ | {"TERM": "xterm"} | options.pop("env", {})
            self._process = subprocess.Popen(
                argv,
                stdin=inner,
                stdout=inner,
                stderr=inner,
                env=environment,
                start_new_session=True,
                preexec_fn=_take_terminal,
                **options,
            )
            os.close(inner)
            self._input = self._output
        else:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                **options,
            )
            assert self._process.stdin and self._process.stdout
            self._output = self._process.stdout.fileno()
            self._input = self._process.stdin.fileno()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()

    def type(self, text: str) -> None:
        os.write(self._input, text.encode())

    def expect(self, pattern: bytes) -> re.Match[bytes]:
        """Waits until the output that was not yet matched contains the pattern; consumes it."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not (match := re.search(pattern, self._read, re.DOTALL)):
            ready, _, _ = select.select([self._output], [], [], deadline - time.monotonic())
            chunk = self._chunk() if ready else b""
            if not chunk:
                raise AssertionError(f"expected {pattern!r}, the program printed {self._read!r}")
            self._read += chunk
        self._read = self._read[match.end():]
        return match

    def lines(self, count: int) -> list[str]:
        """The next lines of a program that writes to a pipe."""
        match = self.expect(rb"\A" + rb"[^\n]*\n" * count)
        return match.group().decode(errors="backslashreplace").splitlines()

    def answer_cursor_queries(self) -> None:
        """Answers, from now on, the query for the cursor's position as a terminal does."""
        self._answers_cursor_queries = True

    def exit_code(self) -> int:
        return self._process.wait(TIMEOUT_SECONDS)

    def _chunk(self) -> bytes:
        try:
            chunk = os.read(self._output, 65536)
        except OSError:
            # A terminal whose other side is closed.
            return b""
        if self._answers_cursor_queries and b"\x1b[6n" in chunk:
            os.write(self._input, b"\x1b[1;1R")
        return chunk


def _take_terminal() -> None:
    """Makes the terminal the controlling one of a new session, so that ^C becomes a signal."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # A background job of a shell inherits that the signal is ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def free_port() -> int:
    """A loopback port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
