# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Lists: what each command replies, and clients that wait for one."""

from __future__ import annotations

from typing import Any

from script import Case, Normaliser, both, case

KEYS = "A DEL l m n s nk\n"
WORDS = KEYS + "A RPUSH l a b c a 1 -5 c\nA SET s text\n"


def after(
    setup: str, topic: str, lines: str, *normalisers: Normaliser, **options: Any
) -> list[Case]:
    """A case for each line, behind the same preparation."""
    stripped = [line.strip() for line in lines.splitlines() if line.strip()]
    return [
        case(f"{topic}/{line}", f"{setup}A {line}\nA LRANGE l 0 -1", *normalisers, **options)
        for line in stripped
    ]


def timed_out(setup: str, topic: str, lines: str) -> list[Case]:
    """As `after`, for commands whose reply comes when their time is up."""
    expected = f"A !expect {len(setup.splitlines())}\n"
    stripped = [line.strip() for line in lines.splitlines() if line.strip()]
    return [
        case(f"{topic}/{line}", f"{setup}{expected}A {line}\nA !expect 1", settle=False)
        for line in stripped
    ]


SINGLE = after(
    WORDS,
    "lists",
    """
    LPUSH l x
    LPUSH l x y z
    RPUSH l x y "" "\\x00\\r\\n"
    LPUSH nk x | LRANGE nk 0 -1
    LPUSH s x
    LPUSH l
    LPUSHX l x y
    LPUSHX nk x
    RPUSHX l x y
    RPUSHX nk x | EXISTS nk
    RPUSHX s x
    LLEN l
    LLEN nk
    LLEN s
    LPOP l
    RPOP l
    LPOP nk
    RPOP s
    LPOP l 2
    RPOP l 3
    LPOP l 0
    LPOP l 100 | EXISTS l
    LPOP nk 0
    LPOP nk 2
    LPOP s 2
    LPOP l -1
    LPOP nk -1
    LPOP l x
    LPOP l 1 2
    RPOP l 1 2
    LINDEX l 0
    LINDEX l -1
    LINDEX l 6
    LINDEX l 7
    LINDEX l -7
    LINDEX l -8
    LINDEX nk 0
    LINDEX nk x
    LINDEX l x
    LINDEX s 0
    LRANGE l 0 0
    LRANGE l 1 3
    LRANGE l -3 -1
    LRANGE l -100 100
    LRANGE l 5 2
    LRANGE l 7 9
    LRANGE nk 0 -1
    LRANGE s 0 -1
    LRANGE l x 1
    LRANGE l 0 x
    LRANGE nk x 1
    LRANGE s x 1
    LRANGE l -9223372036854775808 9223372036854775807
    LSET l 0 x
    LSET l -1 12345
    LSET l 7 x
    LSET l -8 x
    LSET l x y
    LSET nk 0 x
    LSET nk x x
    LSET s 0 x
    LINSERT l BEFORE b x
    LINSERT l AFTER b x
    LINSERT l before a x
    LINSERT l after c x
    LINSERT l BEFORE -5 x
    LINSERT l AFTER nosuch x
    LINSERT l BETWEEN b x
    LINSERT nk BEFORE b x
    LINSERT nk BETWEEN b x
    LINSERT s BEFORE b x
    LREM l 0 a
    LREM l 1 a
    LREM l -1 c
    LREM l -5 a
    LREM l 0 1
    LREM l 0 nosuch
    LREM l x a
    LREM nk x a
    LREM nk 0 a
    LREM s 0 a
    LREM l -9223372036854775808 a
    LTRIM l 1 2
    LTRIM l 0 -1
    LTRIM l -3 -2
    LTRIM l 5 2 | EXISTS l
    LTRIM l 100 200 | EXISTS l
    LTRIM nk 0 1
    LTRIM nk x 1
    LTRIM l x 1
    LTRIM s 0 1
    LPOS l a
    LPOS l c
    LPOS l 1
    LPOS l nosuch
    LPOS nk a
    LPOS s a
    LPOS l a RANK 2
    LPOS l a RANK 3
    LPOS l a RANK -1
    LPOS l a RANK -2
    LPOS l a COUNT 0
    LPOS l a COUNT 1
    LPOS l a COUNT 2 RANK 2
    LPOS l a COUNT 0 RANK -1
    LPOS l c COUNT 0 MAXLEN 3
    LPOS l c COUNT 0 MAXLEN 0
    LPOS l c MAXLEN 2
    LPOS l c RANK -1 MAXLEN 1
    LPOS l nosuch COUNT 0
    LPOS nk a COUNT 0
    LPOS l a RANK 0
    LPOS l a RANK x
    LPOS l a RANK -9223372036854775808
    LPOS l a RANK
    LPOS l a COUNT -1
    LPOS l a COUNT x
    LPOS l a MAXLEN -1
    LPOS l a NOSUCH 1
    LPOS nk a RANK 0
    LPOS s a RANK 0
    LMOVE l m LEFT RIGHT | LRANGE m 0 -1
    LMOVE l m RIGHT LEFT | LRANGE m 0 -1
    LMOVE l l LEFT RIGHT
    LMOVE l l RIGHT LEFT
    LMOVE l l LEFT LEFT
    LMOVE l l RIGHT RIGHT
    LMOVE nk l LEFT LEFT
    LMOVE nk s LEFT LEFT
    LMOVE l s LEFT LEFT
    LMOVE s l LEFT LEFT
    LMOVE l m UP LEFT
    LMOVE l m LEFT UP
    lmove l m left right
    RPOPLPUSH l m | LRANGE m 0 -1
    RPOPLPUSH l l
    RPOPLPUSH nk l
    RPOPLPUSH l s
    RPOPLPUSH s l
    LMPOP 1 l LEFT
    LMPOP 1 l RIGHT COUNT 3
    LMPOP 3 nk m l LEFT COUNT 100 | EXISTS l
    LMPOP 2 nk m LEFT
    LMPOP 2 s l LEFT
    LMPOP 2 l s LEFT
    LMPOP 0 l LEFT
    LMPOP -1 l LEFT
    LMPOP x l LEFT
    LMPOP 2 l LEFT
    LMPOP 5 l LEFT
    LMPOP 1 l UP
    LMPOP 1 l LEFT COUNT 0
    LMPOP 1 l LEFT COUNT x
    LMPOP 1 l LEFT COUNT
    LMPOP 1 l LEFT NOSUCH 1
    LMPOP 1 l LEFT COUNT 1 COUNT 1
    BLPOP l 0
    BRPOP l 0
    BLPOP nk l 0
    BLPOP s l 0
    BLPOP l s 0
    BLPOP l x
    BLPOP l -1
    BLPOP l nan
    BLPOP l " 1"
    BLPOP l 0x1p-7
    BLMOVE l m LEFT RIGHT 0 | LRANGE m 0 -1
    BLMOVE nk m UP RIGHT x
    BLMOVE nk m LEFT RIGHT x
    BRPOPLPUSH l m 0 | LRANGE m 0 -1
    BRPOPLPUSH l s 0
    BLMPOP 0 1 l LEFT
    BLMPOP 0 2 nk l RIGHT COUNT 2
    BLMPOP x 1 l LEFT
    BLMPOP 0 0 l LEFT
    BLMPOP 0 2 l LEFT
    TYPE l
    SET l x | LPUSH l x | DEL l
    """,
)

TIMED_OUT = timed_out(
    WORDS,
    "lists",
    """
    BLPOP nk 0.01
    BRPOP nk m 0.01
    BLMOVE nk m LEFT RIGHT 0.01
    BRPOPLPUSH nk m 0.01
    BLMPOP 0.01 1 nk LEFT
    """,
)

SHARED = [
    case("lists/the last entry takes the key", KEYS + "A RPUSH l a\nA LPOP l\nA EXISTS l"),
    case(
        "lists/the last entry moved takes the key",
        KEYS + "A RPUSH l a\nA RPOPLPUSH l m\nA EXISTS l\nA LRANGE m 0 -1",
    ),
    case("lists/every entry removed", KEYS + "A RPUSH l a a a\nA LREM l 0 a\nA EXISTS l"),
    case("lists/inside MULTI nobody waits", KEYS + """
        A MULTI | BLPOP nk 0 | BRPOP nk m 0 | BLMOVE nk m LEFT LEFT 0 | BRPOPLPUSH nk m 0 | EXEC
        A MULTI | BLMPOP 0 1 nk LEFT | RPUSH l a b | BLPOP l 0 | BLMPOP 0 1 l LEFT | EXEC
        """),
    case("lists/a long entry beside short ones", KEYS
        + "A RPUSH l a " + "x" * 9000 + " b\nA LRANGE l 0 -1\nA LSET l 0 " + "y" * 9000
        + "\nA LINSERT l AFTER b " + "z" * 5000 + "\nA LRANGE l 0 -1\nA LREM l 0 b\nA LPOP l 2"),
]

WAITING = [
    case("lists/waiting/a push serves", KEYS + "A BLPOP l 0\nB RPUSH l a b\nB LRANGE l 0 -1"),
    case("lists/waiting/from the right", KEYS + "A BRPOP l 0\nB RPUSH l a b\nB LRANGE l 0 -1"),
    case("lists/waiting/several keys", KEYS + "A BLPOP l m n 0\nB RPUSH m a\nB EXISTS m"),
    case(
        "lists/waiting/first come, first served",
        KEYS + "A BLPOP l 0\nB BLPOP l 0\nC RPUSH l 1 2 3\nC LRANGE l 0 -1",
    ),
    case(
        "lists/waiting/one push for two",
        KEYS + "A BLPOP l 0\nB BLPOP l 0\nC RPUSH l 1\nC LLEN l\nC RPUSH l 2\nC EXISTS l",
    ),
    case(
        "lists/waiting/another type goes by",
        KEYS + "A BLPOP l 0\nB SET l x\nB DEL l\nB RPUSH l y\nB EXISTS l",
    ),
    case(
        "lists/waiting/pushed and gone inside MULTI",
        KEYS + "A BLPOP l 0\nB MULTI | RPUSH l a | DEL l | EXEC\nB RPUSH l b",
    ),
    case(
        "lists/waiting/served at the end of EXEC",
        KEYS + "A BLPOP l 0\nB MULTI | RPUSH l a | RPUSH l b | LLEN l | EXEC\nB LRANGE l 0 -1",
    ),
    case(
        "lists/waiting/leftmost key of those pushed in EXEC",
        KEYS + "A BLPOP l m 0\nB MULTI | RPUSH m 1 | RPUSH l 2 | EXEC\nB EXISTS l m",
        since_7_2=True,
    ),
    case(
        "lists/waiting/moved",
        KEYS + "A BLMOVE l m LEFT RIGHT 0\nB RPUSH l a b\nB LRANGE m 0 -1\nB LRANGE l 0 -1",
    ),
    case(
        "lists/waiting/a chain of moves",
        KEYS + "A BRPOPLPUSH l m 0\nB BLMOVE m n LEFT LEFT 0\nC BLPOP n 0\nD RPUSH l x\n"
        "D EXISTS l m n",
    ),
    case(
        "lists/waiting/moved to another type",
        KEYS + "A SET s x\nA BRPOPLPUSH l s 0\nB RPUSH l a\nB LRANGE l 0 -1",
    ),
    case(
        "lists/waiting/several entries",
        KEYS + "A BLMPOP 0 2 l m RIGHT COUNT 2\nB RPUSH m a b c\nB LRANGE m 0 -1",
    ),
    case(
        "lists/waiting/commands behind the wait",
        KEYS + "A BLPOP l 0 | PING | RPUSH m x\nB RPUSH l a\nB LRANGE m 0 -1",
    ),
    case(
        "lists/waiting/RENAME serves", KEYS + "A BLPOP l 0\nB RPUSH m a\nB RENAME m l\nB EXISTS l"
    ),
    case(
        "lists/waiting/another database",
        KEYS + "A SELECT 3\nA DEL l\nA BLPOP l 0\nB RPUSH l a\nB SELECT 3\nB RPUSH l b\n"
        "B SELECT 0\nB DEL l",
    ),
    case(
        "lists/waiting/a client that is gone",
        KEYS + "A BLPOP l 0\nB BLPOP l 0\nA !close\n"
        '* !until "" CLIENT LIST ID {id:A}\nC RPUSH l a\nC EXISTS l',
    ),
    case(
        "lists/waiting/CLIENT UNBLOCK",
        KEYS + "A BLPOP l 0\nB CLIENT UNBLOCK {id:A}\nB CLIENT UNBLOCK {id:A}\nB RPUSH l a\n"
        "A PING\nA LPOP l",
    ),
    case(
        "lists/waiting/CLIENT UNBLOCK with an error",
        KEYS + "A BLPOP l 0\nB CLIENT UNBLOCK {id:A} ERROR\nA PING",
    ),
    case(
        "lists/waiting/CLIENT UNBLOCK of a move",
        KEYS + "A BLMOVE l m LEFT LEFT 0\nB CLIENT UNBLOCK {id:A} TIMEOUT\nA PING",
    ),
]

CASES = both([*SINGLE, *TIMED_OUT, *SHARED, *WAITING])
