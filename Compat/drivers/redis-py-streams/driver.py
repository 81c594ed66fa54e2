# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""redis-py's stream commands, and consumers in processes of their own of which one dies.

Usage: driver.py sync|asyncio default|2|3
"""

import asyncio
import sys
import threading

import redis
import redis.asyncio

from checks import BINARY, HOST, PORT, TIMEOUT_SECONDS, Checks, settle, unique, wait_until
from workers import Worker, note, noted, open_gate, wait_for_notes

MODE, PROTOCOL = sys.argv[1:]
checks = Checks()


def connect():
    interface = redis.asyncio if MODE == "asyncio" else redis
    options = {} if PROTOCOL == "default" else {"protocol": int(PROTOCOL)}
    return interface.Redis(host=HOST, port=PORT, socket_timeout=TIMEOUT_SECONDS, **options)


def by_stream(reply) -> dict:
    """What XREAD returns: a list of pairs, or with protocol=3 a map of lists of lists."""
    if isinstance(reply, dict):
        return {name: entries[0] for name, entries in reply.items()}
    return {name: entries for name, entries in reply}


async def error_of(awaitable_or_call) -> str:
    try:
        await settle(awaitable_or_call())
    except redis.ResponseError as error:
        return str(error)
    return "no error"


def entry(number: int) -> tuple[bytes, dict]:
    return (b"%d-1" % number, {b"n": b"%d" % number})


async def check_entries(client, stream: str) -> None:
    first = await settle(client.xadd(stream, {"text": "grüße", "bytes": BINARY}))
    got = await settle(client.xrange(stream, first, first))
    checks.equal("xadd", [(first, {b"text": "grüße".encode(), b"bytes": BINARY})], got)
    numbers = unique("numbers")
    got = [await settle(client.xadd(numbers, {"n": n}, id=f"{n}-1")) for n in range(1, 6)]
    checks.equal("xadd with an id", [entry(n)[0] for n in range(1, 6)], got)
    small = "The ID specified in XADD is equal or smaller than the target stream top item"
    got = await error_of(lambda: client.xadd(numbers, {"n": 1}, id="5-1"))
    checks.equal("xadd with a small id", small, got)
    checks.equal("xlen", 5, await settle(client.xlen(numbers)))
    got = await settle(client.xrange(numbers, "(2-1", "+", count=2))
    checks.equal("xrange", [entry(3), entry(4)], got)
    got = await settle(client.xrevrange(numbers, "+", "4"))
    checks.equal("xrevrange", [entry(5), entry(4)], got)
    got = by_stream(await settle(client.xread({numbers: "3-1"})))
    checks.equal("xread", {numbers.encode(): [entry(4), entry(5)]}, got)
    got = by_stream(await settle(client.xread({stream: 0, numbers: "4-1"}, count=1)))
    checks.equal("xread of several", ([first], [entry(5)]),
                 ([got[stream.encode()][0][0]], got[numbers.encode()]))
    await check_waiting(client, numbers)
    checks.equal("xtrim", 2, await settle(client.xtrim(numbers, minid="3", approximate=False)))
    await settle(client.xadd(numbers, {"n": 7}, id="7-1", maxlen=3, approximate=False))
    got = await settle(client.xrange(numbers))
    checks.equal("xadd with a limit", [entry(5), entry(6), entry(7)], got)
    checks.equal("xdel", 1, await settle(client.xdel(numbers, "6-1", "99-1")))
    info = await settle(client.xinfo_stream(numbers))
    got = [info[field] for field in ("length", "last-generated-id", "max-deleted-entry-id",
                                     "entries-added", "first-entry", "last-entry")]
    expected = [2, b"7-1", b"6-1", 7, entry(5), entry(7)]
    checks.equal("xinfo stream", expected, got)


async def check_waiting(client, numbers: str) -> None:
    """Another thread adds as soon as the server counts a blocked client."""
    def add() -> None:
        with redis.Redis(host=HOST, port=PORT) as other:
            wait_until("a reader", lambda: other.info("clients")["blocked_clients"] == 1)
            other.xadd(numbers, {"n": 6}, id="6-1")

    thread = threading.Thread(target=add)
    thread.start()
    got = by_stream(await settle(client.xread({numbers: "$"}, block=TIMEOUT_SECONDS * 1000)))
    thread.join()
    checks.equal("xread waits", {numbers.encode(): [entry(6)]}, got)
    got = by_stream(await settle(client.xread({numbers: "$"}, block=10)))
    checks.equal("xread in vain", {}, got)


async def check_group(client, stream: str) -> None:
    created = await settle(client.xgroup_create(stream, "group", id="0", mkstream=True))
    checks.equal("xgroup create", True, created)
    got = await error_of(lambda: client.xgroup_create(stream, "group"))
    again = "BUSYGROUP Consumer Group name already exists"
    # Versions differ in whether they show the code.
    checks.holds("xgroup create again", again.endswith(got) and got != "", got)
    got = await error_of(lambda: client.xreadgroup("none", "a", {stream: ">"}))
    checks.holds("no group", got.endswith(f"No such key '{stream}' or consumer group 'none'"
                                          " in XREADGROUP with GROUP option"), got)
    for n in range(1, 8):
        await settle(client.xadd(stream, {"n": n}, id=f"{n}-1"))

    async def read(consumer: str, after: str = ">", **options) -> list:
        reply = await settle(client.xreadgroup("group", consumer, {stream: after}, **options))
        return by_stream(reply).get(stream.encode(), [])

    got = [await read("a", count=3), await read("b", count=2)]
    checks.equal("xreadgroup", [[entry(1), entry(2), entry(3)], [entry(4), entry(5)]], got)
    checks.equal("own history", [entry(4), entry(5)], await read("b", "0"))
    checks.equal("xack", 1, await settle(client.xack(stream, "group", "1-1", "99-1")))
    await check_pending(client, stream)
    checks.equal("noack", ([entry(6), entry(7)], []),
                 (await read("c", noack=True), await read("c", "0")))
    checks.equal("xreadgroup of nothing", [], await read("c"))
    await check_end(client, stream)


async def check_pending(client, stream: str) -> None:
    got = await settle(client.xpending(stream, "group"))
    consumers = [{"name": b"a", "pending": 2}, {"name": b"b", "pending": 2}]
    expected = {"pending": 4, "min": b"2-1", "max": b"5-1", "consumers": consumers}
    checks.equal("xpending", expected, got)
    rows = await settle(client.xpending_range(stream, "group", "-", "+", 9, consumername="b"))
    got = [(row["message_id"], row["consumer"], row["times_delivered"]) for row in rows]
    checks.equal("xpending of a consumer", [(b"4-1", b"b", 2), (b"5-1", b"b", 2)], got)
    got = await settle(client.xclaim(stream, "group", "b", 0, ["2-1", "6-1"], idle=5000))
    checks.equal("xclaim", [entry(2)], got)
    got = await settle(client.xclaim(stream, "group", "b", 0, ["3-1"], justid=True))
    checks.equal("xclaim justid", [b"3-1"], got)
    # 2-1 alone has been idle so long.
    got = await settle(client.xautoclaim(stream, "group", "a", 5000, start_id="0-0"))
    checks.equal("xautoclaim", [b"0-0", [entry(2)], []], list(got))
    got = await settle(client.xautoclaim(stream, "group", "a", 0, count=2, justid=True))
    checks.equal("xautoclaim justid", [b"2-1", b"3-1"], got)
    await settle(client.xdel(stream, "3-1"))
    got = await settle(client.xautoclaim(stream, "group", "a", 0))
    checks.equal("xautoclaim of a deleted entry",
                 [b"0-0", [entry(2), entry(4), entry(5)], [b"3-1"]], list(got))


async def check_end(client, stream: str) -> None:
    (info,) = await settle(client.xinfo_groups(stream))
    expected = {"name": b"group", "consumers": 3, "pending": 3, "last-delivered-id": b"7-1",
                "entries-read": 7, "lag": 0}
    checks.equal("xinfo groups", expected, info)
    rows = await settle(client.xinfo_consumers(stream, "group"))
    got = {row["name"]: row["pending"] for row in rows}
    checks.equal("xinfo consumers", {b"a": 3, b"b": 0, b"c": 0}, got)
    await settle(client.xgroup_setid(stream, "group", "5-1"))
    (info,) = await settle(client.xinfo_groups(stream))
    checks.equal("xgroup setid", b"5-1", info["last-delivered-id"])
    got = await settle(client.xgroup_delconsumer(stream, "group", "a"))
    checks.equal("xgroup delconsumer", 3, got)

    def destroy() -> None:
        with redis.Redis(host=HOST, port=PORT) as other:
            wait_until("a reader", lambda: other.info("clients")["blocked_clients"] == 1)
            note("destroyed", other.xgroup_destroy(stream, "group"))

    await settle(client.xgroup_setid(stream, "group", "$"))
    thread = threading.Thread(target=destroy)
    thread.start()
    block = TIMEOUT_SECONDS * 1000
    got = await error_of(lambda: client.xreadgroup("group", "b", {stream: ">"}, block=block))
    thread.join()
    checks.holds("xgroup destroy wakes", "consumer group" in got and bool(noted("destroyed")), got)


async def check_processes(client) -> None:
    """Two consumers share the work; one stalls, is killed, and the other takes over."""
    stream = unique("work")
    await settle(client.xgroup_create(stream, "group", mkstream=True))

    def consumer(*arguments: str) -> Worker:
        return Worker("consumer.py", stream, "group", *arguments)

    with consumer("mortal", "7") as mortal, consumer("other"):
        wait_for_notes(1, "ready", "mortal")
        wait_for_notes(1, "ready", "other")
        count = 0
        while not noted("stalled"):
            for _ in range(10):
                count += 1
                await settle(client.xadd(stream, {"number": count}))
            await asyncio.sleep(0.02)
        mortal.kill()
        open_gate("take over")
        worked = wait_for_notes(count, "worked")
        numbers = {name: [n for _, by, n in worked if by == name] for name in ("mortal", "other")}
        checks.holds("shared work", len(numbers["other"]) > 0 and len(numbers["mortal"]) == 7,
                     numbers)
        checks.equal("order within a consumer", sorted(numbers["mortal"]), numbers["mortal"])
        ((_, _, held),) = noted("stalled")
        checks.holds("taken over", held in numbers["other"], numbers["other"])
        everything = sorted(numbers["mortal"] + numbers["other"])
        left = wait_until("the acknowledgements", lambda: _pending(stream) == 0)
        checks.equal("all done once", (list(range(1, count + 1)), True), (everything, left))


def _pending(stream: str) -> int:
    with redis.Redis(host=HOST, port=PORT) as other:
        return other.xpending(stream, "group")["pending"]


async def main() -> None:
    client = connect()
    await check_entries(client, unique("entries"))
    await check_group(client, unique("groups"))
    await check_processes(client)
    await settle(getattr(client, "aclose", client.close)())


asyncio.run(main())
sys.exit(checks.exit_code)
