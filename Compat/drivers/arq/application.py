# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The jobs, and what `arq application.Settings` needs to know of a worker."""

import asyncio
import os
import time

from arq import Retry, cron, func
from arq.connections import RedisSettings

from checks import HOST, PORT
from workers import gate_is_open, note

QUEUE = "arq:compat"
REDIS = RedisSettings(host=HOST, port=PORT)


async def add(context: dict, first: int, second: int, text: str) -> tuple[int, str]:
    note("add", time.time())
    return first + second, text


async def fail(context: dict) -> None:
    raise ValueError("grüße")


async def third_time(context: dict) -> int:
    if context["job_try"] < 3:
        raise Retry(defer=0.05)
    return context["job_try"]


async def stall(context: dict, name: str) -> int:
    note("stall", name, context["job_try"], os.getpid())
    while not gate_is_open(name):
        await asyncio.sleep(0.02)
    return context["job_try"]


async def tick(context: dict) -> None:
    note("tick")


class Settings:
    functions = [add, fail, func(third_time, max_tries=5), stall,
                 func(third_time, name="never", max_tries=2)]
    cron_jobs = [cron(tick, second=set(range(60)))]
    redis_settings = REDIS
    queue_name = QUEUE
    poll_delay = 0.05
    job_timeout = 30
    keep_result = 600
    allow_abort_jobs = True
    health_check_interval = 1
