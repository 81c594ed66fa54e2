# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""broadcaster: two subscribers and a publisher that share nothing but the server."""

import asyncio
import sys

from broadcaster import Broadcast

from checks import TIMEOUT_SECONDS, URL, Checks, unique
from redis_lines import Connection

checks = Checks()


async def main() -> None:
    channel = unique("news")
    with Connection() as observer:
        async with Broadcast(URL) as receiving, Broadcast(URL) as sending:
            checks.passed("connect")
            async with receiving.subscribe(channel) as first:
                async with receiving.subscribe(channel) as second:
                    count = f"PUBLISH {channel} first"
                    # Both share one subscription on the wire.
                    checks.equal("subscribe", ":1", observer.ask(count))
                    await sending.publish(channel=channel, message="sécond")
                    for name, subscriber in (("message", first), ("message, other", second)):
                        got = [await subscriber.get(), await subscriber.get()]
                        shown = [(event.channel, event.message) for event in got]
                        expected = [(channel, "first"), (channel, "sécond")]
                        checks.equal(name, expected, shown)
            await observer.until_subscribers(channel, 0)
            checks.passed("unsubscribe")
            async with receiving.subscribe(channel) as again:
                await sending.publish(channel=channel, message="third")
                checks.equal("subscribe again", "third", (await again.get()).message)


asyncio.run(asyncio.wait_for(main(), TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
