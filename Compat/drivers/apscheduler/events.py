# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""APScheduler 4: two schedulers' event brokers, of which each hears the other's events."""

import asyncio
import logging
import sys
from contextlib import AsyncExitStack
from datetime import datetime, timezone

from apscheduler import TaskAdded
from apscheduler.eventbrokers.redis import RedisEventBroker

from checks import TIMEOUT_SECONDS, URL, Checks, unique
from redis_lines import Connection

checks = Checks()


async def main() -> None:
    channel = unique("apscheduler")
    inboxes = [asyncio.Queue(), asyncio.Queue()]
    with Connection() as observer:
        async with AsyncExitStack() as stack:
            brokers = []
            for inbox in inboxes:
                broker = RedisEventBroker(URL, channel=channel, stop_check_interval=0.1)
                await broker.start(stack, logging.getLogger("apscheduler"))
                broker.subscribe(inbox.put_nowait, {TaskAdded}, is_async=False)
                brokers.append(broker)
            checks.equal("subscribe", 2, observer.subscriber_count(channel))
            event = TaskAdded(timestamp=datetime(2026, 1, 2, tzinfo=timezone.utc), task_id="tåsk")
            await brokers[0].publish(event)
            checks.equal("own event", event, await inboxes[0].get())
            checks.equal("other's event", event, await inboxes[1].get())
        await observer.until_subscribers(channel, 0)
        checks.passed("close")


asyncio.run(asyncio.wait_for(main(), TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
