# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""RQ: jobs, dependencies, retries, the scheduler; horses and workers that are killed."""

import sys
import time
from datetime import timedelta

import rq
from redis import Redis
from rq import Queue, Repeat, Retry
from rq.command import send_kill_horse_command, send_shutdown_command, send_stop_job_command
from rq.job import Job, JobStatus
from rq.rate_limit import RateLimit

from application import add, fail, stall, tell, third_time, total
from checks import HOST, PORT, URL, Checks, wait_until
from workers import Worker, noted, open_gate, wait_for_notes

checks = Checks()


def worker(name: str, *options: str) -> Worker:
    return Worker("-m", "rq.cli", "worker", "--url", URL, "--name", name, *options)


def finished(job: Job) -> Job:
    wait_until("the end of a job", lambda: job.get_status() in (
        JobStatus.FINISHED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.CANCELED))
    job.refresh()
    return job


def last_line(job: Job) -> str:
    return job.latest_result().exc_string.strip().splitlines()[-1]


def check_queue(queue: Queue) -> list[Job]:
    first = queue.enqueue(add, 20, 22, text="grüße", result_ttl=600)
    second = queue.enqueue(add, 1, 1, text="second")
    checks.equal("queued", ([first.id, second.id], JobStatus.QUEUED),
                 (queue.job_ids, first.get_status()))
    front = queue.enqueue(add, 2, 2, text="front", at_front=True)
    checks.equal("at the front", [front.id, first.id, second.id], queue.job_ids)
    sum_up = queue.enqueue(total, depends_on=[first, second, front])
    checks.equal("deferred", (JobStatus.DEFERRED, [sum_up.id], 3),
                 (sum_up.get_status(), queue.deferred_job_registry.get_job_ids(), len(queue)))
    return [first, sum_up]


def check_jobs(queue: Queue, first: Job, sum_up: Job) -> None:
    checks.equal("dependent", 48, finished(sum_up).return_value())
    checks.equal("order", ["front", "grüße", "second"], [text for _, text, _ in noted("add")])
    checks.equal("result", (JobStatus.FINISHED, (42, "grüße")),
                 (finished(first).get_status(), first.return_value()))
    (result,) = first.results()
    life = queue.connection.ttl(first.key)
    checks.holds("result's history", result.return_value == (42, "grüße") and 500 < life <= 600,
                 (result, life))
    (one,) = rq.Worker.all(connection=queue.connection)
    checks.equal("worker registered", ("one", ["default"], True),
                 (one.name, one.queue_names(), one.pid > 0))
    failed = queue.enqueue(fail)
    never = queue.enqueue(add, 1, 1, depends_on=failed)
    checks.equal("error", (JobStatus.FAILED, "ValueError: grüße"),
                 (finished(failed).get_status(), last_line(failed)))
    checks.equal("dependent of the failed", JobStatus.DEFERRED, never.get_status())
    job = finished(queue.enqueue(third_time, retry=Retry(max=3)))
    checks.equal("retried", (3, 1), (job.return_value(), job.retries_left))
    queue.enqueue(add, 1, 1, text="again", repeat=Repeat(times=2, interval=0))
    checks.equal("repeated", 3, len(wait_for_notes(3, "add", "again")))
    job = queue.enqueue(add, 1, 2, on_success=tell)
    checks.equal("callback", [["callback", job.id, [3, ""]]], wait_for_notes(1, "callback"))


def check_limit(queue: Queue) -> None:
    limit = {"rate_limit": RateLimit("one at a time", 1)}
    held = queue.enqueue(stall, "held", **limit)
    wait_for_notes(1, "stall", "held")
    waiting = queue.enqueue(add, 3, 3, **limit)
    before = waiting.get_status()
    open_gate("held")
    finished(held)
    checks.equal("rate limit", ("rate_limited", (6, "")),
                 (str(before.value), finished(waiting).return_value()))


def check_schedule(queue: Queue) -> None:
    sent = time.time()
    job = queue.enqueue_in(timedelta(seconds=1), add, 5, 5, text="later")
    checks.equal("scheduled", (JobStatus.SCHEDULED, [job.id]),
                 (job.get_status(), queue.scheduled_job_registry.get_job_ids()))
    finished(job)
    ((_, _, begun),) = noted("add", "later")
    # The schedule keeps whole seconds.
    checks.holds("not before its time", begun >= int(sent + 1), begun - sent)


def check_commands(queue: Queue) -> None:
    job = queue.enqueue(stall, "stopped")
    wait_for_notes(1, "stall", "stopped")
    send_stop_job_command(queue.connection, job.id)
    checks.equal("stop command", JobStatus.STOPPED, finished(job).get_status())
    job = queue.enqueue(stall, "horse")
    wait_for_notes(1, "stall", "horse")
    send_kill_horse_command(queue.connection, "one")
    finished(job)
    checks.holds("horse killed", "Work-horse terminated unexpectedly" in last_line(job),
                 last_line(job))


def check_death(queue: Queue) -> None:
    with worker("two") as two:
        job = queue.enqueue(stall, "killed", result_ttl=600)
        ((_, _, horse),) = wait_for_notes(1, "stall", "killed")
        canceled = queue.enqueue(add, 1, 1)
        two.kill(horse)
    got = (job.get_status(), queue.started_job_registry.get_job_ids())
    checks.equal("worker killed", (JobStatus.STARTED, [job.id]), got)
    canceled.cancel()
    checks.equal("canceled", (JobStatus.CANCELED, []), (canceled.get_status(), queue.job_ids))
    # Looked at from a quarter of an hour later.
    queue.started_job_registry.cleanup(timestamp=int(time.time()) + 900)
    checks.equal("abandoned", (JobStatus.FAILED, True),
                 (job.get_status(), job.id in queue.failed_job_registry.get_job_ids()))
    queue.failed_job_registry.requeue(job.id)
    open_gate("killed")
    with worker("three") as three:
        checks.equal("requeued", "killed", finished(job).return_value())
        job = queue.enqueue(stall, "warm")
        wait_for_notes(1, "stall", "warm")
        send_shutdown_command(queue.connection, "three")
        wait_until("the request", lambda: "warm shut down" in three.printed())
        open_gate("warm")
        code = three.process.wait(20)
        checks.equal("warm shutdown", (0, "warm"), (code, finished(job).return_value()))
    # A killed worker is told of until its key expires.
    names = [worker.name for worker in rq.Worker.all(connection=queue.connection)]
    checks.equal("nobody left", ["two"], names)


def main() -> None:
    with Redis(host=HOST, port=PORT) as redis:
        queue = Queue(connection=redis)
        first, sum_up = check_queue(queue)
        with worker("one", "--with-scheduler") as one:
            check_jobs(queue, first, sum_up)
            check_limit(queue)
            check_schedule(queue)
            check_commands(queue)
            one.stop()
        check_death(queue)


main()
sys.exit(checks.exit_code)
