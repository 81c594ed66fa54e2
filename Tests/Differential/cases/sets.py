# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Sets: what each command replies."""

from __future__ import annotations

from normalisers import multiset
from script import both, case

from .lists import after

SETUP = (
    "A DEL s t i one nk d l\nA SADD s a b c 1 2\nA SADD t b c d 2\nA SADD i 3 1 2\nA SADD one x\n"
    "A SET str text\n"
)

SINGLE = after(
    SETUP,
    "sets",
    """
    SADD s a x x y
    SADD s a
    SADD nk 5 4 | SMEMBERS nk | OBJECT ENCODING nk
    SADD i 9223372036854775807 -9223372036854775808 | SMEMBERS i
    SADD str x
    SADD s
    SREM s a x a
    SREM s x
    SREM one x | EXISTS one
    SREM i 1 01
    SREM nk x
    SREM str x
    SMOVE s t a | SMEMBERS t
    SMOVE s t b | SMEMBERS s
    SMOVE s t x
    SMOVE s nk a | SMEMBERS nk
    SMOVE one t x | EXISTS one
    SMOVE nk t a
    SMOVE nk str a
    SMOVE s str a
    SMOVE str t a
    SMOVE s s a
    SMOVE s s x
    SCARD s
    SCARD nk
    SCARD str
    SISMEMBER s a
    SISMEMBER s x
    SISMEMBER i 1
    SISMEMBER i x
    SISMEMBER nk a
    SISMEMBER str a
    SMISMEMBER s a x 1
    SMISMEMBER nk a b
    SMISMEMBER str a
    SMEMBERS s
    SMEMBERS i
    SMEMBERS nk
    SMEMBERS str
    SPOP one
    SPOP one 1
    SPOP one 5
    SPOP s 0
    SPOP s 100 | EXISTS s
    SPOP nk
    SPOP nk 2
    SPOP s x
    SPOP s -1
    SPOP s 1 2
    SPOP str
    SPOP str 1
    SRANDMEMBER one
    SRANDMEMBER one 1
    SRANDMEMBER one 3
    SRANDMEMBER one -3
    SRANDMEMBER s 5
    SRANDMEMBER s 100
    SRANDMEMBER s 0
    SRANDMEMBER nk
    SRANDMEMBER nk 1
    SRANDMEMBER nk -1
    SRANDMEMBER s x
    SRANDMEMBER s 1 2
    SRANDMEMBER s -9223372036854775808
    SRANDMEMBER str
    SRANDMEMBER str 1
    SSCAN s 0
    SSCAN s 0 MATCH [a-c]
    SSCAN i 0 COUNT 1
    SSCAN s x
    SSCAN nk 0
    SSCAN nk 0 COUNT 0
    SSCAN s 0 COUNT 0
    SSCAN str 0
    SINTER s
    SINTER s t
    SINTER s t i
    SINTER s nk
    SINTER nk str
    SINTER str nk
    SINTER s str
    SUNION s
    SUNION s t i
    SUNION nk
    SUNION nk s
    SUNION nk str
    SDIFF s
    SDIFF s t
    SDIFF s t i
    SDIFF s s
    SDIFF nk s
    SDIFF s nk
    SDIFF s str
    SINTERSTORE d s t | SMEMBERS d
    SINTERSTORE s s t | SMEMBERS s
    SINTERSTORE s s nk | EXISTS s
    SINTERSTORE str s t | TYPE str
    SINTERSTORE str s nk | EXISTS str
    SINTERSTORE d s str
    SUNIONSTORE d s t i | SMEMBERS d
    SUNIONSTORE d nk
    SUNIONSTORE s nk | EXISTS s
    SUNIONSTORE d str
    SDIFFSTORE d s t | SMEMBERS d
    SDIFFSTORE t s t | SMEMBERS t
    SDIFFSTORE d s s
    SDIFFSTORE d s str
    SINTERCARD 1 s
    SINTERCARD 2 s t
    SINTERCARD 2 s t LIMIT 1
    SINTERCARD 2 s t LIMIT 0
    SINTERCARD 2 s t LIMIT 10
    SINTERCARD 2 s nk
    SINTERCARD 0 s
    SINTERCARD -1 s
    SINTERCARD x s
    SINTERCARD 2 s
    SINTERCARD 1 s LIMIT
    SINTERCARD 1 s LIMIT -1
    SINTERCARD 1 s LIMIT x
    SINTERCARD 1 s NOSUCH 1
    SINTERCARD 2 s str
    OBJECT ENCODING i
    TYPE s
    """,
    multiset,
)

NUMBERS = " ".join(map(str, range(600)))
LARGE = [
    case(
        "sets/large",
        f"A DEL s t\nA SADD s {NUMBERS}\nA SADD s 5 600 x\nA SCARD s\nA OBJECT ENCODING s\n"
        f"A SREM s 77 x y\nA SISMEMBER s 77\nA SMEMBERS s\nA SPOP s 1000\nA SADD t {NUMBERS} w\n"
        f"A SRANDMEMBER t 601\nA SINTER t t",
        multiset,
    ),
    case(
        "sets/encodings",
        "A DEL s\nA SADD s 1 2 3\nA OBJECT ENCODING s\nA SADD s a\nA OBJECT ENCODING s\n"
        f"A SADD s {'x' * 65}\nA OBJECT ENCODING s\nA DEL s\nA SADD s a 1 2\n"
        f"A OBJECT ENCODING s\nA DEL s\nA SADD s {' '.join(map(str, range(512)))}\n"
        "A OBJECT ENCODING s\nA SADD s 512\nA OBJECT ENCODING s",
        since_7_2=True,
    ),
]

CASES = both([*SINGLE, *LARGE])
