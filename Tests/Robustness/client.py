# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""A plain client: requests out, replies in, nothing hidden in between."""

from __future__ import annotations

import socket
import struct
from typing import Any


class ReplyError(Exception):
    """An error reply."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReplyError) and str(self) == str(other)


class Closed(Exception):
    """The server has closed the connection."""


def request(*arguments: str | bytes | int) -> bytes:
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        data = argument if isinstance(argument, bytes) else str(argument).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


class Parser:
    """Takes bytes in any pieces and gives whole replies; pushes are lists."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._position = 0

    def feed(self, data: bytes) -> list[Any]:
        self._buffer += data
        replies = []
        while self._position < len(self._buffer):
            start = self._position
            try:
                replies.append(self._reply())
            except IndexError:
                self._position = start
                break
        del self._buffer[: self._position]
        self._position = 0
        return replies

    def _line(self) -> bytes:
        end = self._buffer.find(b"\r\n", self._position)
        if end < 0:
            raise IndexError
        line = bytes(self._buffer[self._position : end])
        self._position = end + 2
        return line

    def _reply(self) -> Any:
        line = self._line()
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest.decode(errors="replace")
        if kind == b"-":
            return ReplyError(rest.decode(errors="replace"))
        if kind == b":":
            return int(rest)
        if kind == b"_":
            return None
        if kind in (b"$", b"="):
            length = int(rest)
            if length < 0:
                return None
            end = self._position + length
            if len(self._buffer) < end + 2:
                raise IndexError
            data = bytes(self._buffer[self._position : end])
            assert self._buffer[end : end + 2] == b"\r\n", "a bulk string without its line end"
            self._position = end + 2
            return data
        if kind in (b"*", b">", b"~", b"%"):
            count = int(rest) * (2 if kind == b"%" else 1)
            return None if count < 0 else [self._reply() for _ in range(count)]
        raise AssertionError(f"not a reply: {line[:80]!r}")


class Client:
    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._parser = Parser()
        self._replies: list[Any] = []

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def address(self) -> str:
        host, port = self.socket.getsockname()
        return f"{host}:{port}"

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def command(self, *arguments: str | bytes | int) -> Any:
        self.send(request(*arguments))
        return self.reply()

    def reply(self) -> Any:
        while not self._replies:
            data = self.socket.recv(1 << 18)
            if not data:
                raise Closed
            self._replies = self._parser.feed(data)[::-1]
        return self._replies.pop()

    def replies(self, count: int) -> list[Any]:
        return [self.reply() for _ in range(count)]

    def rest(self) -> list[Any]:
        """All replies until the server closes."""
        replies = []
        try:
            while True:
                replies.append(self.reply())
        except (Closed, ConnectionResetError):
            return replies

    def half_close(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Ends the connection with a RST instead of a FIN."""
        linger = struct.pack("ii", 1, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.socket.close()
