# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The actors, for the driver and for `dramatiq application`."""

import os
import time

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import GroupCallbacks
from dramatiq.rate_limits import ConcurrentRateLimiter
from dramatiq.rate_limits.backends import RedisBackend as RateLimits
from dramatiq.results import Results
from dramatiq.results.backends import RedisBackend as StoredResults

from checks import URL
from workers import gate_is_open, note, noted, wait_at_gate

# A worker that rescues looks at each command whether others are gone.
rescue = {"maintenance_chance": 1_000_000, "heartbeat_timeout": 1} if "RESCUE" in os.environ else {}
limits = RateLimits(url=URL)
results = StoredResults(url=URL)
broker = RedisBroker(url=URL, **rescue)
broker.add_middleware(Results(backend=results, result_ttl=600_000))
broker.add_middleware(GroupCallbacks(limits))
dramatiq.set_broker(broker)


@dramatiq.actor(store_results=True)
def add(first: int, second: int) -> int:
    return first + second


@dramatiq.actor
def record(text: str) -> None:
    note("record", text, time.time())


@dramatiq.actor(queue_name="other")
def elsewhere(number: int) -> None:
    note("other queue", number)


@dramatiq.actor(store_results=True, min_backoff=20, max_backoff=40, max_retries=5)
def third_time() -> int:
    note("third time")
    if len(noted("third time")) < 3:
        raise ValueError("not yet")
    return len(noted("third time"))


@dramatiq.actor(store_results=True, max_retries=0)
def fail() -> None:
    raise ValueError("grüße")


@dramatiq.actor
def alone(name: str) -> None:
    with ConcurrentRateLimiter(limits, "alone", limit=1).acquire(raise_on_failure=False) as got:
        note("alone", name, got)
        if got:
            wait_at_gate(name)
    note("alone done", name)


@dramatiq.actor(store_results=True, time_limit=60_000)
def stall(name: str) -> str:
    note("stall", name, os.getpid())
    while not gate_is_open(name):
        time.sleep(0.02)
    return name
