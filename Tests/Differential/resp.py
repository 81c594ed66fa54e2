# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Replies as trees that remember their bytes: an incremental RESP2 and RESP3 reader.

A `Value` that nothing has changed encodes to exactly the bytes it was read from, so that a
comparison of encoded values is a comparison of raw replies. Streamed strings and aggregates
(`$?`, `*?`), which no server sends, are a grammar error here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

LINE_TYPES = b"+-:_#,("
BULK_TYPES = b"$=!"
AGGREGATE_TYPES = b"*~>%|"


class GrammarError(Exception):
    """The peer sent bytes that are not RESP."""


@dataclass(frozen=True)
class Value:
    """One reply. `header` is its first line without CRLF, its type byte included.

    A line type has neither text nor children; a bulk has a text (None for `$-1`), an aggregate
    children (None for `*-1`). A closed connection is a value too, so that it has its place
    among the replies.
    """

    header: bytes
    text: bytes | None = None
    children: tuple[Value, ...] | None = None

    @property
    def kind(self) -> bytes:
        return self.header[:1]

    @property
    def content(self) -> bytes:
        """The text of a bulk, or the line of a line type; empty for aggregates and null."""
        if self.text is not None:
            return self.text
        return self.header[1:] if self.kind in LINE_TYPES else b""

    def with_text(self, text: bytes) -> Value:
        """The same value with another content, its length prefix made to fit."""
        if self.text is None:
            return replace(self, header=self.kind + text)
        return replace(self, header=self.kind + b"%d" % len(text), text=text)

    def with_children(self, children: Sequence[Value]) -> Value:
        """The same aggregate with as many or fewer children, its count made to fit."""
        if self.children is not None and len(children) == len(self.children):
            return replace(self, children=tuple(children))
        count = len(children) // 2 if self.kind in b"%|" else len(children)
        return replace(self, header=self.kind + b"%d" % count, children=tuple(children))

    def encoded(self) -> bytes:
        parts = [self.header, b"\r\n"]
        if self.text is not None:
            parts += [self.text, b"\r\n"]
        for child in self.children or ():
            parts.append(child.encoded())
        return b"".join(parts)


CLOSED = Value(b"<closed>")


def encoded(values: Sequence[Value]) -> bytes:
    return b"".join(value.encoded() for value in values)


def command(arguments: Sequence[bytes]) -> bytes:
    """A request as clients send it: an array of bulk strings."""
    parts = [b"*%d\r\n" % len(arguments)]
    parts += [b"$%d\r\n%s\r\n" % (len(argument), argument) for argument in arguments]
    return b"".join(parts)


class Reader:
    """Takes bytes in any pieces and gives whole top-level values."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def pending(self) -> bytes:
        """Bytes of a value that is not complete yet."""
        return bytes(self._buffer)

    def feed(self, data: bytes) -> list[Value]:
        self._buffer += data
        values = []
        position = 0
        while position < len(self._buffer):
            parsed = self._value(position)
            if parsed is None:
                break
            value, position = parsed
            values.append(value)
        del self._buffer[:position]
        return values

    def _value(self, start: int) -> tuple[Value, int] | None:
        """The value that starts there and the position after it; None if it is incomplete."""
        end = self._buffer.find(b"\r\n", start)
        if end < 0:
            return None
        header = bytes(self._buffer[start:end])
        kind, after = header[:1], end + 2
        if kind and kind in LINE_TYPES:
            return Value(header), after
        if kind and kind in BULK_TYPES:
            return self._bulk(header, after)
        if kind and kind in AGGREGATE_TYPES:
            return self._aggregate(header, after)
        raise GrammarError(f"not a RESP value: {header[:80]!r}")

    def _bulk(self, header: bytes, start: int) -> tuple[Value, int] | None:
        length = _number(header)
        if length < 0:
            return Value(header), start
        end = start + length
        if len(self._buffer) < end + 2:
            return None
        if self._buffer[end : end + 2] != b"\r\n":
            raise GrammarError(f"bulk {header!r} is not followed by CRLF")
        return Value(header, text=bytes(self._buffer[start:end])), end + 2

    def _aggregate(self, header: bytes, start: int) -> tuple[Value, int] | None:
        count = _number(header)
        if count < 0:
            return Value(header), start
        if header[:1] in b"%|":
            count *= 2
        children = []
        for _ in range(count):
            parsed = self._value(start)
            if parsed is None:
                return None
            child, start = parsed
            children.append(child)
        return Value(header, children=tuple(children)), start


def _number(header: bytes) -> int:
    try:
        return int(header[1:])
    except ValueError:
        raise GrammarError(f"bad length: {header[:80]!r}") from None
