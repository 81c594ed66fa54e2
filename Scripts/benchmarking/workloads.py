# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The workloads whose throughput and latency are compared, and the goals."""

from __future__ import annotations

from dataclasses import dataclass


PUBSUB = "pubsub"


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    # martlet-benchmark's arguments, or redis-benchmark's.
    arguments: tuple[str, ...]
    # Martlet's messages per second against the better of Redis and Valkey, at least.
    goal: float | None
    # The server's CPU time per delivery (or message) against the better, at most.
    cpu_goal: float | None = None
    client: str = "martlet-benchmark"
    # What is counted per second.
    unit: str = "deliveries/s"
    # The bare server has no patterns.
    has_limit: bool = True
    # What may be chosen together; all but Pub/Sub stand on keys.
    group: str = PUBSUB
    # What the servers keep on disk, one of LOGS.
    log: str = "none"


def arguments(text: str) -> tuple[str, ...]:
    return tuple(text.split())


THROUGHPUT = [
    Workload("one", "1 → 1", arguments("-t fanout"), 1.0, 1.0),
    Workload("one-pipelined", "1 → 1, pipeline 64", arguments("-t fanout -P 64"), 1.6),
    Workload(
        "hundred",
        "1 → 100, pipeline 64",
        arguments("-t fanout --subscribers 100 -P 64"),
        2.2,
        0.45,
    ),
    Workload(
        "thousand",
        "1 → 1000, pipeline 16",
        arguments("-t fanout --subscribers 1000 -P 16"),
        1.5,
    ),
    Workload("many", "1000 channels, 50 publishers", arguments("-t many"), 1.2),
    Workload(
        "many-pipelined",
        "1000 channels, 50 publishers, pipeline 16",
        arguments("-t many -P 16"),
        1.8,
    ),
    Workload(
        "publish",
        "PUBLISH without subscribers, 50 connections, pipeline 16",
        arguments("-t publish -P 16"),
        2.0,
        unit="messages/s",
    ),
    Workload(
        "pattern",
        "1 → 1 beside 10,000 idle patterns, pipeline 64",
        arguments("-t pattern -P 64"),
        100,
        has_limit=False,
    ),
    Workload(
        "pattern-prefix",
        "1 → 1, 10,000 patterns of one prefix, pipeline 64",
        arguments("-t pattern-prefix -P 64"),
        30,
        has_limit=False,
    ),
    Workload("ping", "PING, 50 connections", arguments("-t ping"), 1.0, unit="requests/s"),
    Workload(
        "ping-pipelined",
        "PING, 50 connections, pipeline 16",
        arguments("-t ping -P 16"),
        1.5,
        unit="requests/s",
    ),
    Workload(
        "redis-ping",
        "PING by redis-benchmark, 50 connections",
        arguments("-t ping_mbulk -c 50"),
        1.0,
        client="redis-benchmark",
        unit="requests/s",
    ),
    Workload(
        "redis-ping-pipelined",
        "PING by redis-benchmark, 50 connections, pipeline 16",
        arguments("-t ping_mbulk -c 50 -P 16"),
        1.5,
        client="redis-benchmark",
        unit="requests/s",
    ),
]


@dataclass(frozen=True)
class LatencyWorkload:
    """Run at half of the rate that Redis reaches with the same arguments at most."""

    name: str
    title: str
    arguments: tuple[str, ...]
    # p50 and p99 against Redis's, at most.
    goal: float | None = 1.0
    group: str = PUBSUB


LATENCY = [
    LatencyWorkload("latency-one", "1 → 1", arguments("-t fanout")),
    LatencyWorkload("latency-hundred", "1 → 100", arguments("-t fanout --subscribers 100")),
    LatencyWorkload("latency-many", "1000 channels, 50 publishers", arguments("-t many")),
]
