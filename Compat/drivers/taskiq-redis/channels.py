# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""taskiq over Pub/Sub: each of two workers runs the task that was sent once."""

import asyncio
import sys

from taskiq.api import run_receiver_task
from taskiq_redis import PubSubBroker

from checks import TIMEOUT_SECONDS, URL, Checks, unique
from redis_lines import Connection

checks = Checks()
done: asyncio.Queue = asyncio.Queue()


def worker(queue: str, name: str) -> tuple[PubSubBroker, object]:
    broker = PubSubBroker(URL, queue_name=queue)

    @broker.task(task_name="add")
    async def add(first: int, second: int, text: str) -> None:
        await done.put((name, first + second, text))

    return broker, add


async def main() -> None:
    queue = unique("tasks")
    client, add = worker(queue, "client")
    await client.startup()
    workers = []
    for name in ("one", "two"):
        broker, _ = worker(queue, name)
        broker.is_worker_process = True
        await broker.startup()
        workers.append((broker, asyncio.create_task(run_receiver_task(broker))))
    with Connection() as observer:
        await observer.until_subscribers(queue, 2)
        checks.passed("subscribe")
        await add.kiq(20, 22, text="grüße")
        got = sorted([await done.get(), await done.get()])
        checks.equal("task", [("one", 42, "grüße"), ("two", 42, "grüße")], got)
        for broker, receiver in workers:
            receiver.cancel()
            await broker.shutdown()
        await client.shutdown()
        await observer.until_subscribers(queue, 0)
        checks.passed("close")


asyncio.run(asyncio.wait_for(main(), TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
