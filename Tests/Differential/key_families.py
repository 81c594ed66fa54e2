# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What random sequences on the keys of one type are drawn from."""

from __future__ import annotations

from generic_family import GENERIC
from key_sequences import Family
from normalisers import multiset
from packing_family import PACKING
from string_family import STRINGS

LISTS = Family(
    "lists",
    (
        lambda w: (w.one_of(b"LPUSH", b"RPUSH"), w.key(), *w.words(8)),
        lambda w: (w.one_of(b"LPUSH", b"RPUSH"), w.key(), *w.words(8)),
        lambda w: (w.one_of(b"LPUSHX", b"RPUSHX"), w.key(), *w.words()),
        lambda w: (w.one_of(b"LPOP", b"RPOP"), w.key(), *w.maybe(w.number())),
        lambda w: (w.one_of(b"BLPOP", b"BRPOP"), *w.keys(), b"0"),
        lambda w: (b"LLEN", w.key()),
        lambda w: (b"LRANGE", w.key(), b"0", b"-1"),
        lambda w: (b"LRANGE", w.key(), w.number(), w.number()),
        lambda w: (b"LINDEX", w.key(), w.number()),
        lambda w: (b"LSET", w.key(), w.number(), w.word()),
        lambda w: (b"LINSERT", w.key(), w.one_of(b"BEFORE", b"AFTER"), w.word(), w.word()),
        lambda w: (b"LREM", w.key(), w.number(), w.word()),
        lambda w: (b"LTRIM", w.key(), w.number(), w.one_of(w.number(), b"-1", b"-2")),
        lambda w: (
            b"LPOS", w.key(), w.word(), *w.maybe(b"RANK", w.number()),
            *w.maybe(b"COUNT", w.count()), *w.maybe(b"MAXLEN", w.count()),
        ),
        lambda w: (
            b"LMOVE", w.key(), w.key(), w.one_of(b"LEFT", b"RIGHT"), w.one_of(b"LEFT", b"RIGHT"),
        ),
        lambda w: (b"RPOPLPUSH", w.key(), w.key()),
        lambda w: (b"BRPOPLPUSH", w.key(), w.key(), b"0"),
        lambda w: (
            b"LMPOP", *w.counted_keys(), w.one_of(b"LEFT", b"RIGHT"), *w.maybe(b"COUNT", w.count()),
        ),
        lambda w: (b"TYPE", w.key()),
    ),
)

FIELDS = (b"f1", b"f2", b"f3", b"4", b"")

HASHES = Family(
    "hashes",
    (
        lambda w: (w.one_of(b"HSET", b"HMSET"), w.key(), *w.pairs(FIELDS)),
        lambda w: (w.one_of(b"HSET", b"HMSET"), w.key(), *w.pairs(FIELDS)),
        lambda w: (b"HSETNX", w.key(), w.one_of(*FIELDS), w.word()),
        lambda w: (w.one_of(b"HGET", b"HSTRLEN", b"HEXISTS"), w.key(), w.one_of(*FIELDS)),
        lambda w: (w.one_of(b"HMGET", b"HDEL"), w.key(), w.one_of(*FIELDS), w.one_of(*FIELDS)),
        lambda w: (w.one_of(b"HLEN", b"HKEYS", b"HVALS", b"HGETALL"), w.key()),
        lambda w: (b"HINCRBY", w.key(), w.one_of(*FIELDS), w.number()),
        lambda w: (
            b"HINCRBYFLOAT", w.key(), w.one_of(*FIELDS), w.one_of(b"0.1", b"-2", b"1e5", b"3.75"),
        ),
        lambda w: (b"HSCAN", w.key(), b"0", *w.maybe(b"MATCH", b"f*")),
        lambda w: (b"OBJECT", b"ENCODING", w.key()),
    ),
)

SETS = Family(
    "sets",
    (
        lambda w: (b"SADD", w.key(), *w.words()),
        lambda w: (b"SADD", w.key(), *w.words()),
        lambda w: (b"SREM", w.key(), *w.words()),
        lambda w: (b"SMOVE", w.key(), w.key(), w.word()),
        lambda w: (w.one_of(b"SISMEMBER", b"SMISMEMBER"), w.key(), w.word()),
        lambda w: (w.one_of(b"SCARD", b"SMEMBERS"), w.key()),
        lambda w: (w.one_of(b"SINTER", b"SUNION", b"SDIFF"), *w.keys()),
        lambda w: (w.one_of(b"SINTERSTORE", b"SUNIONSTORE", b"SDIFFSTORE"), w.key(), *w.keys()),
        lambda w: (b"SINTERCARD", *w.counted_keys(), *w.maybe(b"LIMIT", w.count())),
        lambda w: (b"SSCAN", w.key(), b"0"),
        lambda w: (b"SPOP", w.key(), b"100"),
        lambda w: (b"SRANDMEMBER", w.key(), b"100"),
    ),
    (multiset,),
)

SCORES = (b"0", b"1", b"-1", b"2.5", b"2", b"inf", b"-inf", b"1e3", b"7")
BOUNDS = (*SCORES, b"(1", b"(2", b"-inf", b"+inf", b"(inf")
NAMES = (b"-", b"+", b"[a", b"(a", b"[b", b"(c", b"[1", b"[")

SORTED_SETS = Family(
    "sorted_sets",
    (
        lambda w: (b"ZADD", w.key(), *w.scored(SCORES)),
        lambda w: (
            b"ZADD", w.key(), *w.maybe(w.one_of(b"NX", b"XX")), *w.maybe(w.one_of(b"GT", b"LT")),
            *w.maybe(b"CH"), *w.maybe(b"INCR"), *w.scored(SCORES),
        ),
        lambda w: (b"ZINCRBY", w.key(), w.one_of(*SCORES), w.word()),
        lambda w: (b"ZREM", w.key(), *w.words()),
        lambda w: (w.one_of(b"ZSCORE", b"ZRANK", b"ZREVRANK"), w.key(), w.word()),
        lambda w: (b"ZMSCORE", w.key(), *w.words()),
        lambda w: (b"ZRANGE", w.key(), b"0", b"-1", *w.maybe(b"WITHSCORES")),
        lambda w: (b"ZRANGE", w.key(), w.number(), w.number(), *w.maybe(b"REV")),
        lambda w: (
            b"ZRANGE", w.key(), w.one_of(*BOUNDS), w.one_of(*BOUNDS), b"BYSCORE",
            *w.maybe(b"REV"), *w.maybe(b"LIMIT", w.number(), w.number()), *w.maybe(b"WITHSCORES"),
        ),
        lambda w: (
            w.one_of(b"ZRANGEBYSCORE", b"ZREVRANGEBYSCORE", b"ZCOUNT", b"ZREMRANGEBYSCORE"),
            w.key(), w.one_of(*BOUNDS), w.one_of(*BOUNDS),
        ),
        lambda w: (b"ZREMRANGEBYRANK", w.key(), w.number(), w.number()),
        lambda w: (b"ZRANGESTORE", w.key(), w.key(), w.number(), w.number()),
        lambda w: (w.one_of(b"ZPOPMIN", b"ZPOPMAX"), w.key(), *w.maybe(w.count())),
        lambda w: (w.one_of(b"BZPOPMIN", b"BZPOPMAX"), *w.keys(), b"0"),
        lambda w: (b"ZMPOP", *w.counted_keys(), w.one_of(b"MIN", b"MAX"), *w.maybe(b"COUNT", b"2")),
        lambda w: (
            w.one_of(b"ZUNION", b"ZINTER"), *w.counted_keys(),
            *w.maybe(b"AGGREGATE", w.one_of(b"MIN", b"MAX")), *w.maybe(b"WITHSCORES"),
        ),
        lambda w: (b"ZDIFF", *w.counted_keys(), b"WITHSCORES"),
        lambda w: (
            w.one_of(b"ZUNIONSTORE", b"ZINTERSTORE", b"ZDIFFSTORE"), w.key(), *w.counted_keys(),
        ),
        lambda w: (b"ZINTERCARD", *w.counted_keys(), *w.maybe(b"LIMIT", w.count())),
        lambda w: (b"ZSCAN", w.key(), b"0"),
    ),
)

LEXICOGRAPHIC = Family(
    "lexicographic",
    (
        lambda w: (b"ZADD", w.key(), b"0", w.word(), b"0", w.word()),
        lambda w: (
            w.one_of(b"ZRANGEBYLEX", b"ZREVRANGEBYLEX", b"ZLEXCOUNT", b"ZREMRANGEBYLEX"),
            w.key(), w.one_of(*NAMES), w.one_of(*NAMES),
        ),
        lambda w: (
            b"ZRANGE", w.key(), w.one_of(*NAMES), w.one_of(*NAMES), b"BYLEX", *w.maybe(b"REV"),
            *w.maybe(b"LIMIT", w.number(), w.number()),
        ),
        lambda w: (b"ZRANGE", w.key(), b"0", b"-1"),
    ),
)

FAMILIES = (LISTS, HASHES, SETS, SORTED_SETS, LEXICOGRAPHIC, STRINGS, PACKING, GENERIC)
