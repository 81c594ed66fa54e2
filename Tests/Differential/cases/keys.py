# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Keys of any type, strings, expiry, databases, WATCH."""

from __future__ import annotations

from dataclasses import replace

from normalisers import multisets
from script import both, case

FLUSH = ((b"FLUSHALL",),)


def keys(name: str, text: str, *normalisers, **options):
    return case(f"keys/{name}", text, *normalisers, cleanup=FLUSH, **options)


def each(topic: str, setup: str, lines: str, *normalisers) -> list:
    """A case for each line, behind the same preparation."""
    found = []
    for line in (line.strip() for line in lines.splitlines()):
        if line:
            found.append(keys(f"{topic}/{line}", f"A {setup}\nA {line}", *normalisers))
    return found


SET = each(
    "set",
    "SET s old | SET n 10",
    """
    SET k v | GET k
    set k v NX | SET k w nx | GET k
    SET s v XX | SET k v XX | GET s | GET k
    SET s v NX GET | SET k v NX GET | GET k
    SET s v XX GET | SET k v XX GET | GET k
    SET s v GET | GET s
    SET k v EX 100 | TTL k | SET k w KEEPTTL | TTL k | SET k x | TTL k
    SET k v PX 100000 | TTL k | PERSIST k | TTL k
    SET k v EXAT 4000000000 | EXPIRETIME k | PEXPIRETIME k
    SET k v PXAT 4000000000123 | EXPIRETIME k | PEXPIRETIME k
    SET k v EXAT 1 | GET k | EXISTS k | TTL k
    SET k v EX 0
    SET k v EX -1
    SET k v EX x
    SET k v EX
    SET k v EX 1.5
    SET k v PX 0
    SET k v EX 9223372036854775807
    SET k v EX 9223372036854775
    SET k v PX 9223372036854775807
    SET k v EXAT 9223372036854775807
    SET k v EXAT 0
    SET k v PXAT 0
    SET k v EX 10 PX 10
    SET k v EX 10 EXAT 4000000000
    SET k v KEEPTTL EX 10
    SET k v EX 10 KEEPTTL
    SET k v NX XX
    SET k v XX NX
    SET k v GET GET | GET k
    SET k v NX NX | GET k
    SET k v NOSUCH
    SET k v NX 1
    SET k v PERSIST
    SET "" "" | GET "" | EXISTS ""
    SET "\\x00\\xff" "\\r\\n" | GET "\\x00\\xff"
    SET k
    SET
    GET
    GET nosuch
    """,
)

COUNTING = each(
    "counting",
    "SET s old | SET n 10 | SET max 9223372036854775807 | SET min -9223372036854775808",
    """
    INCR n | INCR k | GET n | GET k
    DECR n | DECR k | GET n | GET k
    INCRBY n 5 | INCRBY k -5 | GET n | GET k
    DECRBY n 5 | DECRBY k -5 | GET n | GET k
    INCR s
    INCR max | GET max
    DECR min | GET min
    INCRBY max 1
    DECRBY min 1
    INCRBY n 9223372036854775807 | INCRBY n 9223372036854775797
    DECRBY n -9223372036854775808
    DECRBY k -9223372036854775808
    DECRBY n 9223372036854775807
    INCRBY n x
    INCRBY n 1.5
    INCRBY n 9223372036854775808
    INCRBY n ""
    INCRBY n " 1"
    INCRBY n +1
    INCRBY n 01
    SET z " 1" | INCR z
    SET z 01 | INCR z
    SET z 1\\x00 | INCR z
    SET z "" | INCR z
    SET z -0 | INCR z
    SET z -1 | INCR z | OBJECT ENCODING z
    INCRBY n
    DECRBY n 1 2
    INCR
    SET n 1 EX 100 | INCR n | TTL n
    """,
)

GENERIC = each(
    "generic",
    "SET a 1 | SET b text | SET e 1 EX 1000",
    """
    DEL a | EXISTS a | DEL a
    DEL a b nosuch a
    UNLINK a b nosuch a | EXISTS a b
    DEL
    UNLINK
    EXISTS a a b nosuch
    EXISTS
    TOUCH a a nosuch
    TOUCH
    TYPE a | TYPE l | TYPE nosuch
    TYPE
    RENAME a z | GET a | GET z
    RENAME a b | GET a | GET b
    RENAME nosuch z
    RENAME nosuch nosuch
    RENAME a a | GET a
    RENAME e a | TTL a | EXISTS e
    RENAME a e | TTL e
    RENAME a
    RENAMENX a z | GET a | GET z
    RENAMENX a b | GET a | GET b
    RENAMENX a a
    RENAMENX nosuch z
    RENAMENX nosuch a
    COPY a z | GET a | GET z
    COPY a b | GET b
    COPY a b REPLACE | GET b
    COPY e z | TTL z
    COPY a e REPLACE | TTL e
    COPY nosuch z
    COPY a a
    COPY nosuch nosuch
    COPY a a DB 1 | SELECT 1 | GET a
    COPY a z DB 3 REPLACE | EXISTS z | SELECT 3 | GET z
    COPY a z DB x
    COPY a z DB 16
    COPY a z DB -1
    COPY a z DB 99999999999
    COPY a z DB
    COPY a z NOSUCH
    COPY a z replace db 2 | SELECT 2 | GET z
    COPY a
    MOVE a 1 | EXISTS a | SELECT 1 | GET a
    MOVE e 1 | SELECT 1 | TTL e
    MOVE a 0
    MOVE a 16
    MOVE a -1
    MOVE a x
    MOVE a 99999999999
    MOVE nosuch 1
    MOVE a 1 | SET a 2 | MOVE a 1 | GET a | SELECT 1 | GET a
    MOVE a
    DBSIZE | SELECT 1 | DBSIZE | SET a 1 | DBSIZE
    FLUSHDB | DBSIZE
    FLUSHALL | DBSIZE
    SELECT 1 | SET a 1 | FLUSHDB | SELECT 0 | DBSIZE
    SELECT 1 | SET a 1 | FLUSHALL | SELECT 0 | DBSIZE
    FLUSHALL SYNC | DBSIZE
    FLUSHALL ASYNC | DBSIZE
    FLUSHDB async | DBSIZE
    FLUSHDB NOSUCH | DBSIZE
    FLUSHALL SYNC ASYNC
    SWAPDB 0 1 | DBSIZE | SELECT 1 | GET a
    SWAPDB 0 0 | GET a
    SWAPDB 0 16
    SWAPDB -1 0
    SWAPDB x 0
    SWAPDB 0 x
    SWAPDB 0 99999999999
    SWAPDB 0
    RANDOMKEY x
    FLUSHALL | RANDOMKEY
    FLUSHALL | SET only 1 | RANDOMKEY
    OBJECT ENCODING a | OBJECT ENCODING b | OBJECT ENCODING nosuch
    OBJECT REFCOUNT a | OBJECT REFCOUNT b | OBJECT REFCOUNT nosuch
    SET c 9999 | OBJECT REFCOUNT c | SET c 10000 | OBJECT REFCOUNT c | SET c -1 | OBJECT REFCOUNT c
    OBJECT IDLETIME a | OBJECT IDLETIME nosuch
    OBJECT FREQ a
    OBJECT FREQ nosuch
    OBJECT
    OBJECT NOSUCH a
    OBJECT ENCODING
    OBJECT ENCODING a b
    SET c 9223372036854775808 | OBJECT ENCODING c
    SET c 9223372036854775807 | OBJECT ENCODING c
    SET c 01 | OBJECT ENCODING c
    SET c 12345678901234567890123456789012345678901234 | OBJECT ENCODING c
    SET c 123456789012345678901234567890123456789012345 | OBJECT ENCODING c
    SELECT 15 | SET x 1 | SELECT 0 | GET x
    MULTI | SELECT 2 | SET x 1 | EXEC | GET x | SELECT 0 | GET x
    """,
)

EXPIRY = each(
    "expiry",
    "SET a 1 | SET e 1 EX 1000",
    """
    TTL a | PTTL a | EXPIRETIME a | PEXPIRETIME a
    TTL nosuch | PTTL nosuch | EXPIRETIME nosuch | PEXPIRETIME nosuch
    TTL e
    EXPIRE a 100 | TTL a
    PEXPIRE a 100000 | TTL a
    EXPIREAT a 4000000000 | EXPIRETIME a
    PEXPIREAT a 4000000000123 | PEXPIRETIME a
    EXPIRE nosuch 100
    EXPIRE a 0 | EXISTS a
    EXPIRE a -1 | EXISTS a
    EXPIREAT a 1 | EXISTS a
    PEXPIREAT a -1 | EXISTS a
    EXPIRE a -9223372036854775808
    EXPIRE a 9223372036854775807
    EXPIRE a 9223372036854775 | TTL a
    PEXPIRE a 9223372036854775807
    PEXPIREAT a 9223372036854775806 | PEXPIRETIME a
    PEXPIRE a -9223372036854775808
    EXPIRE a x
    EXPIRE nosuch x
    EXPIRE a 1.5
    EXPIRE a 100 NX | EXPIRE a 200 NX | TTL a
    EXPIRE a 100 XX | TTL a | EXPIRE e 100 XX | TTL e
    EXPIRE e 100 GT | TTL e | EXPIRE e 2000 GT | TTL e | EXPIRE a 100 GT | TTL a
    EXPIRE e 100 LT | TTL e | EXPIRE e 2000 LT | TTL e | EXPIRE a 100 LT | TTL a
    EXPIRE e 2000 XX GT | TTL e
    EXPIRE e 20 XX LT | TTL e
    EXPIRE a 100 XX LT | TTL a
    EXPIRE a 100 NX XX
    EXPIRE a 100 NX GT
    EXPIRE a 100 LT NX
    EXPIRE a 100 GT LT
    EXPIRE a 100 XX GT LT
    EXPIRE a 100 NOSUCH
    EXPIRE a x NOSUCH
    EXPIRE a x NX XX
    EXPIRE a 0 GT | EXISTS a
    EXPIRE e 0 LT | EXISTS e
    EXPIRE a
    TTL
    PERSIST e | TTL e | PERSIST e
    PERSIST a | PERSIST nosuch
    PEXPIRE a 1 | PERSIST a
    SET e 2 | TTL e
    SET e 2 KEEPTTL | TTL e
    SET b 1 EX 100 | RENAME a b | TTL b
    """,
)

SCANNING = [
    *each(
        "scanning",
        "SET key1 1 | SET key2 2 | SET other 3",
        """
        KEYS *
        KEYS key*
        KEYS nosuch
        KEYS key[13]
        KEYS o?her
        KEYS
        KEYS a b
        SCAN 0 COUNT 100
        SCAN 0 MATCH key* COUNT 100
        SCAN 0 COUNT 100 MATCH key?
        SCAN 0 COUNT 100 TYPE string
        SCAN 0 COUNT 100 TYPE list
        SCAN 0 COUNT 100 TYPE LIST
        SCAN 0 COUNT 100 TYPE hash
        SCAN 0 match * count 100 type string
        SCAN 0 COUNT 0
        SCAN 0 COUNT -1
        SCAN 0 COUNT x
        SCAN 0 COUNT
        SCAN 0 NOSUCH x
        SCAN x
        SCAN +0 COUNT 100
        SCAN -0 COUNT 100
        SCAN - COUNT 100
        SCAN ""
        SCAN " 0"
        SCAN "0 "
        SCAN 0x
        SCAN 99999999999999999999999
        SCAN
        """,
        multisets,
    )
]

WATCH = [
    keys("watch/untouched", "A SET a 1\nA WATCH a\nA MULTI | GET a | EXEC"),
    keys("watch/by another", "A SET a 1\nA WATCH a\nB SET a 2\nA MULTI | GET a | EXEC\nA GET a"),
    keys("watch/by itself", "A WATCH a\nA SET a 2\nA MULTI | GET a | EXEC\nA MULTI | EXEC"),
    keys("watch/no change", "A WATCH a\nB DEL a\nB GET a\nA MULTI | PING | EXEC"),
    keys("watch/same value", "A SET a 1\nA WATCH a\nB SET a 1\nA MULTI | PING | EXEC"),
    keys("watch/refused SET", "A SET a 1\nA WATCH a\nB SET a 2 NX\nA MULTI | PING | EXEC"),
    keys("watch/deleted", "A SET a 1\nA WATCH a\nB DEL a\nA MULTI | PING | EXEC"),
    keys("watch/unlinked", "A SET a 1\nA WATCH a\nB UNLINK a\nA MULTI | PING | EXEC"),
    keys("watch/renamed", "A SET a 1\nA WATCH a\nB RENAME a b\nA MULTI | PING | EXEC"),
    keys("watch/renamed to", "A SET b 1\nA WATCH a\nB RENAME b a\nA MULTI | PING | EXEC"),
    keys("watch/expire", "A SET a 1\nA WATCH a\nB EXPIRE a 100\nA MULTI | PING | EXEC"),
    keys("watch/persist", "A SET a 1 EX 100\nA WATCH a\nB PERSIST a\nA MULTI | PING | EXEC"),
    keys("watch/moved", "A SET a 1\nA WATCH a\nB MOVE a 1\nA MULTI | PING | EXEC"),
    keys("watch/copied to", "A SET b 1\nA WATCH a\nB COPY b a\nA MULTI | PING | EXEC"),
    keys("watch/flushed", "A SET a 1\nA WATCH a\nB FLUSHALL\nA MULTI | PING | EXEC"),
    keys("watch/flushed without", "A WATCH a\nB SET b 1\nB FLUSHALL\nA MULTI | PING | EXEC"),
    keys("watch/flushed elsewhere", "A SET a 1\nA WATCH a\nB SELECT 1 | FLUSHDB\nA MULTI | EXEC"),
    keys("watch/swapped", "A SET a 1\nA WATCH a\nB SWAPDB 0 1\nA MULTI | PING | EXEC"),
    keys("watch/swapped in", "B SELECT 1 | SET a 1\nA WATCH a\nB SWAPDB 0 1\nA MULTI | EXEC"),
    keys("watch/swapped without", "A SET b 1\nA WATCH a\nB SWAPDB 0 1\nA MULTI | PING | EXEC"),
    keys("watch/other database", "A SET a 1\nA WATCH a\nB SELECT 1 | SET a 2\nA MULTI | EXEC"),
    keys("watch/several", "A WATCH a b\nA WATCH c\nB SET c 1\nA MULTI | PING | EXEC"),
    keys("watch/unwatched", "A WATCH a\nB SET a 1\nA UNWATCH\nA MULTI | PING | EXEC"),
    keys("watch/discarded", "A WATCH a\nB SET a 1\nA MULTI | DISCARD\nA MULTI | PING | EXEC"),
    keys("watch/aborted", "A WATCH a\nB SET a 1\nA MULTI | NOSUCH | EXEC\nA MULTI | PING | EXEC"),
    keys("watch/in transaction", "A WATCH a\nB MULTI | SET a 1 | EXEC\nA MULTI | PING | EXEC"),
    keys("watch/queued UNWATCH", "A WATCH a\nA MULTI | UNWATCH\nB SET a 1\nA EXEC\nA PING"),
    keys("watch/past expiry", "A SET a 1\nA WATCH a\nB EXPIRE a -1\nA MULTI | PING | EXEC"),
    keys("watch/reset", "A WATCH a\nB SET a 1\nA RESET\nA MULTI | PING | EXEC"),
    keys("exec/errors", "A MULTI | SET a x | INCR a | SET b 1 | EXEC\nA GET b"),
    keys("exec/isolation", "A MULTI | SET a 1\nB GET a\nA EXEC\nB GET a"),
    keys("exec/null", "A WATCH a\nA SET a 1\nA MULTI | EXEC"),
]

NOTIFICATIONS = [
    keys(
        f"notifications/{flags}",
        f"C CONFIG SET notify-keyspace-events {flags} | CONFIG GET notify-keyspace-events\n"
        "C PSUBSCRIBE __key*\n"
        "A SET a 1 | SET a 2 EX 100 | GET nosuch | INCR n | EXPIRE n 100 | PERSIST n\n"
        "A RENAME a b | COPY b c | MOVE c 1 | DEL b nosuch | SELECT 1 | EXPIRE c -1\n"
        "A MULTI | SET x 1 | SET y 2 | EXEC\nA SET z 1 PXAT 1 | GET z",
        )
    for flags in ("KEA", "KA", "EA", "K$", "Eg", "KEx", "KEn", "KEm", "KElshz", "A", "gxE", "KEtdmn")
]
QUIET = ((b"CONFIG", b"SET", b"notify-keyspace-events", b""), *FLUSH)
NOTIFICATIONS = [replace(item, cleanup=QUIET) for item in NOTIFICATIONS]

CASES = both([
    *SET, *COUNTING, *GENERIC, *EXPIRY, *SCANNING, *WATCH, *NOTIFICATIONS,
    keys("notifications/wrong", "A CONFIG SET notify-keyspace-events Q\nA CONFIG SET notify-keyspace-events KQ"),
])
