# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The jobs, each of which runs in a process of its own, the work horse."""

import os
import time

from rq import get_current_job

from workers import note, noted, wait_at_gate


def add(first: int, second: int, text: str = "") -> tuple[int, str]:
    note("add", text, time.time())
    return first + second, text


def fail() -> None:
    raise ValueError("grüße")


def third_time() -> int:
    note("third time")
    if len(noted("third time")) < 3:
        raise ValueError("not yet")
    return len(noted("third time"))


def total() -> int:
    """Of what the jobs returned that this one waited for."""
    return sum(job.return_value()[0] for job in get_current_job().fetch_dependencies())


def stall(name: str) -> str:
    note("stall", name, os.getpid())
    wait_at_gate(name)
    return name


def tell(job, connection, result) -> None:
    note("callback", job.id, result)
