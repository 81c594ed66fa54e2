# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Celery: results, retries, chords, remote control; a worker is killed, and another is stopped."""

import signal
import sys
import threading
import time
from uuid import uuid4

from celery import chain, chord, group
from celery.exceptions import TaskRevokedError
from redis import Redis

from application import add, app, fail, record, stall, third_time, total
from checks import HOST, PORT, TIMEOUT_SECONDS, Checks, wait_until
from workers import Worker, noted, open_gate, wait_for_notes

checks = Checks()


def worker(name: str, *options: str, **environment: str) -> Worker:
    return Worker("-m", "celery", "--app", "application", "worker", "--hostname", f"{name}@here",
                  "--concurrency", "1", "--loglevel", "INFO", *options, env=environment)


def value(result):
    return result.get(timeout=TIMEOUT_SECONDS)


def error_of(result) -> str:
    try:
        return f"no error: {value(result)}"
    except Exception as error:
        return repr(error)


def check_tasks(redis: Redis, first) -> None:
    checks.equal("result", 42, value(first))
    life = redis.ttl(f"celery-task-meta-{first.id}")
    checks.holds("result expires", 500 < life <= 600, life)
    again = app.AsyncResult(first.id)
    checks.equal("result by name", ("SUCCESS", 42), (again.state, again.result))
    got = [text for _, text, _ in wait_for_notes(3, "record")]
    # 0 is the highest here.
    checks.equal("priorities", ["high", "middle", "low"], got)
    checks.equal("error", "ValueError('grüße')", error_of(fail.delay()))
    checks.equal("retried", (2, [0, 1, 2]),
                 (value(third_time.delay()), [retry for _, retry in noted("third time")]))
    checks.equal("chain", 113, value(chain(add.s(1, 2), add.s(10), add.s(100)).delay()))
    numbers = group(add.s(number, 1) for number in range(10))
    checks.equal("group", list(range(1, 11)), value(numbers.delay()))
    checks.equal("chord", 55, value(chord(numbers, total.s()).delay()))
    sent = time.time()
    record.apply_async(("later",), countdown=0.5)
    waited = wait_for_notes(1, "record", "later")[0][2] - sent
    checks.holds("not before its time", waited >= 0.499, waited)


def check_control() -> None:
    """What drivers ask of workers goes over Pub/Sub, and the replies come over lists."""
    inspect = app.control.inspect(timeout=TIMEOUT_SECONDS, limit=1)
    checks.equal("ping", {"one@here": {"ok": "pong"}}, inspect.ping())
    registered = inspect.registered()["one@here"]
    checks.holds("registered", "application.add" in registered, registered)
    later = record.apply_async(("never",), countdown=3000)
    wait_until("the schedule", lambda: inspect.scheduled()["one@here"])
    ((entry,),) = inspect.scheduled().values()
    checks.equal("scheduled", later.id, entry["request"]["id"])
    later.revoke()
    running = stall.delay("terminated")
    wait_for_notes(1, "stall", "terminated")
    ((entry,),) = inspect.active().values()
    checks.equal("active", (running.id, ["terminated"]), (entry["id"], entry["args"]))
    waiting = record.apply_async(("revoked",), task_id=str(uuid4()))
    waiting.revoke()
    wait_until("the revocation",
               lambda: waiting.id in inspect.revoked()["one@here"])
    running.revoke(terminate=True, signal="SIGKILL")
    checks.equal("terminated", "TaskRevokedError('terminated')", error_of(running))
    try:
        checks.equal("revoked", "an error", value(waiting))
    except TaskRevokedError as error:
        checks.equal("revoked", ("revoked", []), (str(error), noted("record", "revoked")))


def check_events() -> None:
    """A monitor hears what the worker tells of a task."""
    heard: list[tuple[str, str]] = []

    def listen() -> None:
        with app.connection_for_read() as connection:
            receiver = app.events.Receiver(connection, handlers={
                "*": lambda event: heard.append((event.get("uuid"), event["type"]))})
            receiver.capture(timeout=TIMEOUT_SECONDS)

    def events_of_a_task() -> list[str]:
        result = add.delay(1, 1)
        value(result)
        kinds = [kind for task, kind in heard if task == result.id]
        return kinds if len(kinds) == 3 else []

    threading.Thread(target=listen, daemon=True).start()
    # It subscribes at some time, and the last event may come after the result.
    kinds = wait_until("the events", events_of_a_task)
    checks.equal("events", ["task-received", "task-started", "task-succeeded"], kinds)


def check_death(redis: Redis) -> None:
    with worker("mortal") as mortal:
        message = stall.delay("killed")
        ((_, _, process),) = wait_for_notes(1, "stall", "killed")
        checks.equal("unacknowledged", 1, redis.hlen("unacked"))
        mortal.kill(process)
    after = add.delay(1, 2)
    checks.equal("worker killed", (1, 1), (redis.hlen("unacked"), redis.llen("celery")))
    with worker("other") as other:
        got = (value(after), len(noted("stall", "killed")))
        checks.equal("others go on", (3, 1), got)
        other.stop()
    open_gate("killed")
    # What a worker finds unacknowledged at its start for longer than that is taken over.
    with worker("rescuer", VISIBILITY_TIMEOUT="0.01") as rescuer:
        got = (value(message), len(wait_for_notes(2, "stall", "killed")))
        checks.equal("taken over", ("killed", 2), got)
        message = stall.delay("warm")
        wait_for_notes(1, "stall", "warm")
        rescuer.process.send_signal(signal.SIGTERM)
        wait_until("the shutdown", lambda: "Warm shutdown" in rescuer.printed())
        open_gate("warm")
        code = rescuer.process.wait(TIMEOUT_SECONDS)
        checks.equal("warm shutdown", (0, "warm"), (code, value(message)))
    got = (redis.hlen("unacked"), redis.zcard("unacked_index"), redis.llen("celery"))
    checks.equal("all acknowledged", (0, 0, 0), got)


def main() -> None:
    with Redis(host=HOST, port=PORT) as redis:
        first = add.delay(20, 22)
        for text, priority in (("low", 9), ("high", 0), ("middle", 3)):
            record.apply_async((text,), priority=priority)
        queues = {queue: redis.llen(queue) for queue in redis.keys("celery*")}
        checks.equal("queued", 4, sum(queues.values()))
        with worker("one", "--task-events") as one:
            check_tasks(redis, first)
            check_control()
            check_events()
            one.stop()
        # It has put back what it was to do in an hour.
        checks.equal("purge", 1, app.control.purge())
        check_death(redis)


main()
sys.exit(checks.exit_code)
