# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""SLOWLOG: what is kept, in what shape, and how much of it."""

from __future__ import annotations

from normalisers import addresses, integers
from script import Case, Request, both, case, requests

DEFAULTS = (
    (b"CONFIG", b"SET", b"slowlog-log-slower-than", b"10000"),
    (b"CONFIG", b"SET", b"slowlog-max-len", b"128"),
    (b"SLOWLOG", b"RESET"),
)
OFF = "Z CONFIG SET slowlog-log-slower-than -1\nZ SLOWLOG RESET\n"
LOGGED = f"{OFF}Z CONFIG SET slowlog-log-slower-than 0\n"

SHAPES = requests(
    "slowlog",
    r"""
    SLOWLOG RESET | SLOWLOG LEN
    SLOWLOG RESET | SLOWLOG GET
    SLOWLOG GET 0
    SLOWLOG GET -1
    SLOWLOG GET -2
    SLOWLOG GET x
    SLOWLOG GET 1.5
    SLOWLOG GET ""
    SLOWLOG GET 99999999999999999999
    slowlog len
    SlowLog Get 0
    SLOWLOG HELP
    """,
    cleanup=DEFAULTS,
)


def _entries(name: str, text: str) -> Case:
    """The entry's number, time and duration are the server's own; the words are not."""
    return case(f"slowlog/{name}", text, integers, addresses, settle=False, cleanup=DEFAULTS)


LONG = [
    *(
        Request("Z", (command,))
        for command in (
            (b"CONFIG", b"SET", b"slowlog-log-slower-than", b"-1"),
            (b"SLOWLOG", b"RESET"),
            (b"CONFIG", b"SET", b"slowlog-log-slower-than", b"0"),
        )
    ),
    Request("Z", ((b"PUBLISH", b"a", b"x" * 200), (b"SLOWLOG", b"GET", b"1"))),
    Request(
        "Z", ((b"PUBSUB", b"NUMSUB", *(b"c%d" % i for i in range(40))), (b"SLOWLOG", b"GET", b"1"))
    ),
]

ENTRIES = [
    _entries("entry", LOGGED + "Z CLIENT SETNAME me | PING hello | SLOWLOG GET 1\nZ !expect 6"),
    _entries("newest first", LOGGED + "Z PING 1 | PING 2 | PING 3 | SLOWLOG GET\nZ !expect 7"),
    _entries("binary argument", LOGGED + 'Z ECHO "\\x00\\r\\n" | SLOWLOG GET 1\nZ !expect 5'),
    _entries(
        "length",
        LOGGED + "Z CONFIG SET slowlog-max-len 2 | PING 1 | PING 2 | PING 3"
        " | SLOWLOG LEN | SLOWLOG GET 10\nZ !expect 9",
    ),
    _entries(
        "max-len 0",
        LOGGED + "Z CONFIG SET slowlog-max-len 0 | PING | SLOWLOG LEN | SLOWLOG GET\nZ !expect 7",
    ),
    _entries("off", OFF + "Z PING | SLOWLOG GET\nZ !expect 4"),
    _entries("MULTI", LOGGED + "Z MULTI | PING x | EXEC | SLOWLOG GET 3\nZ !expect 7"),
    _entries("AUTH is not kept", LOGGED + "Z AUTH x | SLOWLOG GET 1\nZ !expect 5"),
    _entries("failed command", LOGGED + "Z SELECT 99 | NOSUCH | SLOWLOG GET 1\nZ !expect 6"),
    case("slowlog/long arguments", LONG, integers, addresses, cleanup=DEFAULTS),
]

CASES = both([*SHAPES, *ENTRIES])
