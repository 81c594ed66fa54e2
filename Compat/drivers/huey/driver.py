# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Huey: results, retries, schedules, locks; a consumer is killed, and another is stopped.

Usage: driver.py RedisHuey|PriorityRedisHuey|RedisExpireHuey
"""

import os
import signal
import sys
import time

from huey import chord
from huey.exceptions import TaskException
from redis import Redis

from checks import HOST, PORT, TIMEOUT_SECONDS, Checks, wait_until
from workers import Worker, noted, open_gate, wait_for_notes

KIND = os.environ["HUEY"] = sys.argv[1]

from application import (  # noqa: E402
    add, app, behind_the_door, fail, limited, record, stall, third_time, total,
)

checks = Checks()


def consumer(workers: int, *options: str) -> Worker:
    return Worker("-m", "huey.bin.huey_consumer", "application.app", "-w", str(workers),
                  "-s", "1", *options)


def value(result):
    return result.get(blocking=True, timeout=TIMEOUT_SECONDS, max_delay=0.05)


def error_of(result) -> str:
    try:
        return f"no error: {value(result)}"
    except TaskException as error:
        return error.metadata["error"]


def check_queue():
    first = add(20, 22)
    for text, priority in (("low", 1), ("high", 5), ("middle", 3)):
        app.enqueue(record.s(text, priority=priority) if KIND == "PriorityRedisHuey"
                    else record.s(text))
    for text, delay in (("later", 1), ("never", 600)):
        record.schedule((text,), delay=delay)
    record.schedule(("in vain",), delay=1).revoke()
    checks.equal("queued", (7, 7), (app.pending_count(), len(app.pending())))
    return first


def check_tasks(first, sent: float) -> None:
    checks.equal("result", 42, value(first))
    # Where results do not expire, who reads one removes it.
    kept = 42 if KIND == "RedisExpireHuey" else None
    checks.equal("result afterwards", kept, app.get(first.id, peek=True))
    wait_until("the schedule", lambda: "never" in [task.args[0] for task in app.scheduled()])
    checks.passed("scheduled")
    expected = ["low", "high", "middle"]
    if KIND == "PriorityRedisHuey":
        expected = ["high", "middle", "low"]
    got = [text for _, text, _ in wait_for_notes(3, "record")]
    checks.equal("order", expected, got[:3])
    checks.equal("error", "ValueError('grüße')", error_of(fail()))
    checks.equal("retried", 3, value(third_time()))
    pipeline = add.s(1, 2).then(add, 10).then(add, 100)
    got = [value(result) for result in app.enqueue(pipeline)]
    checks.equal("pipeline", [3, 13, 113], got)
    results = app.enqueue(chord([add.s(number, 1) for number in range(10)], total.s()))
    checks.equal("chord", 55, value(results))
    checks.equal("periodic", [["tick"]], wait_for_notes(1, "tick"))
    got = [value(limited()), value(limited()), error_of(limited())]
    checks.holds("rate limit", got[:2] == ["done"] * 2 and "RateLimitExceeded" in got[2], got)
    begun = wait_for_notes(1, "record", "later")[0][2]
    checks.holds("not before its time", begun >= sent + 1, begun - sent)
    checks.equal("revoked", [], noted("record", "in vain"))


def check_lock(redis: Redis) -> None:
    """Two workers, and a lock that one of them holds."""
    held = behind_the_door("first")
    wait_for_notes(1, "stall", "first")
    refused = error_of(behind_the_door("second"))
    open_gate("first")
    got = (value(held), "TaskLockedException" in refused, app.is_locked("door"))
    checks.equal("lock", ("first", True, False), got)
    if KIND == "RedisExpireHuey":
        result = add(1, 1)
        (key,) = wait_until("the result", lambda: list(redis.scan_iter(f"*{result.id}*")))
        checks.holds("result expires", 500 < redis.ttl(key) <= 600, redis.ttl(key))


def check_death() -> None:
    with consumer(1, "--no-periodic") as mortal:
        behind_the_door("killed")
        wait_for_notes(1, "stall", "killed")
        after = add(1, 2)
        mortal.kill()
    # What it had taken is gone with it, what it had not is still there.
    checks.equal("worker killed", 1, app.pending_count())
    checks.equal("lock of the killed", True, app.is_locked("door"))
    with consumer(1, "--no-periodic", "--flush-locks") as second:
        checks.equal("others go on", 3, value(after))
        open_gate("again")
        got = (value(behind_the_door("again")), len(noted("stall", "killed")))
        checks.equal("locks flushed", ("again", 1), got)
        result = stall("stopped")
        wait_for_notes(1, "stall", "stopped")
        second.process.send_signal(signal.SIGINT)
        open_gate("stopped")
        code = second.process.wait(TIMEOUT_SECONDS)
        checks.equal("graceful stop", (0, "stopped"), (code, value(result)))
    left = [task.args[0] for task in app.scheduled()]
    checks.equal("nothing left", (0, ["never"]), (app.pending_count(), left))


def main() -> None:
    sent = time.time()
    first = check_queue()
    with Redis(host=HOST, port=PORT) as redis:
        # One worker, so that the order can be told.
        with consumer(1) as one:
            check_tasks(first, sent)
            one.kill()
        with consumer(2, "--no-periodic") as two:
            check_lock(redis)
            two.kill()
    check_death()


main()
sys.exit(checks.exit_code)
