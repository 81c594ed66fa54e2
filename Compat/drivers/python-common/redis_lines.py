# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""A plain connection, for the other side of what a driver checks."""

import asyncio
import socket

from checks import HOST, PORT, TIMEOUT_SECONDS


class Connection:
    """Inline commands out, expected bytes in."""

    def __init__(self) -> None:
        self._socket = socket.create_connection((HOST, PORT), timeout=TIMEOUT_SECONDS)
        self._read = b""

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_) -> None:
        self._socket.close()

    def send(self, command: str) -> None:
        self._socket.sendall(command.encode() + b"\r\n")

    def receive(self, ending: bytes) -> bytes:
        """Everything up to and including these bytes."""
        while ending not in self._read:
            chunk = self._socket.recv(65536)
            if not chunk:
                raise AssertionError(f"expected {ending!r}, the server closed after {self._read!r}")
            self._read += chunk
        received, self._read = self._read.split(ending, 1)
        return received + ending

    def subscriber_count(self, channel: str) -> int:
        self.send(f"PUBSUB NUMSUB {channel}")
        self.receive(f"\r\n{channel}\r\n:".encode())
        return int(self.receive(b"\r\n"))

    async def until_subscribers(self, channel: str, count: int) -> None:
        """Waits, in an asyncio program, for others to come or to go."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while self.subscriber_count(channel) != count:
                await asyncio.sleep(0.01)

    def ask(self, command: str) -> str:
        """The one-line reply to a command."""
        self.send(command)
        return self.receive(b"\r\n").decode().rstrip()
