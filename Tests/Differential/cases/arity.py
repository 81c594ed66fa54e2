# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Unknown commands and subcommands, and commands with too few or too many arguments."""

from __future__ import annotations

from script import Raw, Request, both, case, requests

LONG = b"x" * 200

UNKNOWN = [
    *requests(
        "arity",
        r"""
        NOSUCH
        nosuch
        NoSuch a
        NOSUCH a b c
        NOSUCH "" ""
        NOSUCH "a b" "it's"
        NOSUCH "\x00\r\n\xff"
        "NO SUCH"
        "no\r\nsuch" x
        "NOSUCH\x00" x
        ""
        "" x
        PINGX
        PIN
        "PING "
        CLIENTID
        client|id
        CONFIG|GET port
        "*"
        """,
    ),
    case("arity/long name", [Request("A", ((LONG,),))]),
    case("arity/long name and argument", [Request("A", ((LONG, LONG),))]),
    case("arity/long argument", [Request("A", ((b"NOSUCH", LONG),))]),
    case("arity/name of 128", [Request("A", ((b"x" * 128, b"y"),))]),
    case("arity/name of 127", [Request("A", ((b"x" * 127, b"y"),))]),
    case(
        "arity/arguments that fill 128",
        [Request("A", ((b"NOSUCH", b"a" * 60, b"b" * 60, b"c" * 60),))],
    ),
    case("arity/argument of 124", [Request("A", ((b"NOSUCH", b"a" * 124, b"b"),))]),
    case("arity/argument of 125", [Request("A", ((b"NOSUCH", b"a" * 125, b"b"),))]),
    case("arity/argument of 126", [Request("A", ((b"NOSUCH", b"a" * 126, b"b"),))]),
    case("arity/many short arguments", [Request("A", ((b"NOSUCH", *[b"ab"] * 60),))]),
    case("arity/many empty arguments", [Request("A", ((b"NOSUCH", *[b""] * 60),))]),
    case("arity/long subcommand", [Request("A", ((b"CLIENT", LONG),))]),
    case("arity/subcommand of 128", [Request("A", ((b"CLIENT", b"y" * 128),))]),
    case("arity/subcommand with a line end", [Request("A", ((b"CLIENT", b"a\r\nb"),))]),
    case("arity/unknown inline", [Raw("A", (b"nosuch 'a b' \"c\"\r\n",))]),
    case("arity/unknown in MULTI", "A MULTI\nA NOSUCH a b\nA DISCARD"),
]

CONTAINERS = ("CLIENT", "COMMAND", "CONFIG", "PUBSUB", "SLOWLOG", "LATENCY", "CLUSTER")

MINIMUM_AND_MAXIMUM = """
    TIME x
    DBSIZE x
    ROLE x
    LASTSAVE x
    MONITOR x
    ECHO
    SELECT
    SLOWLOG
    SLOWLOG GET 1 2
    SLOWLOG LEN x
    SLOWLOG RESET x
    CLIENT
    CLIENT ID x
    CLIENT INFO x
    CLIENT GETNAME x
    CLIENT SETNAME
    CLIENT SETNAME a b
    CLIENT GETREDIR x
    CLIENT REPLY
    CLIENT REPLY ON OFF
    CLIENT KILL
    CLIENT PAUSE
    CLIENT PAUSE 1 WRITE x
    CLIENT UNPAUSE x
    CLIENT NO-EVICT
    CLIENT NO-EVICT ON OFF
    CLIENT TRACKING
    CLIENT TRACKINGINFO x
    CLIENT CACHING
    CLIENT CACHING YES NO
    CLIENT UNBLOCK
    CLIENT UNBLOCK 1 ERROR x
    CLIENT HELP x
    CONFIG
    CONFIG GET
    CONFIG SET
    CONFIG SET port
    CONFIG SET a b c
    CONFIG RESETSTAT x
    CONFIG REWRITE x
    CONFIG HELP x
    COMMAND COUNT x
    COMMAND GETKEYS
    COMMAND GETKEYSANDFLAGS
    COMMAND LIST x
    COMMAND LIST FILTERBY
    COMMAND LIST FILTERBY MODULE
    COMMAND HELP x
    LATENCY
    LATENCY HELP x
    LATENCY HISTORY
    WAIT
    WAIT 1
    WAIT 1 2 3
    DEBUG
    CLUSTER
    PUBSUB
    READONLY x
    READWRITE x
    ASKING x
    REPLICAOF
    REPLICAOF a
    SLAVEOF NO
    FAILOVER x
    PSYNC
    PSYNC a
    client
    config get
    command getkeys
"""


CONTAINED = requests(
    "arity", [f"{name} {rest}" for name in CONTAINERS for rest in ("NOSUCH", "nosuch a b")]
)

CASES = both([*UNKNOWN, *CONTAINED, *requests("arity", MINIMUM_AND_MAXIMUM)])
