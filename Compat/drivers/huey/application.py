# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The tasks, for the driver and for `huey_consumer application.app`."""

import os
import time

import huey

from checks import URL
from workers import note, noted, wait_at_gate

options = {"expire_time": 600} if os.environ["HUEY"] == "RedisExpireHuey" else {}
app = getattr(huey, os.environ["HUEY"])("compat", url=URL, **options)


@app.task()
def add(first: int, second: int) -> int:
    return first + second


@app.task()
def record(text: str) -> None:
    note("record", text, time.time())


@app.task()
def fail() -> None:
    raise ValueError("grüße")


@app.task(retries=5)
def third_time() -> int:
    note("third time")
    if len(noted("third time")) < 3:
        raise ValueError("not yet")
    return len(noted("third time"))


@app.task()
def stall(name: str) -> str:
    note("stall", name)
    wait_at_gate(name)
    return name


@app.task()
@app.lock_task("door")
def behind_the_door(name: str) -> str:
    note("stall", name)
    wait_at_gate(name)
    return name


@app.task()
@app.rate_limit("rate", limit=2, per=10**9, retry=False)
def limited() -> str:
    return "done"


@app.task()
def total(numbers: list[int]) -> int:
    return sum(numbers)


@app.periodic_task(lambda timestamp: True)
def tick() -> None:
    note("tick")
