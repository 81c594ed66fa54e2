# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""arq: deferred jobs, retries, cron and abortion; a worker is killed, and another is stopped."""

import asyncio
import sys
import time

from arq import create_pool
from arq.connections import ArqRedis
from arq.jobs import Job, JobStatus

from application import QUEUE, REDIS
from checks import TIMEOUT_SECONDS, Checks
from workers import Worker, noted, open_gate, wait_for_notes

checks = Checks()


def worker() -> Worker:
    return Worker("-m", "arq", "application.Settings")


async def result(job: Job):
    return await job.result(timeout=TIMEOUT_SECONDS, poll_delay=0.02)


async def error_of(job: Job) -> str:
    try:
        return f"no error: {await result(job)}"
    except (Exception, asyncio.CancelledError) as error:
        return repr(error)


async def check_queue(arq: ArqRedis) -> list[Job]:
    first = await arq.enqueue_job("add", 20, 22, text="grüße", _job_id="first")
    checks.equal("queued", JobStatus.queued, await first.status())
    again = await arq.enqueue_job("add", 1, 1, text="again", _job_id="first")
    checks.equal("same id", None, again)
    later = await arq.enqueue_job("add", 1, 2, text="later", _defer_by=600)
    checks.equal("deferred", JobStatus.deferred, await later.status())
    got = sorted((job.function, job.kwargs["text"]) for job in await arq.queued_jobs())
    checks.equal("queued jobs", [("add", "grüße"), ("add", "later")], got)
    aborted = await arq.enqueue_job("stall", "aborted before")
    asyncio.create_task(aborted.abort(timeout=TIMEOUT_SECONDS, poll_delay=0.02))
    return [first, aborted]


async def check_jobs(arq: ArqRedis, first: Job, aborted: Job) -> None:
    checks.equal("result", (42, "grüße"), await result(first))
    info = await first.result_info()
    got = (info.function, info.args, info.success, info.job_try, info.queue_name)
    checks.equal("info", ("add", (20, 22), True, 1, QUEUE), got)
    life = await arq.pttl(f"arq:result:{first.job_id}")
    checks.holds("result kept", 500_000 < life <= 600_000, life)
    checks.equal("abort while queued", ("CancelledError()", []),
                 (await error_of(aborted), noted("stall", "aborted before")))
    got = await error_of(await arq.enqueue_job("fail"))
    checks.equal("error", "ValueError('grüße')", got)
    sent = time.time()
    await result(await arq.enqueue_job("add", 1, 1, text="soon", _defer_by=0.3))
    waited = noted("add")[-1][1] - sent
    checks.holds("not before its time", waited >= 0.299, waited)
    checks.equal("retried", 3, await result(await arq.enqueue_job("third_time")))
    got = await error_of(await arq.enqueue_job("never"))
    checks.equal("too many tries", "JobExecutionFailed('max 2 retries exceeded')", got)
    job = await arq.enqueue_job("stall", "aborted")
    wait_for_notes(1, "stall", "aborted")
    done = await job.abort(timeout=TIMEOUT_SECONDS, poll_delay=0.02)
    checks.equal("abort", (True, JobStatus.complete), (done, await job.status()))
    checks.holds("cron", len(wait_for_notes(1, "tick")) > 0, noted("tick"))


async def check_death(arq: ArqRedis) -> None:
    with worker() as mortal:
        job = await arq.enqueue_job("stall", "killed")
        ((_, _, attempt, process),) = wait_for_notes(1, "stall", "killed")
        mortal.kill()
    checks.equal("killed", (1, mortal.process.pid), (attempt, process))
    key = f"arq:in-progress:{job.job_id}"
    life = await arq.pttl(key)
    checks.holds("held for a while", 30_000 < life <= 40_000, life)
    # Instead of waiting for it.
    await arq.pexpire(key, 50)
    with worker() as second:
        attempts = [attempt for _, _, attempt, _ in wait_for_notes(2, "stall", "killed")]
        open_gate("killed")
        checks.equal("run again after a kill", ([1, 2], 2), (attempts, await result(job)))
        job = await arq.enqueue_job("stall", "stopped")
        wait_for_notes(1, "stall", "stopped")
        code = second.stop()
    got = (code, await job.status(), await arq.exists(f"arq:in-progress:{job.job_id}"))
    # It is still queued, and nobody holds it.
    checks.equal("stopped", (0, JobStatus.queued, 0), got)
    with worker() as third:
        open_gate("stopped")
        checks.equal("run again after a stop", 2, await result(job))
        third.stop()
    left = [job.kwargs.get("text") for job in await arq.queued_jobs() if "tick" not in job.function]
    checks.equal("all done", ["later"], left)


async def main() -> None:
    async with await create_pool(REDIS, default_queue_name=QUEUE) as arq:
        first, aborted = await check_queue(arq)
        while not await arq.zcard("arq:abort"):
            await asyncio.sleep(0.01)
        with worker():
            await check_jobs(arq, first, aborted)
        await check_death(arq)


asyncio.run(asyncio.wait_for(main(), 2 * TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
