# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What came of a run: lines on the terminal, a JSON file, the table in the README."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from .catalogue import CATEGORIES
from .execution import Outcome

BEGIN = "<!-- compatibility:begin -->"
END = "<!-- compatibility:end -->"

# A failure's full story stands in the run's output; a cell of the table holds its beginning.
REASON_LENGTH = 120


class InvalidTable(Exception):
    """The file for the table lacks the two markers."""


def print_outcome(outcome: Outcome) -> None:
    driver = outcome.driver
    if outcome.status == "passed":
        print(
            f"passed   {driver.name}: {outcome.version}, {_checks(outcome.checks_passed)},"
            f" {outcome.seconds:.1f} s"
        )
    elif outcome.status == "failed":
        print(f"FAILED   {driver.name}: {outcome.reason}")
        if outcome.details:
            print("\n".join(f"    {line}" for line in outcome.details.splitlines()))
    else:
        print(f"not run  {driver.name}: {outcome.reason}")
    sys.stdout.flush()


def print_counts(outcomes: Sequence[Outcome]) -> None:
    print(", ".join(f"{_count(outcomes, status)} {word}" for status, word in (
        ("passed", "passed"), ("failed", "failed"), ("not run", "skipped"))))


def write_results(path: Path, server: str, outcomes: Sequence[Outcome]) -> None:
    results = [
        {
            "name": outcome.driver.name,
            "title": outcome.driver.title,
            "language": outcome.driver.language,
            "category": outcome.driver.category,
            "version": outcome.version,
            "status": outcome.status,
            "checks": outcome.checks_passed,
            "seconds": round(outcome.seconds, 1),
            "reason": outcome.reason,
        }
        for outcome in outcomes
    ]
    path.write_text(json.dumps({"server": server, "drivers": results}, indent=2) + "\n")


def require_markers(path: Path) -> None:
    content = path.read_text() if path.exists() else ""
    begin, end = content.find(BEGIN), content.find(END)
    if begin < 0 or end < begin:
        raise InvalidTable(f"{path} must contain {BEGIN} and, after it, {END}")


def write_table(path: Path, server: str, outcomes: Sequence[Outcome]) -> None:
    require_markers(path)
    before, rest = path.read_text().split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    path.write_text(f"{before}{BEGIN}\n{table(server, outcomes)}\n{END}{after}")


def table(server: str, outcomes: Sequence[Outcome]) -> str:
    """What ran stands in the table; what did not run is named below it, never counted in."""
    ran = [outcome for outcome in outcomes if outcome.status != "not run"]
    not_run = [outcome for outcome in outcomes if outcome.status == "not run"]
    lines = [
        f"Run against `{server}`: {_count(outcomes, 'passed')} passed,"
        f" {_count(outcomes, 'failed')} failed, {len(not_run)} not run;"
        f" {sum(outcome.checks_passed for outcome in outcomes)} checks.",
    ]
    for category in CATEGORIES:
        rows = [outcome for outcome in ran if outcome.driver.category == category]
        if not rows:
            continue
        rows.sort(key=lambda row: (row.driver.language.lower(), row.driver.name))
        heading = category.capitalize()
        lines += ["", f"| {heading} | Version | Language | Result |", "|---|---|---|---|"]
        lines += [_row(row) for row in rows]
    if not_run:
        lines += ["", "Not run:", ""]
        lines += [f"- {row.driver.title}: {row.reason}" for row in not_run]
    return "\n".join(lines)


def _row(outcome: Outcome) -> str:
    if outcome.status == "passed":
        result = f"passed, {_checks(outcome.checks_passed)}"
    else:
        reason = outcome.reason
        brief = reason if len(reason) <= REASON_LENGTH else f"{reason[:REASON_LENGTH]}…"
        result = f"**failed**: {brief}"
    cells = [outcome.driver.title, outcome.version, outcome.driver.language, result]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _checks(count: int) -> str:
    return "1 check" if count == 1 else f"{count} checks"


def _count(outcomes: Sequence[Outcome], status: str) -> int:
    return sum(1 for outcome in outcomes if outcome.status == status)
