# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What random sequences of the commands for keys of any type are drawn from."""

from __future__ import annotations

from key_sequences import Family
from normalisers import multisets

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
    lambda words: ((b"FLUSHALL",), (b"SET", b"text", b"x")),
)
