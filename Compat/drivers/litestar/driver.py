# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Litestar's channels: two servers' plugins, of which one hears what the other publishes.

Usage: driver.py pubsub|stream
"""

import asyncio
import sys

from litestar.channels import ChannelsPlugin
from litestar.channels.backends.redis import (
    RedisChannelsPubSubBackend,
    RedisChannelsStreamBackend,
)
from redis.asyncio import Redis

from checks import BINARY, HOST, PORT, TIMEOUT_SECONDS, Checks, unique
from redis_lines import Connection

KIND = sys.argv[1]
HISTORY = 10
checks = Checks()


def plugin(redis: Redis, prefix: str) -> ChannelsPlugin:
    if KIND == "pubsub":
        backend = RedisChannelsPubSubBackend(redis=redis, key_prefix=prefix)
    else:
        backend = RedisChannelsStreamBackend(
            HISTORY, redis=redis, key_prefix=prefix, cap_streams_approximate=False,
            stream_sleep_no_subscriptions=20)
    return ChannelsPlugin(backend, arbitrary_channels_allowed=True)


async def take(subscriber, count: int) -> list[bytes]:
    events = subscriber.iter_events()
    return [await anext(events) for _ in range(count)]


async def check_messages(receiving: ChannelsPlugin, sending: ChannelsPlugin,
                         news: str, sport: str) -> None:
    subscriber = await receiving.subscribe([news])
    if KIND == "pubsub":
        with Connection() as observer:
            await observer.until_subscribers(news, 1)
    checks.passed("subscribe")
    await sending.wait_published({"text": "grüße"}, news)
    await sending.wait_published(BINARY, news)
    checks.equal("message", ['{"text":"grüße"}'.encode(), BINARY], await take(subscriber, 2))
    other = await receiving.subscribe([news, sport])
    if KIND == "pubsub":
        with Connection() as observer:
            await observer.until_subscribers(sport, 1)
    await sending.wait_published("both", [news, sport])
    checks.equal("several channels", (["both"], ["both"] * 2),
                 ([text.decode() for text in await take(subscriber, 1)],
                  [text.decode() for text in await take(other, 2)]))
    for number in range(50):
        sending.publish(str(number), news)
    got = [int(number) for number in await take(subscriber, 50)]
    checks.equal("order", list(range(50)), got)
    await receiving.unsubscribe(other)
    await receiving.unsubscribe(subscriber, [news])
    again = await receiving.subscribe([sport])
    if KIND == "pubsub":
        with Connection() as observer:
            await observer.until_subscribers(news, 0)
    await sending.wait_published("unheard", news)
    await sending.wait_published("heard", sport)
    checks.equal("unsubscribe", [b"heard"], await take(again, 1))
    await receiving.unsubscribe(again)


async def check_history(receiving: ChannelsPlugin, redis: Redis, news: str) -> None:
    backend = receiving._backend
    expected = [str(number).encode() for number in range(41, 50)] + [b"unheard"]
    checks.equal("history", expected, await backend.get_history(news))
    checks.equal("history's end", expected[-3:], await backend.get_history(news, 3))
    subscriber = await receiving.subscribe([news], history=2)
    checks.equal("history for who comes late", expected[-2:], await take(subscriber, 2))
    key = backend._make_key(news)
    checks.equal("capped", HISTORY, await redis.xlen(key))
    life = await redis.pttl(key)
    checks.holds("expires", 40_000 < life <= 60_000, life)
    got = (await backend.flush_all(), await redis.exists(key))
    checks.equal("flush all", (2, 0), got)


async def main() -> None:
    news, sport, prefix = unique("news"), unique("sport"), unique("litestar")
    async with (Redis(host=HOST, port=PORT) as first, Redis(host=HOST, port=PORT) as second,
                plugin(first, prefix) as receiving, plugin(second, prefix) as sending):
        await check_messages(receiving, sending, news, sport)
        if KIND == "stream":
            await check_history(receiving, first, news)


asyncio.run(asyncio.wait_for(main(), TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
