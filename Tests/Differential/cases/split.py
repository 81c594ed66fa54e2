# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Requests cut in two at every byte, and dripped byte by byte."""

from __future__ import annotations

from normalisers import hello
from resp import command
from script import Case, Raw, case

PIPELINES: dict[str, bytes] = {
    "PING": b"*1\r\n$4\r\nPING\r\n",
    "ECHO": b"*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\n",
    "inline": b"PING hello\r\n  ECHO  'a b'  \r\n\r\nping\n",
    "inline between arrays": b"PING\r\n*1\r\n$4\r\nPING\r\nECHO x\r\n*0\r\n*1\r\n$4\r\nPING\r\n",
    "binary": b"*2\r\n$4\r\nECHO\r\n$8\r\n\r\n*1\r\n\x00\xff\r\n*1\r\n$4\r\nPING\r\n",
    "subscriptions": command((b"SUBSCRIBE", b"a", b"b")) + command((b"UNSUBSCRIBE", b"a", b"b")),
    "transaction": command((b"MULTI",)) + command((b"PUBLISH", b"a", b"x")) + command((b"EXEC",)),
    "hello": command((b"HELLO", b"3", b"SETNAME", b"x")) + command((b"SUBSCRIBE", b"a")),
    "unknown command": command((b"NOSUCH", b"a b", b"c")) + command((b"PING", b"x", b"y")),
    "invalid multibulk length": b"*1\r\n$4\r\nPING\r\n*1x\r\n",
    "invalid bulk length": b"*2\r\n$4\r\nECHO\r\n$-7\r\n",
    "expected dollar": b"*1\r\n$4\r\nPING\r\n*1\r\nPING\r\n",
    "unbalanced quotes": b'PING\r\nECHO "abc\r\n',
}


def _cut(name: str, data: bytes) -> list[Case]:
    return [
        case(f"split/{name} at {position}", [Raw("A", (data[:position], data[position:]))], hello)
        for position in range(1, len(data))
    ]


def _dripped(name: str, data: bytes) -> Case:
    pieces = tuple(data[index : index + 1] for index in range(len(data)))
    return case(f"split/{name} byte by byte", [Raw("A", pieces)], hello)


CASES = [
    item for name, data in PIPELINES.items() for item in [*_cut(name, data), _dripped(name, data)]
]
