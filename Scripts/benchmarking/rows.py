# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Measures what the table shows, a row at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from report import Row
from resources import RESOURCES, Resource, Scale
from servers import Kind, Server
from throughput import Clients, Samples, alternate
from workloads import LATENCY, THROUGHPUT, LatencyWorkload, Workload

CPU_TITLE = "  CPU time of the server"

# Memory is much the same in each run, and takes long to settle.
RESOURCE_RUNS_MAX = 3


@dataclass(frozen=True)
class Plan:
    kinds: list[Kind]
    runs: int
    clients: Clients
    scale: Scale
    is_chosen: Callable[[str], bool]

    @property
    def servers(self) -> list[Kind]:
        return [kind for kind in self.kinds if kind.role != "limit"]


def names() -> list[str]:
    return [one.name for one in (*THROUGHPUT, *LATENCY, *RESOURCES)]


def title_width() -> int:
    titles = [one.title for one in (*THROUGHPUT, *RESOURCES)]
    titles += [_latency_title(workload, "p50") for workload in LATENCY]
    return max(map(len, titles))


def measure(plan: Plan) -> Iterator[Row]:
    for workload in THROUGHPUT:
        if plan.is_chosen(workload.name):
            yield from throughput(plan, workload)
    for latency_workload in LATENCY:
        if plan.is_chosen(latency_workload.name):
            yield from latency(plan, latency_workload)
    for one in RESOURCES:
        if plan.is_chosen(one.name):
            yield resource(plan, one)


def throughput(plan: Plan, workload: Workload) -> Iterator[Row]:
    has_limit = workload.has_limit and workload.client == "martlet-benchmark"
    kinds = plan.kinds if has_limit else plan.servers
    measured = alternate(
        kinds, plan.runs, partial(plan.clients.measure, workload), workload.title
    )
    samples = {kind: Samples(several) for kind, several in measured.items()}
    yield Row(
        workload.name,
        workload.title,
        workload.unit,
        {kind: several.rate for kind, several in samples.items()},
        goal=workload.goal,
        spread=max(several.spread for several in samples.values()) if plan.runs > 1 else None,
    )
    yield Row(
        workload.name + "-cpu",
        CPU_TITLE,
        "ns each",
        {kind: several.cpu for kind, several in samples.items() if several.cpu is not None},
        goal=workload.cpu_goal,
        more_is_better=False,
    )


def latency(plan: Plan, workload: LatencyWorkload) -> Iterator[Row]:
    """At half of the rate that the first reference, Redis, reaches without one."""
    references = [kind for kind in plan.servers if kind.role == "reference"]
    against = (references or plan.servers)[0]

    def run(arguments: tuple[str, ...], server: Server) -> dict[str, Any]:
        return plan.clients.martlet_benchmark(arguments, server)

    fastest = alternate(
        [against], min(plan.runs, 3), partial(run, workload.arguments), workload.title
    )[against]
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
        )


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
        bound=one.bound,
        more_is_better=False,
    )
