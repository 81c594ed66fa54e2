# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What keys, and members of small and of large values, cost a server in memory."""

from __future__ import annotations

from collections.abc import Callable

from resources import Resource, Scale, bytes_per_entry, request
from servers import Server


def _resource(name: str, title: str, add: Callable[[int], bytes]) -> Resource:
    def measure(server: Server, scale: Scale) -> float:
        return bytes_per_entry(server, scale, add)

    return Resource(f"memory-{name}", f"Memory of {title}", "bytes", None, measure, group="types")


KEY_MEMORY = [
    _resource(
        "string",
        "a key with a string of 12 bytes, of a million",
        lambda number: request(b"SET", b"key:%08d" % number, b"val:%08d" % number),
    ),
    _resource(
        "counter",
        "a key with a number, of a million",
        lambda number: request(b"SET", b"key:%08d" % number, b"%d" % number),
    ),
    _resource(
        "small-hash",
        "a hash of three small fields, of a million",
        lambda number: request(
            b"HSET", b"key:%08d" % number, b"name", b"n%d" % number, b"age", b"33", b"city", b"Ulm"
        ),
    ),
    _resource(
        "small-set",
        "a set of three small members, of a million",
        lambda number: request(b"SADD", b"key:%08d" % number, b"a", b"b", b"m%d" % number),
    ),
    _resource(
        "small-sorted-set",
        "a sorted set of three small members, of a million",
        lambda number: request(
            b"ZADD", b"key:%08d" % number, b"1", b"a", b"2.5", b"b", b"3", b"m%d" % number
        ),
    ),
    _resource(
        "hash",
        "a field of a hash that has a million",
        lambda number: request(b"HSET", b"hash", b"f:%08d" % number, b"val:%08d" % number),
    ),
    _resource(
        "set",
        "a member of a set that has a million",
        lambda number: request(b"SADD", b"set", b"m:%08d" % number),
    ),
    _resource(
        "sorted-set",
        "a member of a sorted set that has a million",
        lambda number: request(
            b"ZADD", b"sorted-set", b"%d" % (number * 7919 % 1_000_003), b"m:%08d" % number
        ),
    ),
]
