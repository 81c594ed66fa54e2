# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Consumer groups of streams."""

from __future__ import annotations

from normalisers import stream_facts, stream_times
from script import Case, both, case

STREAM = "\n".join(f"A XADD s {number} n {number}" for number in range(1, 7))
GROUP = f"{STREAM}\nA XGROUP CREATE s g 0"
DELIVERED = f"""{GROUP}
    A XREADGROUP GROUP g c COUNT 2 STREAMS s >
    A XREADGROUP GROUP g d COUNT 2 STREAMS s >"""
GONE = f"{DELIVERED}\nA XDEL s 2 3"


def _table(topic: str, prepare: str, lines: str) -> list[Case]:
    cases = []
    for line in map(str.strip, lines.splitlines()):
        if line:
            steps = (
                f"A DEL s t\n{prepare}\nA {line}\nA XINFO STREAM s FULL\nA XINFO GROUPS s\n"
                "A XPENDING s g\nA XINFO CONSUMERS s g\nA DEL s t"
            )
            cases.append(case(f"stream_groups/{topic}/{line}", steps, stream_facts, stream_times))
    return cases


XGROUP = [
    *_table(
        "XGROUP",
        STREAM,
        """
        XGROUP CREATE s g 0
        XGROUP CREATE s g $
        XGROUP CREATE s g 3
        XGROUP CREATE s g 3-0
        XGROUP CREATE s g 99
        XGROUP CREATE s g -
        XGROUP CREATE s g +
        XGROUP CREATE s g x
        XGROUP CREATE s g 0 | XGROUP CREATE s g 0
        XGROUP CREATE s g 0 MKSTREAM
        XGROUP CREATE t g 0
        XGROUP CREATE t g $ MKSTREAM | XINFO STREAM t | XADD t 1 a b | XINFO GROUPS t
        XGROUP CREATE t g x MKSTREAM | EXISTS t
        XGROUP CREATE s g 0 ENTRIESREAD 3
        XGROUP CREATE s g 0 ENTRIESREAD -1
        XGROUP CREATE s g 0 ENTRIESREAD -2
        XGROUP CREATE s g 0 ENTRIESREAD x
        XGROUP CREATE s g 0 ENTRIESREAD
        XGROUP CREATE s g 0 mkstream entriesread 2
        XGROUP CREATE s g 0 NOSUCH
        XGROUP CREATE s g
        XGROUP CREATE s b 0 | XGROUP CREATE s a 0 | XGROUP CREATE s "" 0 | XGROUP CREATE s ab 0
        XGROUP SETID s g 0
        XGROUP SETID t g 0
        XGROUP DESTROY s g
        XGROUP DESTROY t g
        XGROUP CREATECONSUMER s g c
        XGROUP CREATECONSUMER t g c
        XGROUP DELCONSUMER s g c
        XGROUP DELCONSUMER t g c
        XGROUP DESTROY s g x
        """,
    ),
    *_table(
        "XGROUP with a group",
        DELIVERED,
        """
        XGROUP SETID s g 0
        XGROUP SETID s g $
        XGROUP SETID s g 5
        XGROUP SETID s g 5 ENTRIESREAD 5
        XGROUP SETID s g 5 ENTRIESREAD -1
        XGROUP SETID s g 5 ENTRIESREAD -5
        XGROUP SETID s g 5 MKSTREAM
        XGROUP SETID s g -
        XGROUP SETID s g +
        XGROUP SETID s g x
        XGROUP SETID s nosuch 0
        XGROUP SETID s g 0 | XREADGROUP GROUP g e COUNT 3 STREAMS s >
        XGROUP DESTROY s g
        XGROUP DESTROY s nosuch
        XGROUP CREATECONSUMER s g c
        XGROUP CREATECONSUMER s g e
        XGROUP CREATECONSUMER s nosuch e
        XGROUP DELCONSUMER s g c
        XGROUP DELCONSUMER s g nosuch
        XGROUP DELCONSUMER s nosuch c
        XGROUP CREATECONSUMER s g b | XGROUP CREATECONSUMER s g "" | XGROUP CREATECONSUMER s g cc
        """,
    ),
]

READING = [
    *_table(
        "XREADGROUP",
        GROUP,
        """
        XREADGROUP GROUP g c STREAMS s >
        XREADGROUP GROUP g c COUNT 2 STREAMS s >
        XREADGROUP GROUP g c COUNT 0 STREAMS s >
        XREADGROUP GROUP g c NOACK STREAMS s >
        XREADGROUP GROUP g c COUNT 3 NOACK STREAMS s >
        XREADGROUP GROUP g c STREAMS s 0
        XREADGROUP GROUP g c STREAMS s $
        XREADGROUP GROUP g c STREAMS s x
        XREADGROUP GROUP g c STREAMS s -
        XREADGROUP GROUP nosuch c STREAMS s >
        XREADGROUP GROUP g c STREAMS nosuch >
        XREADGROUP GROUP g c STREAMS s nosuch > >
        XREADGROUP GROUP g c STREAMS s t >
        XREADGROUP GROUP g STREAMS s >
        XREADGROUP STREAMS s > x y z
        XREADGROUP COUNT 1 STREAMS s > s >
        XREADGROUP GROUP g c COUNT x STREAMS s >
        XREADGROUP GROUP g c BLOCK x STREAMS s >
        XREADGROUP GROUP g c BLOCK 0 STREAMS s >
        XREADGROUP GROUP g c BLOCK 0 STREAMS s 0
        XREADGROUP GROUP g c NOSUCH STREAMS s >
        XREADGROUP GROUP g c STREAMS s > | XREADGROUP GROUP g c STREAMS s >
        XREADGROUP GROUP g c STREAMS s > | XREADGROUP GROUP g c BLOCK 1 STREAMS s >
        XREADGROUP GROUP g c COUNT 3 STREAMS s > | XREADGROUP GROUP g c STREAMS s 0
        XREADGROUP GROUP g c COUNT 3 STREAMS s > | XREADGROUP GROUP g c COUNT 1 STREAMS s 1
        XREADGROUP GROUP g c COUNT 3 STREAMS s > | XREADGROUP GROUP g c STREAMS s 3
        XREADGROUP GROUP g c COUNT 3 STREAMS s > | XDEL s 2 | XREADGROUP GROUP g c STREAMS s 0
        XDEL s 2 | XREADGROUP GROUP g c COUNT 3 STREAMS s > | XINFO GROUPS s
        XDEL s 1 6 | XREADGROUP GROUP g c STREAMS s >
        XREADGROUP GROUP g c COUNT 2 STREAMS s > | XTRIM s MAXLEN 2 | XREADGROUP GROUP g c STREAMS s >
        XGROUP CREATE s h 3 | XREADGROUP GROUP h c COUNT 2 STREAMS s > | XINFO GROUPS s
        MULTI | XREADGROUP GROUP g c STREAMS s > | XREADGROUP GROUP g c BLOCK 0 STREAMS s > | EXEC
        """,
    ),
    case(
        "stream_groups/XREADGROUP/several streams",
        f"A DEL s t\n{GROUP}\nA XGROUP CREATE t g 0 MKSTREAM\nA XADD t 1 x y\n"
        "A XREADGROUP GROUP g c COUNT 2 STREAMS s t > >\nA XREADGROUP GROUP g c STREAMS t s 0 >\n"
        "A XREADGROUP GROUP g c STREAMS t s > >\nA DEL s t",
    ),
    case(
        "stream_groups/XREADGROUP/wakes one after the other",
        "A DEL s\nA XGROUP CREATE s g $ MKSTREAM\nB XREADGROUP GROUP g b BLOCK 0 STREAMS s >\n"
        "C XREADGROUP GROUP g c BLOCK 0 STREAMS s >\nA XADD s 1 a 1\nA XADD s 2 a 2\nB PING\nC PING\n"
        "A XPENDING s g - + 9\nA DEL s",
        stream_times,
    ),
    case(
        "stream_groups/XREADGROUP/takes what there is",
        "A DEL s\nA XGROUP CREATE s g $ MKSTREAM\nB XREADGROUP GROUP g b COUNT 1 BLOCK 0 STREAMS s >\n"
        "C XREADGROUP GROUP g c COUNT 1 BLOCK 0 STREAMS s >\n"
        "A MULTI | XADD s 1 a 1 | XADD s 2 a 2 | XADD s 3 a 3 | EXEC\nB PING\nC PING\n"
        "A XINFO GROUPS s\nA DEL s",
    ),
    case(
        "stream_groups/XREADGROUP/the key goes",
        "A DEL s\nA XGROUP CREATE s g $ MKSTREAM\nB XREADGROUP GROUP g b BLOCK 0 STREAMS s >\n"
        "A DEL s\nB PING",
        since_7_2=True,
    ),
    case(
        "stream_groups/XREADGROUP/the group goes",
        "A DEL s\nA XGROUP CREATE s g $ MKSTREAM\nB XREADGROUP GROUP g b BLOCK 0 STREAMS s >\n"
        "A XGROUP DESTROY s g\nB PING\nA DEL s",
        since_7_2=True,
    ),
    case(
        "stream_groups/XREADGROUP/the key becomes another type",
        "A DEL s\nA XGROUP CREATE s g $ MKSTREAM\nB XREADGROUP GROUP g b BLOCK 0 STREAMS s >\n"
        "A SET s x\nB PING\nA DEL s",
        since_7_2=True,
    ),
    case(
        "stream_groups/XREADGROUP/is unblocked",
        "A DEL s\nA XGROUP CREATE s g $ MKSTREAM\nB XREADGROUP GROUP g b BLOCK 0 STREAMS s >\n"
        "A CLIENT UNBLOCK {id:B}\nA XADD s 1 a 1\nA XINFO GROUPS s\nB PING\nA DEL s",
    ),
]

ACKNOWLEDGING = _table(
    "XACK, XPENDING",
    DELIVERED,
    """
    XACK s g 1
    XACK s g 1 2 3 4
    XACK s g 1 1 9
    XACK s g x
    XACK s g 1 x
    XACK s nosuch 1
    XACK s nosuch x
    XACK t g 1
    XACK s g
    XPENDING s nosuch
    XPENDING t g
    XPENDING s g - + 10
    XPENDING s g - + 2
    XPENDING s g - + 0
    XPENDING s g - + -1
    XPENDING s g (1 3 10
    XPENDING s g 2 (4 10
    XPENDING s g - + x
    XPENDING s g x + 10
    XPENDING s g - x 10
    XPENDING s g (18446744073709551615-18446744073709551615 + 10
    XPENDING s g - (0-0 10
    XPENDING s g - + 10 c
    XPENDING s g - + 1 d
    XPENDING s g - + 10 nosuch
    XPENDING s g IDLE 0 - + 10
    XPENDING s g IDLE 100000 - + 10
    XPENDING s g IDLE 0 - + 10 d
    XPENDING s g IDLE x - + 10
    XPENDING s g IDLE -5 - + 10
    XPENDING s g IDLE 0 - +
    XPENDING s g IDLE 0
    XPENDING s g - +
    XPENDING s g -
    XPENDING s
    XPENDING s g - + 10 c x y
    XPENDING t g - + x
    XACK s g 1 2 3 4 | XPENDING s g | XPENDING s g - + 10
    """,
)

CLAIMING = [
    *_table(
        "XCLAIM",
        GONE,
        """
        XCLAIM s g e 0 1
        XCLAIM s g d 0 1 2 3 4
        XCLAIM s g c 0 1
        XCLAIM s g e 100000 1 4
        XCLAIM s g e -1 1
        XCLAIM s g e 0 5
        XCLAIM s g e 0 5 FORCE
        XCLAIM s g e 0 5 FORCE JUSTID
        XCLAIM s g e 0 9 FORCE
        XCLAIM s g e 0 1 JUSTID
        XCLAIM s g e 0 1 4 justid idle 1000
        XCLAIM s g e 0 1 IDLE 1000 | XPENDING s g IDLE 500 - + 10
        XCLAIM s g e 0 1 IDLE -1000 | XPENDING s g IDLE 500 - + 10
        XCLAIM s g e 0 1 TIME 1000
        XCLAIM s g e 0 1 TIME 99999999999999
        XCLAIM s g e 0 1 TIME -1
        XCLAIM s g e 0 1 RETRYCOUNT 7
        XCLAIM s g e 0 1 RETRYCOUNT -7
        XCLAIM s g e 0 1 JUSTID RETRYCOUNT 0
        XCLAIM s g e 0 1 LASTID 5
        XCLAIM s g e 0 1 LASTID 1
        XCLAIM s g e 0 9 LASTID 5
        XCLAIM s g e 0 1 LASTID x
        XCLAIM s g e 0 1 IDLE x
        XCLAIM s g e 0 1 TIME x
        XCLAIM s g e 0 1 RETRYCOUNT x
        XCLAIM s g e 0 1 IDLE
        XCLAIM s g e 0 1 NOSUCH
        XCLAIM s g e 0 1 NOSUCH 5
        XCLAIM s g e 0 x
        XCLAIM s g e 0 1 x
        XCLAIM s g e x 1
        XCLAIM s nosuch e 0 1
        XCLAIM t g e 0 1
        XCLAIM t g e x 1
        XCLAIM s g e 0
        XCLAIM s g e 0 1 1 1
        """,
    ),
    *_table(
        "XAUTOCLAIM",
        GONE,
        """
        XAUTOCLAIM s g e 0 0
        XAUTOCLAIM s g e 0 -
        XAUTOCLAIM s g e 0 +
        XAUTOCLAIM s g e 0 (1
        XAUTOCLAIM s g e 0 (18446744073709551615-18446744073709551615
        XAUTOCLAIM s g e 0 2
        XAUTOCLAIM s g e 0 0 COUNT 1
        XAUTOCLAIM s g e 0 0 COUNT 2
        XAUTOCLAIM s g e 0 0 COUNT 3 JUSTID
        XAUTOCLAIM s g e 0 0 JUSTID
        XAUTOCLAIM s g e 100000 0
        XAUTOCLAIM s g e -1 0
        XAUTOCLAIM s g e 0 0 COUNT 0
        XAUTOCLAIM s g e 0 0 COUNT -1
        XAUTOCLAIM s g e 0 0 COUNT x
        XAUTOCLAIM s g e 0 0 COUNT
        XAUTOCLAIM s g e 0 0 NOSUCH
        XAUTOCLAIM s g e 0 x
        XAUTOCLAIM s g e x 0
        XAUTOCLAIM s nosuch e 0 0
        XAUTOCLAIM t g e 0 0
        XAUTOCLAIM s g c 0 0
        XAUTOCLAIM s g e 0 9
        """,
    ),
]

CASES = both([*XGROUP, *READING, *ACKNOWLEDGING, *CLAIMING])
