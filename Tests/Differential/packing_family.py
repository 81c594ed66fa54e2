# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What random sequences are drawn from in which OBJECT ENCODING follows small thresholds."""

from __future__ import annotations

from cases.packing import DEFAULTS_7_2, restored
from key_sequences import Family, Words
from script import Arguments

WORDS = (b"a", b"bb", b"ccc", b"dddd", b"1", b"22", b"-333", b"70000", b"x" * 1500)


def thresholds(w: Words) -> tuple[Arguments, ...]:
    words: list[bytes] = [b"CONFIG", b"SET"]
    for name in DEFAULTS_7_2:
        number = w.one_of(b"0", b"1", b"2", b"3", b"4", b"5")
        if name == "list-max-listpack-size":
            number = w.one_of(b"0", b"1", b"3", b"5", b"-1")
        words += [name.encode(), number]
    return (tuple(words),)


def some(w: Words) -> Arguments:
    return tuple(w.one_of(*WORDS) for _ in range(w.up_to(4)))


def scored(w: Words) -> Arguments:
    return tuple(word for item in some(w) for word in (w.number(), item))


def paired(w: Words) -> Arguments:
    return tuple(word for item in some(w) for word in (item, w.one_of(*WORDS)))


LIST, HASH, SET, SORTED_SET = b"k1", b"k2", b"k3", b"k4"
KEYS = (LIST, HASH, SET, SORTED_SET)
PACKING = Family(
    "packing",
    (
        lambda w: (w.one_of(b"LPUSH", b"RPUSH"), LIST, *some(w)),
        lambda w: (w.one_of(b"LPOP", b"RPOP"), LIST, *w.maybe(b"2")),
        lambda w: (b"LSET", LIST, w.number(), w.one_of(*WORDS)),
        lambda w: (b"LINSERT", LIST, b"BEFORE", w.one_of(*WORDS), w.one_of(*WORDS)),
        lambda w: (b"LREM", LIST, w.number(), w.one_of(*WORDS)),
        lambda w: (b"LTRIM", LIST, w.one_of(b"0", b"1"), w.one_of(b"-1", b"-2", b"3")),
        lambda w: (b"LRANGE", LIST, b"0", b"-1"),
        lambda w: (b"HSET", HASH, *paired(w)),
        lambda w: (b"HDEL", HASH, *some(w)),
        lambda w: (b"HSETNX", HASH, w.one_of(*WORDS), w.one_of(*WORDS)),
        lambda w: (b"HINCRBY", HASH, w.one_of(*WORDS), w.number()),
        lambda w: (b"SADD", SET, *some(w)),
        lambda w: (b"SADD", b"k5", *some(w)),
        lambda w: (b"SREM", SET, *some(w)),
        lambda w: (b"SMOVE", SET, b"k5", w.one_of(*WORDS)),
        lambda w: (w.one_of(b"SUNIONSTORE", b"SINTERSTORE", b"SDIFFSTORE"), SET, SET, b"k5"),
        lambda w: (b"SCARD", SET),
        lambda w: (b"ZADD", SORTED_SET, *scored(w)),
        lambda w: (b"ZINCRBY", SORTED_SET, w.number(), w.one_of(*WORDS)),
        lambda w: (b"ZREM", SORTED_SET, *some(w)),
        lambda w: (b"ZRANGE", SORTED_SET, b"0", b"-1", b"WITHSCORES"),
        lambda w: (b"ZRANGESTORE", b"k6", SORTED_SET, b"0", w.number()),
        lambda w: (b"ZUNIONSTORE", b"k6", b"2", SORTED_SET, b"k6"),
        lambda w: (b"DEL", w.one_of(*KEYS, b"k5", b"k6")),
        lambda w: (b"OBJECT", b"ENCODING", w.one_of(*KEYS)),
        lambda w: (b"OBJECT", b"ENCODING", w.one_of(*KEYS)),
        lambda w: (b"OBJECT", b"ENCODING", w.one_of(*KEYS, b"k5", b"k6")),
    ),
    opening=thresholds,
    cleanup=restored(DEFAULTS_7_2),
    since_7_2=True,
)
