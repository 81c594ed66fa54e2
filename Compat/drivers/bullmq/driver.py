# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""BullMQ for Python: priorities, delays, retries, flows and events; a worker is killed."""

import asyncio
import sys

from bullmq import FlowProducer, Job, Queue, QueueEvents
from redis import Redis

from application import CONNECTION
from checks import HOST, PORT, TIMEOUT_SECONDS, Checks, unique
from workers import Worker, noted, open_gate, wait_for_notes

checks = Checks()
OPTIONS = {"connection": CONNECTION}


def worker(queue: Queue, name: str, lock: int = 30_000, interval: int = 30_000) -> Worker:
    return Worker("application.py", queue.name, name, str(lock), str(interval))


async def finished(queue: Queue, job: Job) -> Job:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while await queue.getJobState(job.id) not in ("completed", "failed"):
            await asyncio.sleep(0.01)
    return await Job.fromId(queue, job.id)


async def check_queue(queue: Queue) -> Job:
    for text, priority in (("low", 9), ("middle", 5), ("high", 1)):
        await queue.add("record", {"text": text}, {"priority": priority})
    first = await queue.add("add", {"first": 20, "second": 22}, {"jobId": "first"})
    again = await queue.add("add", {"first": 1, "second": 1}, {"jobId": "first"})
    checks.equal("same id", first.id, again.id)
    await queue.add("record", {"text": "never"}, {"delay": 600_000})
    once = {"deduplication": {"id": "once"}}
    one = await queue.add("record", {"text": "once"}, {"delay": 600_000} | once)
    other = await queue.add("record", {"text": "twice"}, once)
    checks.equal("deduplicated", one.id, other.id)
    counts = await queue.getJobCounts("wait", "prioritized", "delayed", "active")
    checks.equal("counts", {"wait": 1, "prioritized": 3, "delayed": 2, "active": 0}, counts)
    return first


async def check_jobs(queue: Queue, first: Job) -> None:
    done = await finished(queue, first)
    checks.equal("result", (42, 1), (done.returnvalue, done.attemptsMade))
    got = [text for _, text, _ in wait_for_notes(3, "record")]
    checks.equal("order", ["high", "middle", "low"], got)
    failed = await finished(queue, await queue.add("fail", {}))
    checks.equal("error", ("grüße", 1), (failed.failedReason, failed.attemptsMade))
    options = {"attempts": 5, "backoff": {"type": "fixed", "delay": 50}}
    done = await finished(queue, await queue.add("third time", {}, options))
    checks.equal("retried", (3, 3), (done.returnvalue, done.attemptsMade))
    done = await finished(queue, await queue.add("slow", {}))
    logs = await queue.getJobLogs(done.id)
    checks.equal("progress and log", ({"percent": 40}, ["on the way"]),
                 (done.progress, logs["logs"]))
    job = await queue.add("record", {"text": "later"}, {"delay": 300})
    await finished(queue, job)
    waited = noted("record", "later")[0][2] - job.timestamp
    checks.holds("not before its time", waited >= 299, waited)
    flow = FlowProducer(OPTIONS)
    children = [{"name": "add", "queueName": queue.name, "data": {"first": n, "second": 1}}
                for n in range(5)]
    tree = await flow.add(
        {"name": "total", "queueName": queue.name, "data": {}, "children": children})
    checks.equal("flow", 15, (await finished(queue, tree["job"])).returnvalue)
    await flow.close()
    jobs = await queue.addBulk([{"name": "add", "data": {"first": n, "second": 0}}
                                for n in range(10)])
    got = [(await finished(queue, job)).returnvalue for job in jobs]
    checks.equal("bulk", list(range(10)), got)


async def check_control(queue: Queue) -> None:
    events = QueueEvents(queue.name, OPTIONS | {"lastEventId": "0", "autorun": False})
    heard: list[tuple[str, str]] = []
    for kind in ("added", "active", "completed"):
        events.on(kind, lambda event, *_, kind=kind: heard.append((event["jobId"], kind)))
    listening = asyncio.create_task(events.run())
    job = await queue.add("add", {"first": 1, "second": 1})
    await finished(queue, job)
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while (job.id, "completed") not in heard:
            await asyncio.sleep(0.01)
    checks.equal("events", ["added", "active", "completed"],
                 [kind for number, kind in heard if number == job.id])
    await events.close()
    await asyncio.gather(listening, return_exceptions=True)
    await queue.pause()
    job = await queue.add("record", {"text": "paused"})
    counts = await queue.getJobCounts("wait", "paused")
    before = (await queue.isPaused(), sum(counts.values()), noted("record", "paused"))
    await queue.resume()
    await finished(queue, job)
    checks.equal("paused", (True, 1, []), before)
    await queue.upsertJobScheduler("often", {"every": 100, "limit": 3}, "record", {"text": "often"})
    got = wait_for_notes(3, "record", "often")
    checks.equal("job scheduler", 3, len(got))
    await queue.setGlobalRateLimit(2, 300)
    jobs = [await queue.add("record", {"text": "limited"}) for _ in range(3)]
    for job in jobs:
        await finished(queue, job)
    begun = [at for _, _, at in noted("record", "limited")]
    checks.holds("rate limit", begun[2] - begun[0] >= 250, begun)
    await queue.removeGlobalRateLimit()
    names = sorted({one["name"] for one in await queue.get_workers()})
    checks.equal("workers", 1, len(names))


async def check_death(queue: Queue) -> None:
    with worker(queue, "mortal", lock=1000) as mortal:
        job = await queue.add("stall", {"name": "killed"})
        wait_for_notes(1, "stall", "killed")
        mortal.kill()
    got = (await queue.getJobState(job.id), await queue.getJobCounts("active"))
    checks.equal("worker killed", ("active", {"active": 1}), got)
    open_gate("killed")
    # It looks for jobs whose lock has expired.
    with worker(queue, "rescuer", interval=100) as rescuer:
        done = await finished(queue, job)
        got = (done.returnvalue, [count for _, _, count in noted("stall", "killed")])
        checks.equal("taken over", ("killed", [0, 1]), got)
        job = await queue.add("stall", {"name": "stopped"})
        wait_for_notes(1, "stall", "stopped")
        rescuer.process.terminate()
        open_gate("stopped")
        code = rescuer.process.wait(TIMEOUT_SECONDS)
        state = await queue.getJobState(job.id)
        checks.equal("stopped", (0, "completed"), (code, state))


async def main() -> None:
    queue = Queue(unique("compat").replace(":", "-"), OPTIONS)
    first = await check_queue(queue)
    with worker(queue, "one") as one:
        await check_jobs(queue, first)
        await check_control(queue)
        one.stop()
    await check_death(queue)
    await queue.drain(delayed=True)
    counts = await queue.getJobCounts("wait", "delayed", "active", "prioritized")
    checks.equal("drain", {"wait": 0, "delayed": 0, "active": 0, "prioritized": 0}, counts)
    await queue.obliterate(force=True)
    with Redis(host=HOST, port=PORT) as redis:
        checks.equal("obliterate", [], redis.keys(f"bull:{queue.name}:*"))
    await queue.close()


asyncio.run(asyncio.wait_for(main(), 2 * TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
