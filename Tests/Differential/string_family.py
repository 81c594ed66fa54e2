# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What random sequences on strings are drawn from: their expiry and their bits included."""

from __future__ import annotations

from key_sequences import Family, Words
from normalisers import remaining
from script import Arguments

VALUES = (
    b"0", b"1", b"-1", b"10", b"9223372036854775807", b"3.25", b"1e3", b"abc", b"abcabcabd", b"",
    b" 1", b"\x00\xff", b"x" * 44, b"x" * 45,
)
OFFSETS = (b"0", b"1", b"3", b"7", b"8", b"9", b"20", b"63", b"64", b"-1", b"-5")
FIELDS = (b"u1", b"u4", b"u8", b"u13", b"u63", b"i1", b"i5", b"i8", b"i16", b"i64")
PLACES = (b"0", b"1", b"5", b"#0", b"#1", b"#2", b"17", b"64")
DELTAS = (b"0", b"1", b"-1", b"100", b"-300", b"9223372036854775807", b"-9223372036854775808")


def value(w: Words) -> bytes:
    return w.one_of(*VALUES)


def expiry(w: Words) -> Arguments:
    """Either a moment far away or one gone by: what is left is the same on all servers."""
    unit, number = w.one_of(*UNITS), w.one_of(b"1", b"2")
    if unit in (b"EX", b"PX"):
        number = b"1000" if unit == b"EX" else b"1000000"
    elif number == b"2":
        number = b"4000000000" if unit == b"EXAT" else b"4000000000123"
    return (unit, number)


UNITS = (b"EX", b"PX", b"EXAT", b"PXAT")


def set_options(w: Words) -> Arguments:
    return (
        *w.maybe(w.one_of(b"NX", b"XX")), *w.maybe(b"GET"),
        *w.one_of_these((), (), expiry(w), (b"KEEPTTL",)),
    )  # fmt: skip


def field_operation(w: Words) -> Arguments:
    place = (w.one_of(*FIELDS), w.one_of(*PLACES))
    return w.one_of_these(
        (b"GET", *place), (b"SET", *place, w.one_of(*DELTAS)),
        (b"INCRBY", *place, w.one_of(*DELTAS)),
        (b"OVERFLOW", w.one_of(b"WRAP", b"SAT", b"FAIL"), b"INCRBY", *place, w.one_of(*DELTAS)),
    )  # fmt: skip


def field_operations(w: Words) -> Arguments:
    return (*field_operation(w), *field_operation(w), *field_operation(w))


def unit(w: Words) -> Arguments:
    return w.maybe(w.one_of(b"BIT", b"BYTE"))


STRINGS = Family(
    "strings",
    (
        lambda w: (b"SET", w.key(), value(w)),
        lambda w: (b"SET", w.key(), value(w), *set_options(w)),
        lambda w: (b"SET", w.key(), value(w), *set_options(w)),
        lambda w: (b"SETNX", w.key(), value(w)),
        lambda w: (b"SETEX", w.key(), w.one_of(b"1000", b"0", b"-1"), value(w)),
        lambda w: (b"PSETEX", w.key(), w.one_of(b"1000000", b"0"), value(w)),
        lambda w: (w.one_of(b"GET", b"GETDEL", b"STRLEN"), w.key()),
        lambda w: (b"GET", w.key()),
        lambda w: (b"GETSET", w.key(), value(w)),
        lambda w: (b"GETEX", w.key(), *w.one_of_these((), (b"PERSIST",), expiry(w))),
        lambda w: (b"MGET", *w.keys()),
        lambda w: (w.one_of(b"MSET", b"MSETNX"), w.key(), value(w), w.key(), value(w)),
        lambda w: (w.one_of(b"INCR", b"DECR"), w.key()),
        lambda w: (w.one_of(b"INCRBY", b"DECRBY"), w.key(), w.one_of(*DELTAS)),
        lambda w: (b"INCRBYFLOAT", w.key(), w.one_of(b"0.1", b"-2", b"1e3", b"0", b"3.75", b"x")),
        lambda w: (b"APPEND", w.key(), value(w)),
        lambda w: (b"SETRANGE", w.key(), w.one_of(*OFFSETS), value(w)),
        lambda w: (b"GETRANGE", w.key(), w.one_of(*OFFSETS), w.one_of(*OFFSETS)),
        lambda w: (b"SETBIT", w.key(), w.one_of(*OFFSETS), w.one_of(b"0", b"1")),
        lambda w: (b"GETBIT", w.key(), w.one_of(*OFFSETS)),
        lambda w: (b"BITCOUNT", w.key()),
        lambda w: (b"BITCOUNT", w.key(), w.one_of(*OFFSETS), w.one_of(*OFFSETS), *unit(w)),
        lambda w: (b"BITPOS", w.key(), w.one_of(b"0", b"1"), *w.maybe(w.one_of(*OFFSETS))),
        lambda w: (
            b"BITPOS", w.key(), w.one_of(b"0", b"1"), w.one_of(*OFFSETS), w.one_of(*OFFSETS),
            *unit(w),
        ),
        lambda w: (b"BITOP", w.one_of(b"AND", b"OR", b"XOR"), w.key(), *w.keys()),
        lambda w: (b"BITOP", b"NOT", w.key(), w.key()),
        lambda w: (b"BITFIELD", w.key(), *field_operations(w)),
        lambda w: (b"BITFIELD", w.key(), *field_operations(w)),
        lambda w: (b"BITFIELD_RO", w.key(), b"GET", w.one_of(*FIELDS), w.one_of(*PLACES)),
        lambda w: (b"LCS", w.key(), w.key(), *w.maybe(w.one_of(b"LEN", b"IDX"))),
        lambda w: (
            b"LCS", w.key(), w.key(), b"IDX", b"WITHMATCHLEN", *w.maybe(b"MINMATCHLEN", b"2"),
        ),
        lambda w: (b"OBJECT", b"ENCODING", w.key()),
        lambda w: (b"TTL", w.key()),
        lambda w: (w.one_of(b"PERSIST", b"DEL", b"EXISTS"), w.key()),
    ),
    (remaining,),
)
