# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""channels_redis: Django Channels' layer over Pub/Sub, as two processes would use it."""

import asyncio
import sys

from channels_redis.pubsub import RedisPubSubChannelLayer

from checks import BINARY, TIMEOUT_SECONDS, URL, Checks, unique
from redis_lines import Connection

checks = Checks()


async def main() -> None:
    prefix = unique("asgi")
    receiving = RedisPubSubChannelLayer(hosts=[URL], prefix=prefix)
    sending = RedisPubSubChannelLayer(hosts=[URL], prefix=prefix)
    first, second = await receiving.new_channel(), await receiving.new_channel()
    with Connection() as observer:
        counts = [observer.subscriber_count(name) for name in (first, second)]
        checks.equal("new channels", [1, 1], counts)

    message = {"type": "chat", "bytes": BINARY, "number": 7}
    await sending.send(first, message)
    checks.equal("send", message, await receiving.receive(first))

    await receiving.group_add("room", first)
    await receiving.group_add("room", second)
    await sending.group_send("room", message)
    got = [await receiving.receive(first), await receiving.receive(second)]
    checks.equal("group", [message] * 2, got)

    await receiving.group_discard("room", second)
    await sending.group_send("room", {"type": "to one"})
    await sending.send(second, {"type": "direct"})
    checks.equal("group without one", {"type": "to one"}, await receiving.receive(first))
    checks.equal("group's other", {"type": "direct"}, await receiving.receive(second))

    await receiving.flush()
    await sending.flush()
    with Connection() as observer:
        await observer.until_subscribers(first, 0)
        checks.passed("close")


asyncio.run(asyncio.wait_for(main(), TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
