# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The tasks, and the worker that `streaq application:worker` runs."""

import asyncio
import os
import time

from streaq import StreaqRetry, Worker

from checks import URL
from workers import gate_is_open, note

# A worker that has not been heard of for the idle timeout is given up.
worker = Worker(
    redis_url=URL, queue_name="compat", concurrency=2, priorities=["low", "high"], prefetch=0,
    idle_timeout=float(os.environ.get("IDLE_TIMEOUT", 60)))


@worker.task(ttl=600)
async def add(first: int, second: int) -> int:
    return first + second


@worker.task
async def double(number: int) -> int:
    return number * 2


@worker.task
async def record(text: str) -> None:
    note("record", text, time.time())


@worker.task
async def fail() -> None:
    raise ValueError("grüße")


@worker.task(max_tries=4)
async def third_time() -> int:
    tries = third_time.context.tries
    note("third time", tries)
    if tries < 3:
        raise StreaqRetry("not yet", delay=0)
    return tries


@worker.task(max_tries=2)
async def never() -> None:
    raise StreaqRetry("never", delay=0)


@worker.task
async def stall(name: str) -> int:
    note("stall", name, stall.context.tries, os.getpid())
    while not gate_is_open(name):
        await asyncio.sleep(0.02)
    return stall.context.tries


@worker.task(unique=True, timeout=60)
async def alone(name: str) -> str:
    note("stall", name, 1, os.getpid())
    while not gate_is_open(name):
        await asyncio.sleep(0.02)
    return name


@worker.cron("* * * * * * *")
async def tick() -> None:
    note("tick")
