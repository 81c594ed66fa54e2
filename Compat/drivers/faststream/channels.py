# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""FastStream: handlers on a channel and a pattern, a decoded model, a request with a reply."""

import asyncio
import sys

from faststream import Path
from faststream.redis import PubSub, RedisBroker
from pydantic import BaseModel

from checks import TIMEOUT_SECONDS, URL, Checks, unique
from redis_lines import Connection

checks = Checks()


class Order(BaseModel):
    number: int
    text: str


async def main() -> None:
    base = unique("orders")
    broker = RedisBroker(URL)
    received: asyncio.Queue = asyncio.Queue()

    @broker.subscriber(channel=f"{base}.new")
    async def handle(order: Order) -> None:
        await received.put(("channel", order))

    @broker.subscriber(channel=PubSub(f"{base}.region.{{region}}", pattern=True))
    async def handle_region(order: Order, region: str = Path()) -> None:
        await received.put((region, order))

    @broker.subscriber(channel=f"{base}.double")
    async def double(number: int) -> int:
        return number * 2

    order = Order(number=7, text="grüße")
    with Connection() as observer:
        await broker.start()
        checks.equal("ping", True, await broker.ping(timeout=TIMEOUT_SECONDS))
        await observer.until_subscribers(f"{base}.new", 1)
        checks.passed("subscribe")
        checks.equal("publish", 1, await broker.publish(order, channel=f"{base}.new"))
        checks.equal("message", ("channel", order), await received.get())
        await broker.publish(order, channel=f"{base}.region.north")
        checks.equal("pmessage", ("north", order), await received.get())
        answer = await broker.request(21, channel=f"{base}.double", timeout=TIMEOUT_SECONDS)
        checks.equal("request", 42, await answer.decode())
        await broker.stop()
        await observer.until_subscribers(f"{base}.new", 0)
        checks.passed("close")


asyncio.run(asyncio.wait_for(main(), TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
