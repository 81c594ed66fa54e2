# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""SAQ: scheduled jobs, retries and abortion; a worker is killed, and another is stopped."""

import asyncio
import sys
import time

from saq import Job, Status

from application import queue
from checks import TIMEOUT_SECONDS, Checks
from workers import Worker, noted, open_gate, wait_for_notes

checks = Checks()


def worker() -> Worker:
    return Worker("-m", "saq", "application.settings")


async def apply(function: str, **options):
    return await queue.apply(function, timeout=TIMEOUT_SECONDS, poll_interval=0.02, **options)


async def finished(job: Job) -> Job:
    """Told of by a message."""
    await job.refresh(until_complete=TIMEOUT_SECONDS)
    return job


async def check_queue() -> Job:
    first = await queue.enqueue("add", first=20, second=22, text="grüße", key="first")
    checks.equal("enqueue", (Status.QUEUED, 1), (first.status, await queue.count("queued")))
    again = await queue.enqueue("add", first=1, second=1, key="first")
    checks.equal("same key", None, again)
    await queue.enqueue("add", first=1, second=1, scheduled=int(time.time()) + 600)
    aborted = await queue.enqueue("stall", name="aborted before")
    info = await queue.info(jobs=True)
    got = (info["queued"], info["active"], info["scheduled"], len(info["jobs"]))
    checks.equal("info", (2, 0, 1, 3), got)
    await aborted.abort("never mind")
    await aborted.refresh()
    got = (aborted.status, aborted.error, await queue.count("queued"))
    checks.equal("abort while queued", (Status.ABORTED, "never mind", 1), got)
    return first


async def check_jobs(first: Job) -> None:
    await finished(first)
    checks.equal("result", (Status.COMPLETE, [42, "grüße"]), (first.status, first.result))
    life = await queue.redis.ttl(first.id)
    checks.holds("result kept", 500 < life <= 600, life)
    numbers = [{"first": number, "second": 1} for number in range(20)]
    got = await queue.map("add", numbers, timeout=TIMEOUT_SECONDS, poll_interval=0.02)
    checks.equal("map", [[number + 1, ""] for number in range(20)], got)
    job = await finished(await queue.enqueue("fail"))
    checks.equal("error", (Status.FAILED, "ValueError: grüße"),
                 (job.status, job.error.strip().splitlines()[-1]))
    checks.equal("retried", 3, await apply("third_time", retries=5, retry_delay=0))
    at = int(time.time()) + 1
    await apply("add", first=1, second=2, text="soon", scheduled=at)
    ((_, _, begun),) = noted("add", "soon")
    checks.holds("not before its time", begun >= at, begun - at)
    job = await queue.enqueue("stall", name="aborted", timeout=0)
    wait_for_notes(1, "stall", "aborted")
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while job.progress != 0.4:
            await job.refresh()
    checks.equal("progress", Status.ACTIVE, job.status)
    await job.abort("enough")
    await finished(job)
    checks.equal("abort while active", (Status.ABORTED, "enough"), (job.status, job.error))
    workers = (await queue.info())["workers"]
    checks.equal("worker info", ["compat"], [info["queue_key"] for info in workers.values()])


async def sweep() -> list[str]:
    """Does a worker's part, which it does every minute."""
    await queue.redis.delete(queue.namespace("sweep"))
    return await queue.sweep(lock=600, abort=0.01)


async def check_death() -> None:
    with worker() as mortal:
        job = await queue.enqueue("stall", name="killed", heartbeat=1, retries=2)
        ((_, _, attempt, process),) = wait_for_notes(1, "stall", "killed")
        mortal.kill()
    checks.equal("killed", (1, mortal.process.pid, 1),
                 (attempt, process, await queue.count("active")))
    checks.equal("not yet swept", ([], 0), (await sweep(), await queue.count("queued")))
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not (swept := await sweep()):
            await asyncio.sleep(0.05)
    checks.equal("swept", [job.id], swept)
    with worker() as second:
        attempts = [attempt for _, _, attempt, _ in wait_for_notes(2, "stall", "killed")]
        open_gate("killed")
        await finished(job)
        checks.equal("run again after a kill", ([1, 2], 2), (attempts, job.result))
        job = await queue.enqueue("stall", name="stopped", timeout=0, retries=2)
        wait_for_notes(1, "stall", "stopped")
        code = second.stop()
    await job.refresh()
    checks.equal("stopped", (0, Status.QUEUED), (code, job.status))
    with worker() as third:
        open_gate("stopped")
        await finished(job)
        checks.equal("run again after a stop", 2, job.result)
        wait_for_notes(1, "tick")
        checks.passed("cron")
        third.stop()
    # The next tick may be left besides what is to be done in ten minutes.
    left = [job.function async for job in queue.iter_jobs([Status.QUEUED, Status.ACTIVE])]
    checks.equal("all done", ["add"], [function for function in left if function != "tick"])


async def main() -> None:
    await queue.connect()
    # A worker that sweeps at its start may take a job that it has just begun for a stuck one.
    await queue.sweep(lock=600)
    first = await check_queue()
    with worker():
        await check_jobs(first)
    await check_death()
    await queue.disconnect()


asyncio.run(asyncio.wait_for(main(), 2 * TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
