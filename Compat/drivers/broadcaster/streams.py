# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""broadcaster over streams: what is published is kept, and subscribers begin at the end."""

import asyncio
import sys

from broadcaster import Broadcast
from redis.asyncio import Redis

from checks import HOST, PORT, TIMEOUT_SECONDS, URL, Checks, unique

STREAM_URL = URL.replace("redis:", "redis-stream:")
checks = Checks()


async def main() -> None:
    news, sport = unique("news"), unique("sport")
    async with Broadcast(STREAM_URL) as receiving, Broadcast(STREAM_URL) as sending:
        async with receiving.subscribe(news) as first, receiving.subscribe(news) as second:
            await sending.publish(channel=news, message="grüße")
            for name, subscriber in (("message", first), ("message, other", second)):
                event = await subscriber.get()
                checks.equal(name, (news, "grüße"), (event.channel, event.message))
            numbers = [str(number) for number in range(100)]
            for number in numbers:
                await sending.publish(channel=news, message=number)
            got = [(await first.get()).message for _ in numbers]
            checks.equal("order", numbers, got)
            async with receiving.subscribe(sport) as other:
                await sending.publish(channel=sport, message="goal")
                await sending.publish(channel=news, message="last")
                got = ((await other.get()).message, (await first.get()).message)
                checks.equal("two channels", ("goal", "last"), got)
    async with Broadcast(STREAM_URL) as late, late.subscribe(news) as subscriber:
        await late.publish(channel=news, message="new")
        checks.equal("only what is new", "new", (await subscriber.get()).message)
    async with Redis(host=HOST, port=PORT) as redis:
        kept = [fields[b"message"].decode() for _, fields in await redis.xrange(news)]
        checks.equal("kept", ["grüße", *numbers, "last", "new"], kept)


asyncio.run(asyncio.wait_for(main(), TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
