# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The jobs, and what `saq application.settings` needs to know of a worker."""

import asyncio
import os
import time

from saq import CronJob, Queue

from checks import URL
from workers import gate_is_open, note

queue = Queue.from_url(URL, name="compat")


async def add(context: dict, *, first: int, second: int, text: str = "") -> list:
    note("add", text, time.time())
    return [first + second, text]


async def fail(context: dict) -> None:
    raise ValueError("grüße")


async def third_time(context: dict) -> int:
    if context["job"].attempts < 3:
        raise ValueError("not yet")
    return context["job"].attempts


async def stall(context: dict, *, name: str) -> int:
    job = context["job"]
    note("stall", name, job.attempts, os.getpid())
    await job.update(progress=0.4)
    while not gate_is_open(name):
        await asyncio.sleep(0.02)
    return job.attempts


async def tick(context: dict) -> None:
    note("tick")


settings = {
    "queue": queue,
    "functions": [add, fail, third_time, stall],
    "cron_jobs": [CronJob(tick, cron="* * * * * */1")],
    "concurrency": 4,
    # The driver sweeps.
    "timers": {"schedule": 1, "sweep": 600, "abort": 0.05, "worker_info": 1},
}
