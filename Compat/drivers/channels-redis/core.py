# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""channels_redis: Django Channels' layer over sorted sets, as several processes would use it."""

import asyncio
import sys

from channels.exceptions import ChannelFull
from channels_redis.core import RedisChannelLayer
from redis.asyncio import Redis

from checks import BINARY, HOST, PORT, TIMEOUT_SECONDS, URL, Checks, unique
from workers import Worker, note, wait_for_notes

checks = Checks()


def layer(prefix: str, **options) -> RedisChannelLayer:
    return RedisChannelLayer(hosts=[URL], prefix=prefix, capacity=5, expiry=40, **options)


async def receive_for_ever(prefix: str, channel: str) -> None:
    receiving = layer(prefix)
    note("ready")
    while True:
        note("received", await receiving.receive(channel))


async def until_blocked(redis: Redis, count: int) -> None:
    while (await redis.info("clients"))["blocked_clients"] != count:
        await asyncio.sleep(0.01)


async def check_channels(receiving, sending, redis: Redis, prefix: str) -> None:
    messages = [{"type": "chat", "number": number, "bytes": BINARY} for number in range(5)]
    for message in messages:
        await sending.send("work", message)
    checks.equal("kept until received", 5, await redis.zcard(f"{prefix}work"))
    try:
        await sending.send("work", {"type": "one too many"})
        checks.equal("full", "an error", "none")
    except ChannelFull:
        checks.passed("full")
    life = await redis.ttl(f"{prefix}work")
    checks.holds("expires", 30 < life <= 40, life)
    checks.equal("order", messages, [await receiving.receive("work") for _ in messages])
    waiting = [asyncio.create_task(one.receive("work")) for one in (receiving, sending)]
    # Who begins to receive puts back what another has just taken and not yet confirmed.
    await until_blocked(redis, 2)
    await sending.send("work", {"type": "first"})
    await sending.send("work", {"type": "second"})
    got = sorted(message["type"] for message in await asyncio.gather(*waiting))
    checks.equal("received by one", ["first", "second"], got)


async def check_groups(receiving, sending) -> None:
    first, second = await receiving.new_channel(), await receiving.new_channel()
    # Two channels of a process share a queue in the server, and each gets its own.
    await sending.send(second, {"type": "to the second"})
    await sending.send(first, {"type": "to the first"})
    got = [await receiving.receive(first), await receiving.receive(second)]
    checks.equal("own channel", [{"type": "to the first"}, {"type": "to the second"}], got)
    third = await sending.new_channel()
    for channel in (first, second, third):
        await receiving.group_add("room", channel)
    message = {"type": "chat", "text": "grüße", "bytes": BINARY}
    await sending.group_send("room", message)
    got = [await receiving.receive(first), await receiving.receive(second),
           await sending.receive(third)]
    checks.equal("group", [message] * 3, got)
    await receiving.group_discard("room", second)
    await sending.group_send("room", {"type": "to two"})
    await sending.send(second, {"type": "direct"})
    got = [await receiving.receive(first), await receiving.receive(second),
           await sending.receive(third)]
    expected = [{"type": "to two"}, {"type": "direct"}, {"type": "to two"}]
    checks.equal("group without one", expected, got)
    # The script leaves out who has no room, and the others get it.
    for number in range(5):
        await sending.send(third, {"type": "fill", "number": number})
    await sending.group_send("room", {"type": "not to the third"})
    got = [await receiving.receive(first)]
    got += [await sending.receive(third) for _ in range(5)]
    await sending.send(third, {"type": "next"})
    got.append(await sending.receive(third))
    checks.equal("full member of a group",
                 ["not to the third"] + ["fill"] * 5 + ["next"], [one["type"] for one in got])


async def check_death(receiving, sending, redis: Redis, prefix: str) -> None:
    with Worker(__file__, prefix, "jobs") as worker:
        wait_for_notes(1, "ready")
        await sending.send("jobs", {"type": "before"})
        wait_for_notes(1, "received")
        await until_blocked(redis, 1)
        worker.kill()
    await until_blocked(redis, 0)
    await sending.send("jobs", {"type": "after"})
    checks.equal("receiver killed", [["received", {"type": "before"}]],
                 wait_for_notes(1, "received"))
    checks.equal("taken over", {"type": "after"}, await receiving.receive("jobs"))


async def main() -> None:
    prefix = unique("asgi")
    receiving, sending = layer(prefix), layer(prefix)
    async with Redis(host=HOST, port=PORT) as redis:
        await check_channels(receiving, sending, redis, prefix)
        await check_groups(receiving, sending)
        await check_death(receiving, sending, redis, prefix)
        await sending.send("work", {"type": "left"})
        await receiving.flush()
        await sending.flush()
        checks.equal("flush", [], await redis.keys(f"{prefix}*"))


if len(sys.argv) > 1:
    asyncio.run(receive_for_ever(*sys.argv[1:]))
else:
    asyncio.run(asyncio.wait_for(main(), TIMEOUT_SECONDS))
    sys.exit(checks.exit_code)
