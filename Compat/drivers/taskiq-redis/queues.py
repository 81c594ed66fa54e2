# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""taskiq over a list or a stream: results, retries, schedules, and a worker that is killed.

Usage: queues.py list|stream
"""

import asyncio
import sys
from datetime import datetime, timedelta, timezone

from redis import Redis
from taskiq import TaskiqScheduler
from taskiq.api import run_scheduler_task
from taskiq_redis import ListRedisScheduleSource

from application import make_broker
from checks import HOST, PORT, TIMEOUT_SECONDS, URL, Checks, unique, wait_until
from workers import Worker, noted, open_gate, wait_for_notes

KIND = sys.argv[1]
checks = Checks()


def application(name: str, queue: str, *more: str) -> Worker:
    return Worker("application.py", KIND, queue, name, *more)


def length(redis: Redis, queue: str) -> int:
    return redis.llen(queue) if KIND == "list" else redis.xlen(queue)


def pending(redis: Redis, queue: str) -> int:
    return redis.xpending(queue, "group")["pending"]


async def result(task):
    return await task.wait_result(check_interval=0.02, timeout=TIMEOUT_SECONDS)


async def check_tasks(tasks, redis: Redis, queue: str) -> None:
    before = await tasks["add"].kiq(20, 22, text="grüße")
    checks.equal("queued", 1, length(redis, queue))
    with application("zero", queue):
        got = await result(before)
        checks.equal("result", ((42, "grüße"), False), (got.return_value, got.is_err))
        got = await result(await tasks["fail"].kiq())
        checks.equal("error", (True, "ValueError('grüße')"), (got.is_err, repr(got.error)))
        retried = await result(await tasks["third time"].kiq())
        attempts = [attempt for _, attempt in noted("third time")]
        checks.equal("retried", (2, [0, 1, 2]), (retried.return_value, attempts))
        life = redis.ttl(f"{queue}:{before.task_id}")
        checks.holds("result expires", 500 < life <= 600, life)
        task = await tasks["slow"].kiq()
        wait_for_notes(1, "slow")
        progress = await task.get_progress()
        ready = await task.is_ready()
        open_gate("slow")
        got = (progress.meta, ready, (await result(task)).return_value)
        checks.equal("progress", ({"percent": 40}, False, "done"), got)


async def check_schedule(broker, tasks, redis: Redis, queue: str) -> None:
    # Keys are taken apart at colons.
    source = ListRedisScheduleSource(URL, prefix=queue.replace(":", "-"))
    past = datetime.now(timezone.utc) - timedelta(minutes=3)
    schedule = await tasks["record"].schedule_by_time(source, past, 1)
    (got,) = await source.get_schedules()
    checks.equal("schedule", (schedule.schedule_id, [1]), (got.schedule_id, got.args))
    before = length(redis, queue)
    scheduler = asyncio.create_task(run_scheduler_task(
        TaskiqScheduler(broker, [source]), loop_interval=timedelta(milliseconds=50)))
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while await source.get_schedules():
            await asyncio.sleep(0.02)
    scheduler.cancel()
    await source.shutdown()
    checks.equal("schedule is sent once", before + 1, length(redis, queue))


async def check_workers(tasks, redis: Redis, queue: str) -> None:
    """Two share the work, and one dies while it is at a task."""
    with application("one", queue) as one, application("two", queue) as two:
        for name in ("one", "two"):
            wait_for_notes(1, "ready", name)
        count = 1
        while {name for _, _, name in noted("record")} != {"one", "two"}:
            count += 1
            await tasks["record"].kiq(100 + count)
            await asyncio.sleep(0.01)
        numbers = [number for _, number, _ in wait_for_notes(count, "record")]
        checks.equal("shared work", [1, *range(102, 101 + count)], sorted(numbers))
        if KIND == "stream":
            wait_until("the acknowledgements", lambda: pending(redis, queue) == 0)
        await tasks["record"].kiq(13)
        ((_, _, name),) = wait_for_notes(1, "record", 13)
        {"one": one, "two": two}[name].kill()
        {"one": two, "two": one}[name].kill()
    open_gate("killed")
    await check_left_over(tasks, redis, queue)


async def check_left_over(tasks, redis: Redis, queue: str) -> None:
    following = [await tasks["record"].kiq(number) for number in (14, 15)]
    if KIND == "list":
        # What a worker had taken is gone with it.
        checks.equal("worker killed", 2, redis.llen(queue))
    else:
        checks.equal("worker killed", 1, pending(redis, queue))
    with application("three", queue, "1"):
        got = [(await result(task)).return_value for task in following]
        if KIND == "list":
            checks.equal("left over", ([14, 15], 1), (got, len(noted("record", 13))))
            return
        names = [name for _, _, name in wait_for_notes(2, "record", 13)]
        checks.equal("taken over", ([14, 15], "three"), (got, names[1]))
        wait_until("the acknowledgements", lambda: pending(redis, queue) == 0)
        checks.passed("all acknowledged")


async def main() -> None:
    queue = unique("tasks")
    client, tasks = make_broker(KIND, queue, "client")
    await client.startup()
    with Redis(host=HOST, port=PORT) as redis:
        await check_tasks(tasks, redis, queue)
        await check_schedule(client, tasks, redis, queue)
        await check_workers(tasks, redis, queue)
    await client.shutdown()


asyncio.run(asyncio.wait_for(main(), 2 * TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
