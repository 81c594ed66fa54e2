# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The workloads that stand on keys: streams, queues and strings."""

from __future__ import annotations

from workloads import LatencyWorkload, Workload, arguments


def _pair(
    name: str,
    title: str,
    options: str,
    group: str,
    goals: tuple[float, float | None],
    client: str = "martlet-benchmark",
    unit: str = "requests/s",
) -> list[Workload]:
    """Without pipelining, and with."""
    return [
        Workload(
            name + suffix,
            title + addition,
            arguments(options + pipeline),
            goal,
            client=client,
            unit=unit,
            group=group,
        )
        for suffix, addition, pipeline, goal in (
            ("", "", "", goals[0]),
            ("-pipelined", ", pipeline 16", " -P 16", goals[1]),
        )
    ]


def _logged(log: str, goal: float | None) -> Workload:
    return Workload(
        f"xadd-{log}",
        f"XADD, 50 connections, appendfsync {log}",
        arguments("-t xadd"),
        goal,
        unit="requests/s",
        group="streams",
        log=log,
    )


def _by_redis_benchmark(command: str, test: str, group: str) -> list[Workload]:
    return _pair(
        f"redis-{test}",
        f"{command} by redis-benchmark, 50 connections",
        f"-t {test} -c 50 -d 64",
        group,
        (1.0, 1.4),
        client="redis-benchmark",
    )


KEY_THROUGHPUT = [
    *_pair("xadd", "XADD, 50 connections", "-t xadd", "streams", (1.0, 1.5)),
    _logged("everysec", 1.0),
    _logged("always", 1.5),
    *_pair(
        "group",
        "XADD, XREADGROUP and XACK, 25 producers, 25 consumers",
        "-t group",
        "streams",
        (1.0, 1.3),
        unit="entries/s",
    ),
    *_pair(
        "xread",
        "XADD → XREAD BLOCK, 1 → 1",
        "-t xread",
        "streams",
        (1.0, None),
        unit="entries/s",
    ),
    *_pair("lpush", "LPUSH, 50 connections", "-t lpush", "queues", (1.0, 1.4)),
    *_pair(
        "queue",
        "LPUSH → BRPOP, 25 producers, 25 consumers",
        "-t queue",
        "queues",
        (1.0, 1.4),
        unit="elements/s",
    ),
    *_by_redis_benchmark("LPUSH", "lpush", "queues"),
    *_pair("set", "SET, 50 connections, 10,000 keys", "-t set", "strings", (1.0, 1.4)),
    *_pair("get", "GET, 50 connections, 10,000 keys", "-t get", "strings", (1.0, 1.4)),
    *_pair("incr", "INCR, 50 connections, 10,000 keys", "-t incr", "strings", (1.0, 1.4)),
    *_by_redis_benchmark("SET", "set", "strings"),
    *_by_redis_benchmark("GET", "get", "strings"),
    *_by_redis_benchmark("INCR", "incr", "strings"),
]

KEY_LATENCY = [
    LatencyWorkload(
        "latency-xread",
        "XADD → XREAD BLOCK, 1 → 1",
        arguments("-t xread"),
        goal=None,
        group="streams",
    ),
    LatencyWorkload(
        "latency-group",
        "XADD → XREADGROUP BLOCK, 1 → 1",
        arguments("-t group -c 1 --consumers 1"),
        goal=None,
        group="streams",
    ),
    LatencyWorkload(
        "latency-queue",
        "LPUSH → BRPOP, 1 → 1",
        arguments("-t queue -c 1 --consumers 1"),
        goal=None,
        group="queues",
    ),
]
