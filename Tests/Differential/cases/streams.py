# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Streams: entries, ranges, trimming, reading. Groups are in stream_groups."""

from __future__ import annotations

from normalisers import command_info, docs, stream_facts, stream_times
from script import Case, both, case, requests

COMMANDS = """xadd xlen xdel xtrim xsetid xrange xrevrange xread xreadgroup xgroup xack xpending
    xclaim xautoclaim xinfo""".split()
SUBCOMMANDS = """xgroup|create xgroup|setid xgroup|destroy xgroup|createconsumer
    xgroup|delconsumer xgroup|help xinfo|stream xinfo|groups xinfo|consumers xinfo|help""".split()

DESCRIPTIONS = [
    *requests(
        "streams", [f"COMMAND INFO {n}" for n in COMMANDS + SUBCOMMANDS], command_info(SUBCOMMANDS)
    ),
    *requests("streams", [f"COMMAND DOCS {n}" for n in COMMANDS + SUBCOMMANDS], docs(SUBCOMMANDS)),
    *requests(
        "streams",
        """
        COMMAND GETKEYS XADD s * a b
        COMMAND GETKEYS XREAD COUNT 1 STREAMS a b 1 2
        COMMAND GETKEYS XREADGROUP GROUP g c STREAMS a b 1 2
        COMMAND GETKEYS XGROUP CREATE s g $
        COMMAND GETKEYS XINFO STREAM s
        XGROUP HELP
        XINFO HELP
        XGROUP NOSUCH s
        XINFO NOSUCH s
        XGROUP
        XINFO
        """,
    ),
]


def _table(topic: str, prepare: str, lines: str) -> list[Case]:
    """A case for each line, in which `prepare` comes first and XINFO STREAM FULL last."""
    cases = []
    for line in map(str.strip, lines.splitlines()):
        if line:
            steps = f"A DEL s t\n{prepare}\nA {line}\nA XINFO STREAM s FULL\nA DEL s t"
            cases.append(case(f"streams/{topic}/{line}", steps, stream_facts, stream_times))
    return cases


FIVE = "\n".join(f"A XADD s {number}-{number % 2} a {number} b x{number}" for number in range(1, 6))

ADDING = [
    *_table(
        "XADD",
        FIVE,
        """
        XADD s 6 a b
        XADD s 6-0 a b
        XADD s 5-2 a b
        XADD s 5-* a b
        XADD s 6-* a b
        XADD s 4-* a b
        XADD s 5-1 a b
        XADD s 1 a b
        XADD s 0 a b
        XADD s 0-0 a b
        XADD s 0-* a b
        XADD s -1 a b
        XADD s x a b
        XADD s 1-x a b
        XADD s 7- a b
        XADD s 7-1-1 a b
        XADD s - a b
        XADD s + a b
        XADD s 007-03 a b
        XADD s +7-+3 a b
        XADD s 18446744073709551615-18446744073709551615 a b
        XADD s 18446744073709551615-* a b
        XADD s 18446744073709551616-0 a b
        XADD s *
        XADD s * a
        XADD s * a b c
        XADD s 9-9 a
        XADD s NOMKSTREAM 9-9 a b
        XADD t NOMKSTREAM 9-9 a b
        XADD t NOMKSTREAM NOMKSTREAM * a b
        XADD s nomkstream maxlen 3 9-9 a b
        XADD s MAXLEN 3 9-9 a b
        XADD s MAXLEN = 3 9-9 a b
        XADD s MAXLEN ~ 3 9-9 a b
        XADD s MAXLEN 0 9-9 a b
        XADD s MAXLEN -1 9-9 a b
        XADD s MAXLEN x 9-9 a b
        XADD s MAXLEN 3
        XADD s MAXLEN 9-9 a b
        XADD s MAXLEN
        XADD s MAXLEN ~ 3 LIMIT 5 9-9 a b
        XADD s MAXLEN ~ 3 LIMIT 0 9-9 a b
        XADD s MAXLEN ~ 3 LIMIT -1 9-9 a b
        XADD s MAXLEN ~ 3 LIMIT x 9-9 a b
        XADD s MAXLEN = 3 LIMIT 5 9-9 a b
        XADD s MAXLEN 3 LIMIT 0 9-9 a b
        XADD s LIMIT 5 9-9 a b
        XADD s LIMIT 0 9-9 a b
        XADD s LIMIT 5 x a b
        XADD s MINID 3 9-9 a b
        XADD s MINID 3-1 9-9 a b
        XADD s MINID = 3-2 9-9 a b
        XADD s MINID ~ 3 9-9 a b
        XADD s MINID 99 9-9 a b
        XADD s MINID x 9-9 a b
        XADD s MINID - 9-9 a b
        XADD s MINID 3 MAXLEN 3 9-9 a b
        XADD s MAXLEN 3 MAXLEN 3 9-9 a b
        XADD s MAXLEN ~ = 9-9 a b
        XADD s LIMIT 3 MAXLEN ~ 3 9-9 a b
        XADD s 9-9 "" ""
        XADD s 9-9 a 100 b -100 c 0100 d 12345678901234567890 e "\\x00\\xff"
        XADD s 9-9 a 9223372036854775807 b -9223372036854775808 c 127 d 128 e 65536
        XADD s 9-9 a x b y c z | XADD s 9-10 a 1 | XADD s 9-11 a 1 b 2 | XADD s 9-12 b 2 a 1
        """,
    ),
    *_table(
        "XADD at the end",
        "A XADD s 18446744073709551615-18446744073709551614 a b",
        """
        XADD s * a b
        XADD s * a b | XADD s * a b
        XADD s 18446744073709551615-* a b | XADD s 18446744073709551615-* a b
        XADD s 18446744073709551615-18446744073709551615 a b | XADD s 1-1 a b
        """,
    ),
    *_table(
        "XADD to another type",
        "A SET s x",
        "XADD s * a b\nXADD s NOMKSTREAM * a b\nXADD s 0-0 a b\nXLEN s\nXRANGE s - +\nXDEL s 1\n"
        "XTRIM s MAXLEN 1\nXREAD STREAMS s 0\nXSETID s 1\nXINFO STREAM s\nXGROUP CREATE s g $\n"
        "XACK s g 1\nXPENDING s g\nXCLAIM s g c 0 1\nXAUTOCLAIM s g c 0 0\nXGROUP DESTROY s g\n"
        "XREADGROUP GROUP g c STREAMS s >\nXGROUP SETID s g 0\nTYPE s",
    ),
    case(
        "streams/XADD/with the clock",
        "A DEL s\nA XADD s * a b\nA XADD s * a b\nA XLEN s\nA XRANGE s - +\nA TYPE s\nA DEL s",
        stream_times,
    ),
]

RANGES = _table(
    "XRANGE",
    FIVE + "\nA XDEL s 3-1",
    """
    XRANGE s - +
    XREVRANGE s + -
    XRANGE s + -
    XREVRANGE s - +
    XRANGE s 2 4
    XREVRANGE s 4 2
    XRANGE s 1-1 1-1
    XRANGE s 1-2 1
    XRANGE s (1-1 +
    XRANGE s (1 +
    XRANGE s (2-0 (5-1
    XREVRANGE s (5-1 (2-0
    XRANGE s - (5
    XRANGE s ( +
    XRANGE s (- +
    XRANGE s - (+
    XRANGE s (18446744073709551615-18446744073709551615 +
    XRANGE s - (0-0
    XRANGE s - (0
    XRANGE s x +
    XRANGE s - x
    XRANGE s $ +
    XRANGE s 1-x +
    XRANGE s - + COUNT 2
    XREVRANGE s + - COUNT 2
    XRANGE s - + count 1
    XRANGE s - + COUNT 0
    XRANGE s - + COUNT -1
    XRANGE s - + COUNT x
    XRANGE s - + COUNT
    XRANGE s - + COUNT 1 COUNT 3
    XRANGE s - + LIMIT 1
    XRANGE s -
    XRANGE t - +
    XRANGE t - + COUNT 0
    XREVRANGE t + -
    XRANGE t x y
    XLEN s
    XLEN t
    XLEN
    XDEL s 1-1
    XDEL s 1-1 1-1 2
    XDEL s 1-1 x
    XDEL s 3-1
    XDEL s 5-1 4-0
    XDEL s 9
    XDEL t 1
    XDEL t x
    XDEL s
    XDEL s 1-1 2-0 4-0 5-1
    """,
)

TRIMMING = _table(
    "XTRIM",
    FIVE,
    """
    XTRIM s MAXLEN 3
    XTRIM s MAXLEN = 3
    XTRIM s maxlen ~ 3
    XTRIM s MAXLEN ~ 0
    XTRIM s MAXLEN ~ 0 LIMIT 4
    XTRIM s MAXLEN ~ 0 LIMIT 5
    XTRIM s MAXLEN 0
    XTRIM s MAXLEN 10
    XTRIM s MAXLEN -1
    XTRIM s MAXLEN x
    XTRIM s MAXLEN
    XTRIM s MAXLEN =
    XTRIM s MAXLEN 3 LIMIT 2
    XTRIM s MAXLEN 3 LIMIT 0
    XTRIM s MAXLEN = 3 LIMIT 2
    XTRIM s MINID 3
    XTRIM s MINID 3-1
    XTRIM s MINID 3-2
    XTRIM s MINID = 3-2
    XTRIM s MINID ~ 3
    XTRIM s MINID ~ 9
    XTRIM s MINID ~ 9 LIMIT 3
    XTRIM s MINID 9
    XTRIM s MINID 0
    XTRIM s MINID +
    XTRIM s MINID x
    XTRIM s LIMIT 3
    XTRIM s LIMIT 0
    XTRIM s NOMKSTREAM MAXLEN 3
    XTRIM s x 3
    XTRIM s 3
    XTRIM s MAXLEN 3 MINID 3
    XTRIM t MAXLEN 3
    XTRIM t MAXLEN x
    """,
)

SETTING = _table(
    "XSETID",
    FIVE + "\nA XDEL s 2",
    """
    XSETID s 9
    XSETID s 9-9
    XSETID s 5-1
    XSETID s 5-0
    XSETID s 0
    XSETID s x
    XSETID s +
    XSETID s *
    XSETID t 9
    XSETID s 9 ENTRIESADDED 100
    XSETID s 9 entriesadded 4 maxdeletedid 3
    XSETID s 9 ENTRIESADDED 3
    XSETID s 9 ENTRIESADDED -1
    XSETID s 9 ENTRIESADDED x
    XSETID s 9 ENTRIESADDED
    XSETID s 9 MAXDELETEDID 1-1
    XSETID s 9 MAXDELETEDID 0-0
    XSETID s 9 MAXDELETEDID 10
    XSETID s 9 MAXDELETEDID x
    XSETID s 9 NOSUCH 1
    XSETID s
    XSETID s 9 MAXDELETEDID 8-8 | XSETID s 8-7 | XADD s 9-* a b
    """,
)

READING = [
    *_table(
        "XREAD",
        FIVE + "\nA XADD t 7-7 x y",
        """
        XREAD STREAMS s 0
        XREAD STREAMS s 3
        XREAD STREAMS s 3-1
        XREAD STREAMS s 5-1
        XREAD STREAMS s $
        XREAD STREAMS s 9
        XREAD STREAMS s -
        XREAD STREAMS s >
        XREAD STREAMS s x
        XREAD COUNT 2 STREAMS s 0
        XREAD COUNT 0 STREAMS s 3
        XREAD COUNT -1 STREAMS s 3
        XREAD COUNT x STREAMS s 0
        XREAD STREAMS s t 0 0
        XREAD COUNT 1 STREAMS t s 0 0
        XREAD STREAMS s t 0 7-7
        XREAD STREAMS s t 5-1 7-7
        XREAD STREAMS s nosuch 0 0
        XREAD STREAMS nosuch 0
        XREAD STREAMS nosuch $
        XREAD STREAMS s t 0
        XREAD STREAMS s
        XREAD STREAMS
        XREAD s 0
        XREAD COUNT 1
        XREAD BLOCK 1 STREAMS s 5-1
        XREAD BLOCK 1 STREAMS nosuch $
        XREAD BLOCK -1 STREAMS s $
        XREAD BLOCK x STREAMS s $
        XREAD BLOCK 1.5 STREAMS s $
        XREAD BLOCK 0 STREAMS s 0
        XREAD GROUP g c STREAMS s 0
        XREAD NOACK STREAMS s 0
        XREAD NOSUCH 1 STREAMS s 0
        XREAD STREAMS s 0 COUNT
        MULTI | XREAD BLOCK 0 STREAMS s $ | XREAD BLOCK 0 STREAMS s 4 | EXEC
        """,
    ),
    case(
        "streams/XREAD/wakes in the order of blocking",
        "A DEL s\nA XADD s 1 a 1\nB XREAD BLOCK 0 STREAMS s $\nC XREAD BLOCK 0 STREAMS t s 0 0-5\n"
        "B PING\nA XADD s 2 a 2\nA XLEN s\nB XREAD BLOCK 0 COUNT 1 STREAMS s 2-0\n"
        "A MULTI | XADD s 3 a 3 | XADD s 4 a 4 | EXEC\nB PING\nA DEL s",
    ),
    case(
        "streams/XREAD/waits for an ID that is higher",
        "A DEL s\nB XREAD BLOCK 0 STREAMS s 5\nA XADD s 1 a 1\nA XADD s 5 a 1\nA XADD s 5-1 a 1\n"
        "B PING\nA DEL s",
    ),
    case(
        "streams/XREAD/waits while the key changes",
        "A DEL s\nA XADD s 1 a 1\nB XREAD BLOCK 0 STREAMS s $\nA DEL s\nA SET s x\nA DEL s\n"
        "A XADD s 1-0 a 1\nA XADD s 2 b 2\nB PING\nA DEL s",
    ),
    case(
        "streams/XREAD/is unblocked",
        "A DEL s\nB XREAD BLOCK 0 STREAMS s $\nA CLIENT UNBLOCK {id:B}\nB XREAD BLOCK 0 STREAMS s $\n"
        "A CLIENT UNBLOCK {id:B} ERROR\nA XADD s 1 a 1\nB PING\nA DEL s",
    ),
]

INFO = _table(
    "XINFO",
    FIVE,
    """
    XINFO STREAM s
    XINFO STREAM t
    XINFO STREAM s FULL COUNT 2
    XINFO STREAM s FULL COUNT 0
    XINFO STREAM s FULL COUNT -1
    XINFO STREAM s FULL COUNT x
    XINFO STREAM s FULL COUNT
    XINFO STREAM s FULL LIMIT 2
    XINFO STREAM s NOSUCH
    XINFO STREAM s full count 1
    XINFO STREAM
    XINFO GROUPS s
    XINFO GROUPS t
    XINFO CONSUMERS s g
    XINFO CONSUMERS t g
    XINFO CONSUMERS s
    XDEL s 1-1 2-0 3-1 4-0 5-1 | XINFO STREAM s
    XTRIM s MAXLEN 0 | XINFO STREAM s
    """,
)

CASES = both([*DESCRIPTIONS, *ADDING, *RANGES, *TRIMMING, *SETTING, *READING, *INFO])
