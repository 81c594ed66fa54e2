# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Dramatiq: results, delays, retries, groups, rate limiters, and a worker that is killed."""

import sys
import time

import dramatiq
from dramatiq.rate_limits import Barrier, BucketRateLimiter, WindowRateLimiter
from dramatiq.results.errors import ResultFailure
from redis import Redis

import application
from application import add, alone, elsewhere, fail, record, stall, third_time
from checks import HOST, PORT, TIMEOUT_SECONDS, Checks, wait_until
from workers import Worker, noted, open_gate, wait_for_notes

checks = Checks()
TIMEOUT = TIMEOUT_SECONDS * 1000


def worker(**environment: str) -> Worker:
    return Worker("-m", "dramatiq", "application", "--processes", "1", "--threads", "2",
                  "--worker-shutdown-timeout", "200", env=environment)


def result(message) -> object:
    return message.get_result(block=True, timeout=TIMEOUT)


def check_results(redis: Redis, first) -> None:
    checks.equal("result", 42, result(first))
    key = application.results.build_message_key(first)
    life = redis.pttl(key)
    checks.holds("result expires", 500_000 < life <= 600_000, life)
    got = sorted(number for _, number in wait_for_notes(6, "other queue"))
    checks.equal("two queues", list(range(6)), got)
    sent = time.time()
    record.send_with_options(args=("later",), delay=300)
    waited = wait_for_notes(1, "record", "later")[0][2] - sent
    checks.holds("not before its time", waited >= 0.299, waited)
    pipe = add.message(1, 2) | add.message(10) | add.message(100)
    checks.equal("pipeline", 113, pipe.run().get_result(block=True, timeout=TIMEOUT))
    group = dramatiq.group([add.message(number, 1) for number in range(10)])
    group.add_completion_callback(record.message("group"))
    got = sorted(group.run().get_results(block=True, timeout=TIMEOUT))
    checks.equal("group", list(range(1, 11)), got)
    checks.equal("group callback", 1, len(wait_for_notes(1, "record", "group")))
    checks.equal("retried", 3, result(third_time.send()))
    try:
        checks.equal("error", "an error", result(fail.send()))
    except ResultFailure as failure:
        checks.equal("error", ("ValueError", "grüße"),
                     (failure.orig_exc_type, failure.orig_exc_msg))
    wait_until("the dead letter", lambda: redis.zcard("dramatiq:default.XQ") == 1)
    checks.passed("dead letter")


def check_limits() -> None:
    alone.send("first")
    wait_for_notes(1, "alone", "first", True)
    alone.send("second")
    second = wait_for_notes(1, "alone", "second")[0][2]
    open_gate("first")
    wait_for_notes(1, "alone done", "first")
    open_gate("third")
    alone.send("third")
    third = wait_for_notes(1, "alone", "third")[0][2]
    checks.equal("one at a time", (False, True), (second, third))

    def acquired(limiter) -> bool:
        with limiter.acquire(raise_on_failure=False) as got:
            return got

    window = WindowRateLimiter(application.limits, "window", limit=3, window=600)
    checks.equal("window", [True] * 3 + [False], [acquired(window) for _ in range(4)])
    bucket = BucketRateLimiter(application.limits, "bucket", limit=2, bucket=600_000)
    checks.equal("bucket", [True] * 2 + [False], [acquired(bucket) for _ in range(3)])
    barrier = Barrier(application.limits, "barrier", ttl=600_000)
    barrier.create(parties=3)
    got = [barrier.wait(block=False) for _ in range(3)]
    checks.equal("barrier", [False, False, True], got)


def check_death(redis: Redis) -> None:
    with worker() as mortal:
        message = stall.send("killed")
        ((_, _, process),) = wait_for_notes(1, "stall", "killed")
        mortal.kill(process)
    acks = [redis.scard(key) for key in redis.scan_iter("dramatiq:__acks__.*.default")]
    checks.equal("worker killed", ([1], 0), (acks, redis.llen("dramatiq:default")))
    open_gate("killed")
    with worker() as other:
        checks.equal("others go on", 3, result(add.send(1, 2)))
        # The dead one's messages wait until its silence has lasted a minute.
        taken = len(noted("stall", "killed"))
        other.stop()
    with worker(RESCUE="yes") as rescuer:
        got = (taken, result(message), len(noted("stall", "killed")))
        checks.equal("taken over", (1, "killed", 2), got)
        checks.equal("stopped", 0, rescuer.stop())
    left = [key for key in redis.scan_iter("dramatiq:__acks__.*.default")]
    checks.equal("all acknowledged", ([], 0, 0),
                 (left, redis.llen("dramatiq:default"), redis.hlen("dramatiq:default.msgs")))


def main() -> None:
    with Redis(host=HOST, port=PORT) as redis:
        first = add.send(20, 22)
        for number in range(6):
            elsewhere.send(number)
        checks.equal("queued", (1, 6),
                     (redis.llen("dramatiq:default"), redis.llen("dramatiq:other")))
        with worker() as one:
            check_results(redis, first)
            check_limits()
            one.stop()
        check_death(redis)


main()
sys.exit(checks.exit_code)
