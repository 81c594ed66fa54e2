# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""streaQ, whose scripts are a library of functions: delays, dependencies, a killed worker."""

import asyncio
import sys
import time

from streaq import TaskStatus

from application import add, alone, double, fail, never, record, stall, third_time, worker
from checks import TIMEOUT_SECONDS, Checks
from workers import Worker, noted, open_gate, wait_for_notes

checks = Checks()


def process(**environment: str) -> Worker:
    return Worker("-m", "streaq", "run", "application:worker", env=environment)


async def result(task):
    return (await task.result(TIMEOUT_SECONDS)).result


async def error_of(task) -> str:
    found = await task.result(TIMEOUT_SECONDS)
    return f"no error: {found.result}" if found.success else repr(found.exception)


async def check_queue():
    first = await add.enqueue(20, 22)
    for text, priority in (("low", "low"), ("high", "high")):
        await record.enqueue(text).start(priority=priority)
    checks.equal("queued", TaskStatus.QUEUED, await first.status())
    later = await record.enqueue("never").start(delay=600)
    aborted = await record.enqueue("aborted").start(delay=600)
    checks.equal("delayed", TaskStatus.SCHEDULED, await later.status())
    checks.equal("queue size", (5, 3),
                 (await worker.queue_size(), await worker.queue_size(include_scheduled=False)))
    got = (await aborted.abort(), await worker.queue_size())
    checks.equal("abort while delayed", (True, 4), got)
    return first


async def check_tasks(first) -> None:
    checks.equal("result", 42, await result(first))
    found = await first.result(TIMEOUT_SECONDS)
    got = (found.fn_name, found.success, found.tries, await first.status())
    checks.equal("information", ("add", True, 1, TaskStatus.DONE), got)
    life = await worker.redis.ttl(worker.results_key + first.id)
    checks.holds("result expires", 500 < life <= 600, life)
    got = {text for _, text, _ in wait_for_notes(2, "record")}
    checks.equal("priorities", {"low", "high"}, got)
    checks.equal("error", "ValueError('grüße')", await error_of(await fail.enqueue()))
    checks.equal("retried", (3, [1, 2, 3]),
                 (await result(await third_time.enqueue()), [n for _, n in noted("third time")]))
    got = await error_of(await never.enqueue())
    checks.holds("too many tries", "StreaqError" in got, got)
    sent = time.time()
    await result(await record.enqueue("soon").start(delay=1))
    waited = noted("record", "soon")[0][2] - sent
    checks.holds("not before its time", waited >= 0.99, waited)
    chained = await (add.enqueue(20, 1) | double)
    checks.equal("dependent", 42, await result(chained))
    failed = await fail.enqueue()
    after = await record.enqueue("after a failure").start(after=failed.id)
    got = await error_of(after)
    checks.equal("failed dependency", ("StreaqError", []),
                 (got.split("(")[0], noted("record", "after a failure")))
    running = await stall.enqueue("aborted")
    wait_for_notes(1, "stall", "aborted")
    checks.equal("abort while running", True, await running.abort(TIMEOUT_SECONDS))
    held = await alone.enqueue("alone")
    wait_for_notes(1, "stall", "alone")
    refused = await error_of(await alone.enqueue("second"))
    open_gate("alone")
    checks.holds("unique", await result(held) == "alone" and "StreaqError" in refused, refused)
    wait_for_notes(1, "tick")
    checks.passed("cron")


async def check_death() -> None:
    with process() as mortal:
        task = await stall.enqueue("killed")
        ((_, _, tries, number),) = wait_for_notes(1, "stall", "killed")
        mortal.kill(*{number} - {mortal.process.pid})
    checks.equal("worker killed", (1, TaskStatus.RUNNING), (tries, await task.status()))
    with process() as other:
        got = (await result(await add.enqueue(1, 2)), len(noted("stall", "killed")))
        checks.equal("not yet taken over", (3, 1), got)
        other.stop()
    open_gate("killed")
    with process(IDLE_TIMEOUT="0.5") as rescuer:
        got = (await result(task), len(noted("stall", "killed")))
        checks.equal("taken over", (2, 2), got)
        checks.equal("stopped", 0, rescuer.stop())
    left = await worker.get_tasks_by_status(TaskStatus.SCHEDULED)
    names = [task.fn_name for task in left if task.fn_name != "tick"]
    checks.equal("nothing left", ["record"], names)


async def main() -> None:
    async with worker:
        first = await check_queue()
        with process() as one:
            await check_tasks(first)
            one.stop()
        await check_death()


asyncio.run(asyncio.wait_for(main(), 2 * TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
