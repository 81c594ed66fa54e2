# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Random sequences of commands on the keys of one type, on one connection."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from normalisers import hello, multiset, multisets
from script import Arguments, Case, Normaliser, Request

KEYS = (b"k1", b"k2", b"k3")
WORDS = (b"a", b"b", b"c", b"1", b"-7", b"300", b"70000", b"", b"01", b"long" * 15, b"\x00\xff\r\n")
NUMBERS = (0, 0, 1, 1, 2, 3, -1, -2, -3, 5, 100, -100)


class Words:
    """A command's arguments, drawn one after the other."""

    def __init__(self, source: random.Random) -> None:
        self._source = source

    def one_of(self, *words: bytes) -> bytes:
        return self._source.choice(words)

    def key(self) -> bytes:
        # Now and then a key that is of another type.
        return self._source.choice(KEYS) if self._source.random() < 0.97 else b"text"

    def keys(self) -> Arguments:
        return tuple(self.key() for _ in range(self._source.randint(1, 3)))

    def counted_keys(self) -> Arguments:
        keys = self.keys()
        return (b"%d" % len(keys), *keys)

    def word(self) -> bytes:
        return self._source.choice(WORDS)

    def words(self, most: int = 4) -> Arguments:
        return tuple(self.word() for _ in range(self._source.randint(1, most)))

    def pairs(self, names: tuple[bytes, ...]) -> Arguments:
        count = self._source.randint(1, 3)
        return tuple(word for _ in range(count) for word in (self.one_of(*names), self.word()))

    def scored(self, scores: tuple[bytes, ...]) -> Arguments:
        count = self._source.randint(1, 3)
        return tuple(word for _ in range(count) for word in (self.one_of(*scores), self.word()))

    def number(self) -> bytes:
        return b"%d" % self._source.choice(NUMBERS)

    def count(self) -> bytes:
        return b"%d" % self._source.choice((0, 1, 1, 2, 3, 10))

    def maybe(self, *words: bytes) -> Arguments:
        return words if self._source.random() < 0.4 else ()


Command = Callable[[Words], Arguments]


@dataclass(frozen=True)
class Family:
    name: str
    commands: tuple[Command, ...]
    """Each as likely as any other."""
    normalisers: tuple[Normaliser, ...] = ()
    opening: tuple[Arguments, ...] = ()


class KeyGenerator:
    """The same seed gives the same sequences."""

    def __init__(self, seed: int, length: int, family: Family) -> None:
        self._seed = seed
        self._length = length
        self._family = family

    def case(self, index: int) -> Case:
        name = f"random/{self._family.name}/{self._seed}/{index}"
        source = random.Random(name)
        words = Words(source)
        opening = (
            Request("A", ((b"HELLO", source.choice((b"2", b"3"))),)),
            Request("A", (*self._family.opening, (b"DEL", *KEYS), (b"SET", b"text", b"x"))),
        )
        steps = tuple(self._step(source, words) for _ in range(self._length))
        return Case(name, opening + steps, (hello, *self._family.normalisers))

    def _step(self, source: random.Random, words: Words) -> Request:
        command = source.choice(self._family.commands)(words)
        if command[0].startswith(b"B"):
            # Inside MULTI nobody waits.
            return Request("A", ((b"MULTI",), command, (b"EXEC",)))
        return Request("A", (command,))


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

# Moments, so that no clock has a say: the first is long gone, the others do not come.
SECONDS = (b"1000", b"4102444800", b"4102444801", b"4102444900")
MILLISECONDS = (b"1000", b"4102444800000", b"4102444800001", b"4102444900000")
DATABASES = (b"0", b"0", b"1", b"2")

GENERIC = Family(
    "keys",
    (
        lambda w: (b"SET", w.key(), w.word()),
        lambda w: (
            b"SET", w.key(), w.word(), *w.maybe(w.one_of(b"NX", b"XX")), *w.maybe(b"GET"),
            *w.maybe(w.one_of(b"PXAT", b"EXAT"), w.one_of(*MILLISECONDS[1:])),
        ),
        lambda w: (b"SET", w.key(), w.word(), b"KEEPTTL"),
        lambda w: (b"GETEX", w.key(), *w.maybe(b"PXAT", w.one_of(*MILLISECONDS))),
        lambda w: (b"GETEX", w.key(), b"PERSIST"),
        lambda w: (w.one_of(b"INCR", b"GET", b"GETDEL"), w.key()),
        lambda w: (w.one_of(b"APPEND", b"GETSET"), w.key(), w.word()),
        lambda w: (b"RPUSH", w.key(), *w.words(2)),
        lambda w: (b"HSET", w.key(), b"f", w.word()),
        lambda w: (b"SADD", w.key(), w.word()),
        lambda w: (b"ZADD", w.key(), b"1", w.word()),
        lambda w: (b"XADD", w.key(), b"9-*", b"f", w.word()),
        lambda w: (
            b"PEXPIREAT", w.key(), w.one_of(*MILLISECONDS),
            *w.maybe(w.one_of(b"NX", b"XX", b"GT", b"LT")),
        ),
        lambda w: (
            b"EXPIREAT", w.key(), w.one_of(*SECONDS),
            *w.maybe(w.one_of(b"NX", b"XX", b"GT", b"LT")),
        ),
        lambda w: (b"EXPIRE", w.key(), w.one_of(b"0", b"-1", b"x", b"9223372036854775807")),
        lambda w: (w.one_of(b"EXPIRETIME", b"PEXPIRETIME", b"PERSIST"), w.key()),
        lambda w: (w.one_of(b"DEL", b"UNLINK", b"EXISTS", b"TOUCH"), *w.keys()),
        lambda w: (w.one_of(b"RENAME", b"RENAMENX"), w.key(), w.key()),
        lambda w: (
            b"COPY", w.key(), w.key(), *w.maybe(b"DB", w.one_of(*DATABASES)), *w.maybe(b"REPLACE"),
        ),
        lambda w: (b"MOVE", w.key(), w.one_of(*DATABASES)),
        lambda w: (b"SELECT", w.one_of(*DATABASES)),
        lambda w: (b"SWAPDB", w.one_of(*DATABASES), w.one_of(*DATABASES)),
        lambda w: (w.one_of(b"DBSIZE", b"UNWATCH"),),
        lambda w: (b"KEYS", w.one_of(b"*", b"k?", b"*2", b"[^k]*")),
        lambda w: (
            b"SCAN", b"0", b"COUNT", b"1000", *w.maybe(b"MATCH", w.one_of(b"k*", b"*3")),
            *w.maybe(b"TYPE", w.one_of(b"string", b"list", b"zset", b"stream", b"none")),
        ),
        lambda w: (w.one_of(b"TYPE", b"WATCH"), w.key()),
        lambda w: (b"OBJECT", b"ENCODING", w.key()),
        lambda w: (b"BLPOP", *w.keys(), b"0"),
    ),
    (multisets,),
    ((b"FLUSHALL",),),
)

FAMILIES = (LISTS, HASHES, SETS, SORTED_SETS, LEXICOGRAPHIC, GENERIC)
