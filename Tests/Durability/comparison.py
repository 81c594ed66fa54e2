# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Whether two servers have the same keys."""

from __future__ import annotations

from typing import Any

from client import Client

DATABASES = 3


def compare(ours: Client, theirs: Client) -> None:
    for database in range(DATABASES):
        for client in (ours, theirs):
            assert client.command("SELECT", database) == "OK"
        assert sorted(ours.command("KEYS", "*")) == sorted(theirs.command("KEYS", "*"))
        for key in sorted(ours.command("KEYS", "*")):
            left, right = value(ours, key), value(theirs, key)
            assert left == right, f"{key!r}:\n{left}\n{right}"
    for client in (ours, theirs):
        client.command("SELECT", 0)


def value(client: Client, key: bytes) -> Any:
    expiry = client.command("PEXPIRETIME", key)
    kind = client.command("TYPE", key)
    if kind != "stream":
        commands = {
            "string": ("GET", key),
            "list": ("LRANGE", key, 0, -1),
            "hash": ("HGETALL", key),
            "set": ("SMEMBERS", key),
            "zset": ("ZRANGE", key, 0, -1, "WITHSCORES"),
        }
        content = client.command(*commands[kind])
        if kind == "hash":
            content = fields(content)
        if kind == "zset":
            # Versions of Redis write numbers with more digits or fewer.
            content = [(member, float(score)) for member, score in zip(content[::2], content[1::2])]
        return kind, expiry, set(content) if kind == "set" else content
    groups = [fields(group) for group in client.command("XINFO", "GROUPS", key)]
    pending = [
        [
            (entry, consumer, deliveries)
            for entry, consumer, _, deliveries in client.command(
                "XPENDING", key, group[b"name"], "-", "+", 10**6
            )
        ]
        for group in groups
    ]
    stream = fields(client.command("XINFO", "STREAM", key))
    for layout in (b"radix-tree-keys", b"radix-tree-nodes"):
        stream.pop(layout, None)
    common = {
        name: stream[name]
        for name in (b"length", b"last-generated-id", b"max-deleted-entry-id", b"entries-added")
    }
    return expiry, client.command("XRANGE", key, "-", "+"), common, groups, pending


def fields(reply: list[Any]) -> dict[bytes, Any]:
    return dict(zip(reply[::2], reply[1::2]))
