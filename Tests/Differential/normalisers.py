# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Named rules that make equal what must differ between two servers.

Each takes and returns the values that one connection received because of one step. A rule
replaces a field or an order, never a whole reply, and a case names every rule it needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from resp import Value
from script import Normaliser

SERVER_FIELDS = (b"server", b"version", b"id")


def _each(change: Callable[[Value], Value]) -> Normaliser:
    """A rule for each top-level value."""
    return lambda values: [change(value) for value in values]


def _everywhere(change: Callable[[Value], Value]) -> Normaliser:
    """A rule for each leaf."""

    def visit(value: Value) -> Value:
        if value.children is not None:
            return value.with_children([visit(child) for child in value.children])
        return change(value)

    return _each(visit)


def substituted(pattern: bytes, replacement: bytes) -> Normaliser:
    """Replaces what the pattern matches in each leaf's content."""
    compiled = re.compile(pattern, re.DOTALL)

    def change(leaf: Value) -> Value:
        text = compiled.sub(replacement, leaf.content)
        return leaf if text == leaf.content else leaf.with_text(text)

    return _everywhere(change)


def _integer(leaf: Value) -> Value:
    return leaf.with_text(b"N") if re.fullmatch(rb":-?\d+", leaf.header) else leaf


integers = _everywhere(_integer)
"""Integer replies whose number is the server's own: client ids, counters, clocks."""


def _digits(leaf: Value) -> Value:
    return leaf.with_text(b"N") if re.fullmatch(rb"-?\d+", leaf.content) else leaf


def _remaining(leaf: Value) -> Value:
    return leaf.with_text(b"N") if re.fullmatch(rb":(9\d\d|1000)", leaf.header) else leaf


remaining = _everywhere(_remaining)
"""What is left of a time to live of 1000 seconds that was set a moment ago."""


numbers = _everywhere(_digits)
"""Numbers, as integers or as bulk strings (TIME, ages, memory)."""


def _hello(value: Value) -> Value:
    """HELLO: the server's name, its version and the client's id; of Valkey's, the zone and its
    Lua engine, which is a module since Valkey 9."""
    children = list(value.children or ())
    if not children or children[0].text != b"server":
        return value
    kept = []
    for key, item in zip(children[::2], children[1::2]):
        if key.text == b"availability_zone":
            continue
        if key.text == b"modules":
            own = [module for module in item.children or () if not _is_lua(module)]
            item = item.with_children(own)
        if key.text in SERVER_FIELDS:
            item = item.with_text(b"N" if key.text == b"id" else b"X")
        kept += [key, item]
    return value.with_children(kept)


def _is_lua(module: Value) -> bool:
    return any(field.text == b"lua" for field in module.children or ())


def _in_every_aggregate(change: Callable[[Value], Value]) -> Normaliser:
    def visit(value: Value) -> Value:
        if value.children is None:
            return value
        return change(value.with_children([visit(child) for child in value.children]))

    return _each(visit)


hello = _in_every_aggregate(_hello)


def _sorted(value: Value) -> Value:
    if not value.children:
        return value
    return value.with_children(sorted(value.children, key=Value.encoded))


multiset = _each(_sorted)
"""The elements of a reply in any order (PUBSUB CHANNELS, COMMAND LIST)."""


multisets = _in_every_aggregate(_sorted)
"""The elements of a reply, and of replies within it, in any order (KEYS, SCAN)."""


def _sorted_pairs(value: Value) -> Value:
    if not value.children or len(value.children) % 2:
        return value
    pairs = list(zip(value.children[::2], value.children[1::2]))
    pairs.sort(key=lambda pair: pair[0].encoded())
    return value.with_children([item for pair in pairs for item in pair])


pairs = _each(_sorted_pairs)
"""The pairs of a map or of a flat array in any order (CONFIG GET, COMMAND DOCS)."""


def _flattened(values: Iterable[Value]) -> list[Value]:
    """Aggregates of aggregates as their header and then their children, which encodes to the
    same bytes. (In RESP2 a SUBSCRIBE to two channels inside EXEC gives one element too many, so
    that what stands together may end on two levels.)"""
    result: list[Value] = []
    for value in values:
        if any(child.children is not None for child in value.children or ()):
            result += [Value(value.header), *_flattened(value.children or ())]
        else:
            result.append(value)
    return result


def _runs(
    continues: Callable[[Value, Value], bool], sort: Callable[[list[Value]], list[Value]]
) -> Normaliser:
    """Sorts each run of neighbours. Comes after the rules that need the structure."""

    def change(values: list[Value]) -> list[Value]:
        result: list[Value] = []
        run: list[Value] = []
        for value in _flattened(values):
            if run and not continues(run[-1], value):
                result += sort(run)
                run = []
            run.append(value)
        return result + sort(run)

    return change


def _one_less(before: Value, after: Value) -> bool:
    """Another confirmation of the same kind, with one subscription less."""
    first, second = before.children or (), after.children or ()
    return (
        len(first) == len(second) == 3
        and (first[0].text or b"").endswith(b"unsubscribe")
        and first[0] == second[0]
        and int(first[2].content or 0) - 1 == int(second[2].content or 0)
    )


def _channels_sorted(run: list[Value]) -> list[Value]:
    if len(run) < 2:
        return run
    names = sorted((value.children[1] for value in run if value.children), key=Value.encoded)
    return [
        value.with_children([value.children[0], name, value.children[2]])
        for value, name in zip(run, names)
        if value.children
    ]


hash_order = _runs(_one_less, _channels_sorted)
"""UNSUBSCRIBE without arguments confirms in the order of a hash table: within a run of such
confirmations the channels may come in any order, the counts may not."""


def _same_message(before: Value, after: Value) -> bool:
    """The same message through another pattern."""
    first, second = before.children or (), after.children or ()
    return (
        len(first) == len(second) == 4
        and first[0].text == b"pmessage"
        and first[0] == second[0]
        and first[2:] == second[2:]
    )


pattern_order = _runs(_same_message, lambda run: sorted(run, key=Value.encoded))
"""A message that matches several patterns of one client comes once for each, in the order of a
hash table."""


MONITOR_LINE = rb"^\d+\.\d{6} \[(\d+) (?:127\.0\.0\.1:\d+|lua|unix:[^\]]*)\]"
monitor = substituted(MONITOR_LINE, rb"TIME [\1 ADDRESS]")
"""MONITOR: the time and the client's address."""

addresses = substituted(rb"127\.0\.0\.1:\d+", b"ADDRESS")
"""Addresses of clients, wherever they are."""

lolwut = substituted(rb"^(txt:)?.*?(Redis|Valkey) ver\. \d+\.\d+\.\d+", rb"\1DRAWING, \2 ver. X")
"""LOLWUT: the random drawing, and the version below it."""

CLIENT_FIELDS_7_0 = (
    b"id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free argv-mem"
    b" multi-mem rbs rbp obl oll omem tot-mem events cmd user redir resp"
).split()
CLIENT_FIELDS_7_2 = CLIENT_FIELDS_7_0 + [b"lib-name", b"lib-ver"]
CLIENT_VARIABLE = (
    b"id addr laddr fd age idle qbuf qbuf-free argv-mem multi-mem rbs rbp obl oll omem tot-mem"
    b" events"
).split()


def client_fields(known: Iterable[bytes]) -> Normaliser:
    """CLIENT LIST and INFO: only the known fields, in the order they have, and without the
    values of those that name a socket, a time or an amount of memory."""
    names = tuple(known)

    def line(text: bytes) -> bytes:
        fields = [field.partition(b"=") for field in text.split(b" ")]
        return b" ".join(
            name + b"=" + (b"*" if name in CLIENT_VARIABLE else content)
            for name, _, content in fields
            if name in names
        )

    def change(leaf: Value) -> Value:
        if leaf.text is None or b"id=" not in leaf.text:
            return leaf
        prefix = b"txt:" if leaf.kind == b"=" else b""
        lines = leaf.text.removeprefix(prefix).split(b"\n")
        return leaf.with_text(prefix + b"\n".join(map(line, lines)))

    return _everywhere(change)


client_7_0 = client_fields(CLIENT_FIELDS_7_0)
client_7_2 = client_fields(CLIENT_FIELDS_7_2)


def info_fields(*known: str) -> Normaliser:
    """INFO: the section headers and the known fields, sorted within their section. A field
    written as `name=` keeps its value, one written as `name` stands without it."""
    wanted = {name.rstrip("=").encode(): name.endswith("=") for name in known}

    def line(text: bytes) -> bytes | None:
        name, colon, content = text.partition(b":")
        if text.startswith(b"#") or (colon and name in wanted):
            return text if text.startswith(b"#") or wanted[name] else name + b":*"
        return None

    def section(text: bytes) -> bytes:
        header, *lines = text.split(b"\r\n")
        kept = sorted(item for item in map(line, lines) if item is not None)
        return b"\r\n".join([header, *kept])

    def change(leaf: Value) -> Value:
        if leaf.text is None or b"# " not in leaf.text[:8]:
            return leaf
        return leaf.with_text(b"\r\n\r\n".join(map(section, leaf.text.split(b"\r\n\r\n"))))

    return _everywhere(change)


def command_info(known: Iterable[str]) -> Normaliser:
    """COMMAND INFO: flags, ACL categories and subcommands are sets, which a table of hashes or
    of bits puts into some order. Of the subcommands only the known ones, since each release
    adds some."""
    names = {name.encode() for name in known}

    def entry(value: Value) -> Value:
        fields = list(value.children or ())
        if len(fields) != 10:
            return value
        subcommands = [item for item in fields[9].children or () if _name(item) in names]
        fields[2], fields[6] = _sorted(fields[2]), _sorted(fields[6])
        fields[9] = _sorted(fields[9].with_children([entry(item) for item in subcommands]))
        return value.with_children(fields)

    return _each(lambda value: _with_each_child(value, entry))


def _name(entry: Value) -> bytes | None:
    return entry.children[0].text if entry.children else None


def _with_each_child(value: Value, change: Callable[[Value], Value]) -> Value:
    if value.children is None:
        return value
    return value.with_children([change(child) for child in value.children])


def docs(known: Iterable[str]) -> Normaliser:
    """COMMAND DOCS: without the history of a command, which grows with every release, and of
    the subcommands only the known ones, which come in the order of a hash table."""
    names = {name.encode() for name in known}

    def entries(value: Value) -> Value:
        items = list(value.children or ())
        items[1::2] = map(fields, items[1::2])
        return value.with_children(items) if items else value

    def fields(value: Value) -> Value:
        kept: list[Value] = []
        for key, item in _pairs(value):
            if key.text == b"subcommands":
                mine = [half for pair in _pairs(item) if pair[0].text in names for half in pair]
                item = _sorted_pairs(entries(item.with_children(mine)))
            if key.text != b"history":
                kept += [key, item]
        return value.with_children(kept)

    return _each(entries)


def _pairs(value: Value) -> list[tuple[Value, Value]]:
    children = value.children or ()
    return list(zip(children[::2], children[1::2], strict=True))


STREAM_CLOCK_FIELDS = (b"idle", b"inactive", b"seen-time", b"active-time")
STREAM_TREE_FIELDS = (b"radix-tree-keys", b"radix-tree-nodes")


def _without(fields: tuple[bytes, ...], value: Value) -> Value:
    """The numbers behind these names; of -1, which says that there is none, nothing."""
    children = list(value.children or ())
    for index, child in enumerate(children[:-1]):
        following = children[index + 1]
        if child.text in fields and re.fullmatch(rb":\d+", following.header):
            children[index + 1] = following.with_text(b"N")
    return value.with_children(children)


def _without_idle_time(value: Value) -> Value:
    """XPENDING: an ID, a consumer, for how long, how often."""
    children = list(value.children or ())
    if len(children) == 4 and children[2].header[:1] == b":" and children[3].header[:1] == b":":
        children[2] = children[2].with_text(b"N")
    return value.with_children(children)


def _stream_times(value: Value) -> Value:
    return _without_idle_time(_without(STREAM_CLOCK_FIELDS, value))


def _milliseconds(leaf: Value) -> Value:
    """A time of today, as an integer or in an entry's ID."""
    if re.fullmatch(rb":\d{13}", leaf.header):
        return leaf.with_text(b"T")
    if leaf.text is not None and re.fullmatch(rb"1[78]\d{11}-\d+", leaf.text):
        return leaf.with_text(b"T-N")
    return leaf


def stream_times(values: list[Value]) -> list[Value]:
    """Streams: times of delivery and of consumers, and IDs that the clock gave."""
    return _everywhere(_milliseconds)(_in_every_aggregate(_stream_times)(values))


stream_facts = _in_every_aggregate(lambda value: _without(STREAM_TREE_FIELDS, value))
"""XINFO STREAM: the size of Redis's radix tree."""
