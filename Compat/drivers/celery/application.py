# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The tasks, for the driver and for `celery --app application worker`."""

import os
import time

from celery import Celery

from checks import URL
from workers import note, noted, wait_at_gate

app = Celery("application", broker=f"{URL}/0", backend=f"{URL}/0")
app.conf.update(
    result_expires=600,
    worker_prefetch_multiplier=1,
    broker_transport_options={
        "visibility_timeout": float(os.environ.get("VISIBILITY_TIMEOUT", 3600)),
        "queue_order_strategy": "priority",
    },
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)


@app.task
def add(first: int, second: int) -> int:
    return first + second


@app.task
def total(numbers: list[int]) -> int:
    return sum(numbers)


@app.task
def record(text: str) -> None:
    note("record", text, time.time())


@app.task
def fail() -> None:
    raise ValueError("grüße")


@app.task(bind=True, max_retries=5)
def third_time(self) -> int:
    note("third time", self.request.retries)
    if len(noted("third time")) < 3:
        raise self.retry(countdown=0.1)
    return self.request.retries


@app.task(acks_late=True)
def stall(name: str) -> str:
    note("stall", name, os.getpid())
    wait_at_gate(name)
    return name
