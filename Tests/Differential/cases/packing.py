# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The settings that say how small a value must be to be packed, and what follows from them."""

from __future__ import annotations

from normalisers import pairs
from script import Case, both, case, requests

DEFAULTS = {
    "list-max-listpack-size": "-2",
    "hash-max-listpack-entries": "512",
    "hash-max-listpack-value": "64",
    "set-max-intset-entries": "512",
    "zset-max-listpack-entries": "128",
    "zset-max-listpack-value": "64",
}
DEFAULTS_7_2 = {**DEFAULTS, "set-max-listpack-entries": "128", "set-max-listpack-value": "64"}
ALIASES = {
    name: name.replace("listpack", "ziplist")
    for name in DEFAULTS
    if "listpack" in name
}


def restored(defaults: dict[str, str]) -> tuple[tuple[bytes, ...], ...]:
    words = [word.encode() for item in defaults.items() for word in item]
    return ((b"CONFIG", b"SET", *words), (b"FLUSHALL",))


READING = requests(
    "packing",
    [f"CONFIG GET {name}" for name in (*DEFAULTS, *ALIASES.values(), "list-compress-depth")]
    + [
        "CONFIG GET HASH-MAX-ZIPLIST-ENTRIES",
        "CONFIG GET hash-max-listpack-value hash-max-ziplist-value",
        "CONFIG GET hash-max-*",
        "CONFIG GET zset-max-*-entries zset-max-listpack-entries",
        "CONFIG GET list-max-*",
        "CONFIG SET list-compress-depth 0",
    ],
    pairs,
)

VALUES = {
    "list-max-listpack-size": ("0", "100", "-5", "-100", "2147483647", "2147483648", "x", "8kb"),
    "hash-max-listpack-entries": ("0", "9223372036854775807", "-1", "x", "1k", "1.5"),
    "hash-max-listpack-value": ("0", "1kb", "-1", "x", "9223372036854775807"),
    "set-max-intset-entries": ("0", "-1", "x", "1k"),
    "zset-max-listpack-entries": ("0", "-1", "x", "1k"),
    "zset-max-listpack-value": ("0", "1kb", "-1", "x"),
}
SETTING = [
    case(
        f"packing/SET {name} {value}",
        f"A CONFIG SET {name} {value}\nA CONFIG GET {base}",
        cleanup=restored(DEFAULTS),
    )
    for base, values in VALUES.items()
    for name in (base, ALIASES.get(base, base.upper()))
    for value in values
] + [
    case(
        "packing/a setting by both of its names",
        "A CONFIG SET hash-max-listpack-entries 5 hash-max-ziplist-entries 6\n"
        "A CONFIG GET hash-max-listpack-entries\n"
        "A CONFIG SET hash-max-ziplist-entries 5 HASH-max-ziplist-entries 6",
        cleanup=restored(DEFAULTS),
    ),
]


def _encodings() -> list[Case]:
    """What OBJECT ENCODING says right below, at and above a threshold."""
    found = []
    for name, script in {
        "a hash's entries": """
            A CONFIG SET hash-max-ziplist-entries 2
            A HSET h a 1 b 2 | OBJECT ENCODING h | HSET h a 3 | OBJECT ENCODING h
            A HSET h c 3 | OBJECT ENCODING h | HGETALL h | HDEL h b c | OBJECT ENCODING h
            A HSET i a 1 b 2 c 3 | OBJECT ENCODING i
            A HSETNX j a 1 | HINCRBY j b 1 | OBJECT ENCODING j | HINCRBY j c 1 | OBJECT ENCODING j
            """,
        "a hash's values": """
            A CONFIG SET hash-max-listpack-value 3
            A HSET h abc abc | OBJECT ENCODING h | HSET h a abcd | OBJECT ENCODING h
            A HSET i abcd a | OBJECT ENCODING i | HINCRBY j n 1000 | OBJECT ENCODING j
            """,
        "no packed hashes": """
            A CONFIG SET hash-max-listpack-entries 0
            A HSET h a 1 | OBJECT ENCODING h | HSETNX i a 1 | OBJECT ENCODING i
            """,
        "a lower threshold and a hash that is there": """
            A HSET h a 1 b 2 c 3 | CONFIG SET hash-max-listpack-entries 2 | OBJECT ENCODING h
            A HSET h a 4 | OBJECT ENCODING h
            """,
        "numbers": """
            A CONFIG SET set-max-intset-entries 3
            A SADD s 1 2 3 | OBJECT ENCODING s | SADD s 3 | OBJECT ENCODING s
            A SADD s 4 | OBJECT ENCODING s | SMEMBERS s
            A SADD t 1 2 3 a | SUNIONSTORE u s t | OBJECT ENCODING u
            A SINTERSTORE u s t | OBJECT ENCODING u
            """,
        "a sorted set's entries": """
            A CONFIG SET zset-max-ziplist-entries 2
            A ZADD z 1 a 2 b | OBJECT ENCODING z | ZADD z 3 a | OBJECT ENCODING z
            A ZADD z 1 c | OBJECT ENCODING z | ZRANGE z 0 -1 | ZREM z c b | OBJECT ENCODING z
            A ZADD y 1 a 2 b 3 c | OBJECT ENCODING y | ZINCRBY x 1 a | OBJECT ENCODING x
            A ZRANGESTORE d y 0 1 | OBJECT ENCODING d | ZRANGESTORE d y 0 2 | OBJECT ENCODING d
            A ZUNIONSTORE d 1 y | OBJECT ENCODING d | ZINTERSTORE d 2 y z | OBJECT ENCODING d
            """,
        "a sorted set's members": """
            A CONFIG SET zset-max-listpack-value 3
            A ZADD z 1 abc | OBJECT ENCODING z | ZADD z 1 abcd | OBJECT ENCODING z
            A ZUNIONSTORE d 1 z | OBJECT ENCODING d
            """,
    }.items():
        found.append(case(f"packing/{name}", script, cleanup=restored(DEFAULTS)))
    for name, script in {
        "a set's entries": """
            A CONFIG SET set-max-listpack-entries 2
            A SADD s a b | OBJECT ENCODING s | SADD s a | OBJECT ENCODING s
            A SADD s c | OBJECT ENCODING s | SADD t a b c | OBJECT ENCODING t
            A SADD i 1 2 | OBJECT ENCODING i | SADD i a | OBJECT ENCODING i
            """,
        "a set's members": """
            A CONFIG SET set-max-listpack-value 3
            A SADD s abc | OBJECT ENCODING s | SADD s abcd | OBJECT ENCODING s
            A SADD i 1234 | OBJECT ENCODING i | SADD i a | OBJECT ENCODING i
            """,
        "neither numbers nor packed": """
            A CONFIG SET set-max-intset-entries 0
            A SADD s 1 | OBJECT ENCODING s | SMOVE s t 1 | OBJECT ENCODING t
            A CONFIG SET set-max-listpack-entries 0
            A SADD u 1 | OBJECT ENCODING u | SADD v a | OBJECT ENCODING v
            """,
        "a list of so many": """
            A CONFIG SET list-max-ziplist-size 3
            A RPUSH l a b c | OBJECT ENCODING l | RPUSH l d | OBJECT ENCODING l
            A LPOP l | OBJECT ENCODING l | LPOP l 2 | OBJECT ENCODING l | LRANGE l 0 -1
            A RPUSH m a b c d | OBJECT ENCODING m | LTRIM m 0 0 | OBJECT ENCODING m
            A RPUSH n a b c | LINSERT n BEFORE x y | OBJECT ENCODING n
            A RPUSH o c b a d | SORT o ALPHA STORE p | OBJECT ENCODING p
            A RPUSH q a b c | LMOVE o q LEFT RIGHT | OBJECT ENCODING q
            """,
        "a list of so many bytes": f"""
            A CONFIG SET list-max-listpack-size -1
            A RPUSH l {"x" * 2000} {"y" * 2000} | OBJECT ENCODING l | RPUSH l a | OBJECT ENCODING l
            A RPUSH l {"x" * 90} | OBJECT ENCODING l | LPOP l | LPOP l | OBJECT ENCODING l
            A RPUSH m {"x" * 4000} | OBJECT ENCODING m | LSET m 0 {"x" * 4096} | OBJECT ENCODING m
            A LSET m 0 a | OBJECT ENCODING m
            """,
        "a list of one": """
            A CONFIG SET list-max-listpack-size 0
            A RPUSH l a | OBJECT ENCODING l | LPUSH l b c | OBJECT ENCODING l
            A LPOP l 2 | OBJECT ENCODING l | LRANGE l 0 -1
            """,
    }.items():
        found.append(
            case(f"packing/7.2/{name}", script, cleanup=restored(DEFAULTS_7_2), since_7_2=True)
        )
    return found


CASES = [*both(READING), *SETTING, *_encodings()]
