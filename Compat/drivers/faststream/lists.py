# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""FastStream over lists: a worker takes jobs from a list and puts results into another."""

import asyncio
import signal
import sys

from faststream import FastStream
from faststream.redis import ListSub, RedisBroker

from checks import TIMEOUT_SECONDS, URL, Checks, unique
from redis_lines import Connection
from workers import Worker, note, noted, wait_for_notes

checks = Checks()


def application(base: str) -> FastStream:
    broker = RedisBroker(URL, logger=None)

    @broker.subscriber(list=ListSub(f"{base}.jobs", polling_interval=0.1))
    @broker.publisher(list=f"{base}.results")
    async def work(number: int) -> int:
        note("begun", number)
        if number == 13:
            await asyncio.Event().wait()
        return number * number

    @broker.subscriber(list=ListSub(f"{base}.many", batch=True, max_records=3,
                                    polling_interval=0.05))
    async def work_on_many(texts: list[str]) -> None:
        note("batch", texts)

    @broker.subscriber(list=f"{base}.double")
    async def double(number: int) -> int:
        return number * 2

    return FastStream(broker)


async def main() -> None:
    base = unique("lists")
    with Connection() as observer:
        async with RedisBroker(URL, logger=None) as broker:
            results = broker.subscriber(list=f"{base}.results", persistent=False)
            await results.start()
            for number in range(10):
                await broker.publish(number, list=f"{base}.jobs")
            await broker.publish_batch("a", "b", "grüße", "d", list=f"{base}.many")
            got = [observer.ask(f"LLEN {base}.{name}") for name in ("jobs", "many")]
            checks.equal("queued", [":10", ":4"], got)

            async def result() -> int:
                return await (await results.get_one(timeout=TIMEOUT_SECONDS)).decode()

            with Worker(__file__, base) as worker:
                got = [await result() for _ in range(10)]
                checks.equal("results in order", [n * n for n in range(10)], got)
                got = [texts for _, texts in wait_for_notes(2, "batch")]
                checks.equal("batches", [["a", "b", "grüße"], ["d"]], got)
                answer = await broker.request(21, list=f"{base}.double", timeout=TIMEOUT_SECONDS)
                checks.equal("request", 42, await answer.decode())
                for number in (13, 14, 15):
                    await broker.publish(number, list=f"{base}.jobs")
                wait_for_notes(1, "begun", 13)
                worker.kill()
            # What it had taken is gone with it, what it had not is still there.
            checks.equal("worker killed", ":2", observer.ask(f"LLEN {base}.jobs"))
            with Worker(__file__, base) as worker:
                checks.equal("left over", [196, 225], [await result() for _ in range(2)])
                code = worker.stop(signal.SIGINT)
                checks.equal("stop", (0, 1), (code, len(noted("begun", 13))))


if len(sys.argv) > 1:
    asyncio.run(application(sys.argv[1]).run())
else:
    asyncio.run(asyncio.wait_for(main(), 2 * TIMEOUT_SECONDS))
    sys.exit(checks.exit_code)
