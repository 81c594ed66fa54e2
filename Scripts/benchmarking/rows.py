# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Measures what the table shows, a row at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import rewrites
from report import Row
from resources import RESOURCES, Resource, Scale
from servers import Kind, Server
from throughput import Clients, Samples, alternate, leave_out
from key_memory import KEY_MEMORY
from key_workloads import KEY_LATENCY, KEY_THROUGHPUT
from workloads import LATENCY, PUBSUB, THROUGHPUT, LatencyWorkload, Workload

CPU_TITLE = "  CPU time of the server"

# Memory is much the same in each run, and takes long to settle.
RESOURCE_RUNS_MAX = 3


@dataclass(frozen=True)
class Plan:
    kinds: list[Kind]
    runs: int
    clients: Clients
    scale: Scale
    # By name and group.
    is_chosen: Callable[[str, str], bool]

    @property
    def servers(self) -> list[Kind]:
        return [kind for kind in self.kinds if kind.role != "limit"]


_RESOURCES = [*RESOURCES, *KEY_MEMORY]
_THROUGHPUT = [*THROUGHPUT, *KEY_THROUGHPUT]
_LATENCY = [*LATENCY, *KEY_LATENCY]


def names() -> list[str]:
    return [*(one.name for one in (*_THROUGHPUT, *_LATENCY, *_RESOURCES)), rewrites.NAME]


def groups() -> list[str]:
    return [*dict.fromkeys(one.group for one in (*_THROUGHPUT, *_RESOURCES)), rewrites.GROUP]


def title_width() -> int:
    titles = [one.title for one in (*_THROUGHPUT, *_RESOURCES)]
    titles += [_latency_title(workload, "p50") for workload in _LATENCY]
    titles.append(rewrites.LONGEST_TITLE)
    return max(map(len, titles))


def measure(plan: Plan) -> Iterator[Row]:
    """Pub/Sub first, then what stands on keys."""
    for is_pubsub in (True, False):
        for workload in _THROUGHPUT:
            if _is_due(plan, workload, is_pubsub):
                yield from throughput(plan, workload)
        for latency_workload in _LATENCY:
            if _is_due(plan, latency_workload, is_pubsub):
                yield from latency(plan, latency_workload)
        for one in _RESOURCES:
            if _is_due(plan, one, is_pubsub):
                yield resource(plan, one)
    if plan.is_chosen(rewrites.NAME, rewrites.GROUP):
        yield from rewrites.rewrites(plan.servers, plan.runs, plan.scale)


def _is_due(plan: Plan, one: Workload | LatencyWorkload | Resource, is_pubsub: bool) -> bool:
    return (one.group == PUBSUB) == is_pubsub and plan.is_chosen(one.name, one.group)


def throughput(plan: Plan, workload: Workload) -> Iterator[Row]:
    has_limit = workload.has_limit and workload.client == "martlet-benchmark"
    kinds = plan.kinds if has_limit and workload.group == PUBSUB else plan.servers
    for kind in kinds if workload.log != "none" else []:
        if not kind.has_log:
            leave_out(kind, workload.title, "it keeps no log")
    kinds = [kind for kind in kinds if kind.has_log or workload.log == "none"]
    run = partial(plan.clients.measure, workload)
    measured = alternate(kinds, plan.runs, run, workload.title, workload.log) if kinds else {}
    if not measured:
        return
    samples = {kind: Samples(several) for kind, several in measured.items()}
    yield Row(
        workload.name,
        workload.title,
        workload.unit,
        {kind: several.rate for kind, several in samples.items()},
        goal=workload.goal,
        spread=max(several.spread for several in samples.values()) if plan.runs > 1 else None,
        group=workload.group,
    )
    yield Row(
        workload.name + "-cpu",
        CPU_TITLE,
        "ns each",
        {kind: several.cpu for kind, several in samples.items() if several.cpu is not None},
        goal=workload.cpu_goal,
        more_is_better=False,
        group=workload.group,
    )


def latency(plan: Plan, workload: LatencyWorkload) -> Iterator[Row]:
    """At half of the rate that the first reference, Redis, reaches without one."""
    against = _redis(plan)

    def run(arguments: tuple[str, ...], server: Server) -> dict[str, Any]:
        return plan.clients.martlet_benchmark(arguments, server)

    fastest = alternate(
        [against], min(plan.runs, 3), partial(run, workload.arguments), workload.title
    ).get(against)
    if fastest is None:
        return
    rate = median(result["messages_per_second"] for result in fastest) / 2
    arguments = (*workload.arguments, "--rate", f"{rate:.0f}")
    measured = alternate(plan.servers, plan.runs, partial(run, arguments), workload.title)
    for percentile in ("p50", "p99"):
        yield Row(
            f"{workload.name}-{percentile}",
            f"{_latency_title(workload, percentile)} at {rate:,.0f}/s",
            "µs",
            {
                kind: median(result[f"latency_us_{percentile}"] for result in results)
                for kind, results in measured.items()
            },
            goal=workload.goal,
            more_is_better=False,
            against=against,
            group=workload.group,
        )


def _redis(plan: Plan) -> Kind:
    """The first reference; without any, the first server."""
    references = [kind for kind in plan.servers if kind.role == "reference"]
    return (references or plan.servers)[0]


def _latency_title(workload: LatencyWorkload, percentile: str) -> str:
    return f"{percentile} of a delivery, {workload.title}"


def resource(plan: Plan, one: Resource) -> Row:
    measured = alternate(
        plan.servers,
        min(plan.runs, RESOURCE_RUNS_MAX),
        lambda server: one.measure(server, plan.scale),
        one.title,
    )
    return Row(
        one.name,
        one.title,
        one.unit,
        {kind: median(several) for kind, several in measured.items()},
        goal=one.goal,
        bound=one.bound,
        more_is_better=False,
        against=None if one.goal is None else _redis(plan),
        group=one.group,
    )
