# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Runs something against all servers in alternation, and the clients that measure speed."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from servers import Kind, Server
from workloads import Workload


@dataclass(frozen=True)
class Sample:
    """One run of one workload against one server."""

    rate: float  # deliveries per second, or messages where nobody receives them
    cpu: float | None  # the server's nanoseconds for each of them


class Samples:
    """All runs of one workload against one server."""

    def __init__(self, samples: list[Sample]) -> None:
        self.rate = median(sample.rate for sample in samples)
        rates = [sample.rate for sample in samples]
        self.spread = (max(rates) - min(rates)) / self.rate
        cpus = [sample.cpu for sample in samples if sample.cpu is not None]
        self.cpu = median(cpus) if cpus else None


class UnknownCommand(RuntimeError):
    """The server lacks a command that a workload needs."""


Measured = TypeVar("Measured")


def alternate(
    kinds: list[Kind],
    runs: int,
    measure: Callable[[Server], Measured],
    title: str,
    log: str = "none",
) -> dict[Kind, list[Measured]]:
    """Every run has a fresh server, and each round begins with another one.

    A server that lacks a command is left out."""
    samples: dict[Kind, list[Measured]] = {kind: [] for kind in kinds}
    for number in range(runs):
        first = number % len(kinds)
        for kind in kinds[first:] + kinds[:first]:
            if kind not in samples:
                continue
            show(f"{title}: run {number + 1} of {runs}, {kind.label}")
            try:
                with Server(kind, log) as server:
                    samples[kind].append(measure(server))
            except UnknownCommand as error:
                del samples[kind]
                leave_out(kind, title, str(error))
    show("")
    return samples


def leave_out(kind: Kind, title: str, reason: str) -> None:
    """Says so."""
    show("")
    print(f"{title}: {kind.label} is left out: {reason}", file=sys.stderr, flush=True)


def show(text: str) -> None:
    """What is going on, where somebody watches."""
    if sys.stderr.isatty():
        print("\r\033[K" + text, end="", file=sys.stderr, flush=True)


class Clients:
    """The load generators."""

    def __init__(self, programs: Path, seconds: float) -> None:
        self._martlet_benchmark = programs / "martlet-benchmark"
        self.seconds = seconds

    def measure(self, workload: Workload, server: Server) -> Sample:
        if workload.client == "redis-benchmark":
            return self._redis_benchmark(workload, server)
        result = self.martlet_benchmark(workload.arguments, server)
        unit = "deliveries" if result["subscribers"] else "messages"
        return Sample(result[f"{unit}_per_second"], result["server_cpu_ns_per_unit"])

    def martlet_benchmark(self, arguments: tuple[str, ...], server: Server) -> dict[str, Any]:
        """What it says as JSON."""
        command = [str(self._martlet_benchmark), "--port", str(server.port), "--json"]
        times = ["--seconds", str(self.seconds), "--warmup", str(min(0.5, self.seconds / 3))]
        result: dict[str, Any] = json.loads(_output([*command, *times, *arguments]))
        return result

    def _redis_benchmark(self, workload: Workload, server: Server) -> Sample:
        """It has no time limit: a short run tells how many requests fill the time."""
        command = ["redis-benchmark", "-p", str(server.port), "--csv", *workload.arguments]
        trial = self._csv_rate(_output([*command, "-n", "20000"]))
        count = max(20_000, int(trial * self.seconds))
        before = server.cpu_seconds()
        rate = self._csv_rate(_output([*command, "-n", str(count)]))
        return Sample(rate, (server.cpu_seconds() - before) * 1e9 / count)

    @staticmethod
    def _csv_rate(text: str) -> float:
        rows = list(csv.DictReader(text.splitlines()))
        return float(rows[0]["rps"])


def _output(command: list[str]) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    refused = next((line for line in done.stderr.splitlines() if "unknown command" in line), None)
    if refused:
        raise UnknownCommand(refused.strip())
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr.strip()}")
    return done.stdout
