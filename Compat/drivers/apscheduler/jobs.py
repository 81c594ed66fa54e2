# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""APScheduler 3: jobs in a store that outlives the processes which run them."""

import sys
from datetime import datetime, timedelta, timezone

from apscheduler.jobstores.base import ConflictingIdError
from apscheduler.schedulers.background import BackgroundScheduler

from application import scheduler, tell
from checks import Checks, wait_until
from workers import Worker, noted, wait_for_notes

checks = Checks()


def after(seconds: float) -> datetime:
    return datetime.now(timezone.utc) + timedelta(seconds=seconds)


def check_store(planner: BackgroundScheduler) -> datetime:
    at = after(1)
    planner.add_job(tell, "date", args=["once"], id="once", run_date=at)
    planner.add_job(tell, "interval", args=["often"], id="often", seconds=0.2)
    planner.add_job(tell, "date", args=["never"], id="never", run_date=after(600))
    checks.equal("stored", {"once", "often", "never"}, {job.id for job in planner.get_jobs()})
    try:
        planner.add_job(tell, "date", args=["again"], id="once", run_date=at)
        checks.equal("same id", "an error", "none")
    except ConflictingIdError:
        checks.passed("same id")
    checks.equal("next run", at, planner.get_job("once").next_run_time)
    planner.add_job(tell, "interval", args=["paused"], id="paused", seconds=0.1)
    planner.pause_job("paused")
    checks.equal("paused", None, planner.get_job("paused").next_run_time)
    later = after(700)
    planner.reschedule_job("never", trigger="date", run_date=later)
    checks.equal("rescheduled", later, planner.get_job("never").next_run_time)
    return at


def main() -> None:
    # It plans, and runs nothing.
    planner = scheduler(BackgroundScheduler)
    planner.start(paused=True)
    at = check_store(planner)
    with Worker("application.py") as mortal:
        ((_, _, begun),) = wait_for_notes(1, "tell", "once")
        checks.holds("not before its time", begun >= at.timestamp(), begun - at.timestamp())
        checks.holds("interval", len(wait_for_notes(3, "tell", "often")) >= 3, noted("tell"))
        wait_until("the job's end", lambda: planner.get_job("once") is None)
        checks.equal("run once", (1, []), (len(noted("tell", "once")), noted("tell", "paused")))
        mortal.kill()
    checks.equal("worker killed", {"often", "never", "paused"},
                 {job.id for job in planner.get_jobs()})
    count = len(noted("tell", "often"))
    planner.add_job(tell, "date", args=["missed"], id="missed", run_date=after(-5),
                    misfire_grace_time=60)
    with Worker("application.py") as second:
        wait_for_notes(count + 2, "tell", "often")
        checks.passed("next worker")
        checks.equal("missed", 1, len(wait_for_notes(1, "tell", "missed")))
        second.kill()
    planner.remove_all_jobs()
    checks.equal("removed", [], planner.get_jobs())
    planner.shutdown()


main()
sys.exit(checks.exit_code)
