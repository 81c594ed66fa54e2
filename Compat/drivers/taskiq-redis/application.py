# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The tasks, and a worker for them.

Usage: application.py list|stream QUEUE NAME [IDLE-MILLISECONDS]
"""

import asyncio
import sys
from typing import Annotated

from taskiq import Context, SimpleRetryMiddleware, TaskiqDepends
from taskiq.api import run_receiver_task
from taskiq.depends.progress_tracker import ProgressTracker, TaskState
from taskiq_redis import ListQueueBroker, RedisAsyncResultBackend, RedisStreamBroker

from checks import URL
from workers import gate_is_open, note, wait_at_gate


def make_broker(kind: str, queue: str, name: str, idle_milliseconds: int = 600_000):
    if kind == "list":
        broker = ListQueueBroker(URL, queue_name=queue)
    else:
        # What is idle for so long is another's to take, looked for after each batch of work.
        broker = RedisStreamBroker(
            URL, queue_name=queue, consumer_group_name="group", consumer_name=name,
            consumer_id="0", xread_block=50, xread_count=1, idle_timeout=idle_milliseconds,
            unacknowledged_lock_timeout=5)
    results = RedisAsyncResultBackend(URL, prefix_str=queue, result_ex_time=600)
    broker = broker.with_result_backend(results)
    broker.add_middlewares(SimpleRetryMiddleware(default_retry_count=5))

    @broker.task(task_name="add")
    async def add(first: int, second: int, text: str) -> tuple[int, str]:
        return first + second, text

    @broker.task(task_name="fail")
    async def fail() -> None:
        raise ValueError("grüße")

    @broker.task(task_name="third time", retry_on_error=True)
    async def third_time(context: Annotated[Context, TaskiqDepends()]) -> int:
        attempt = int(context.message.labels.get("_retries", 0))
        note("third time", attempt)
        if attempt < 2:
            raise ValueError("not yet")
        return attempt

    @broker.task(task_name="slow")
    async def slow(progress: Annotated[ProgressTracker, TaskiqDepends()]) -> str:
        await progress.set_progress(TaskState.STARTED, {"percent": 40})
        note("slow")
        await asyncio.to_thread(wait_at_gate, "slow")
        return "done"

    @broker.task(task_name="record")
    async def record(number: int) -> int:
        note("record", number, name)
        if number == 13 and not gate_is_open("killed"):
            await asyncio.Event().wait()
        return number

    return broker, {"add": add, "fail": fail, "third time": third_time, "slow": slow,
                    "record": record}


async def work() -> None:
    kind, queue, name = sys.argv[1:4]
    broker, _ = make_broker(kind, queue, name, *map(int, sys.argv[4:]))
    note("ready", name)
    # One at a time, so that a stalled task leaves the rest to others.
    await run_receiver_task(broker, run_startup=True, max_async_tasks=1)


if __name__ == "__main__":
    asyncio.run(work())
