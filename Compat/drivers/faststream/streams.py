# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""FastStream over streams: plain readers, consumers of a group, and one that takes over."""

import asyncio
import signal
import sys

from faststream import AckPolicy, FastStream
from faststream.redis import RedisBroker, StreamSub
from pydantic import BaseModel
from redis import Redis

from checks import HOST, PORT, TIMEOUT_SECONDS, URL, Checks, unique, wait_until
from workers import Worker, note, noted, wait_for_notes

checks = Checks()


class Order(BaseModel):
    number: int
    text: str


def application(base: str, consumer: str) -> FastStream:
    broker = RedisBroker(URL, logger=None)
    # A rescuer takes what others hold, however short a time; the others take what is new.
    idle = {"min_idle_time": 1} if consumer == "rescuer" else {}
    orders = StreamSub(f"{base}.orders", group="group", consumer=consumer, max_records=1,
                       polling_interval=50, **idle)

    @broker.subscriber(stream=orders, ack_policy=AckPolicy.NACK_ON_ERROR)
    @broker.publisher(stream=f"{base}.results")
    async def work(order: Order) -> int:
        note("begun", order.number, consumer)
        if order.text == "stall" and consumer != "rescuer":
            await asyncio.Event().wait()
        if order.text == "fail" and consumer != "rescuer":
            raise ValueError("not now")
        return order.number * order.number

    if not idle:
        @broker.subscriber(stream=StreamSub(f"{base}.log", last_id="0", polling_interval=50))
        async def read(text: str) -> None:
            note("read", text, consumer)

        @broker.subscriber(stream=StreamSub(f"{base}.batch", last_id="0", batch=True,
                                            max_records=3, polling_interval=50))
        async def read_many(numbers: list[int]) -> None:
            note("batch", numbers)

    app = FastStream(broker)

    @app.after_startup
    async def ready() -> None:
        note("ready", consumer)

    return app


async def check_one_worker(broker: RedisBroker, observer: Redis, base: str) -> None:
    for text in ("first", "grüße"):
        await broker.publish(text, stream=f"{base}.log")
    for number in range(5):
        await broker.publish(number, stream=f"{base}.batch")
    with Worker(__file__, base, "one") as worker:
        await broker.publish("third", stream=f"{base}.log")
        got = [text for _, text, _ in wait_for_notes(3, "read")]
        checks.equal("xread", ["first", "grüße", "third"], got)
        got = [numbers for _, numbers in wait_for_notes(2, "batch")]
        checks.equal("batch", [[0, 1, 2], [3, 4]], got)
        wait_for_notes(1, "ready", "one")
        for number in range(10):
            await broker.publish(Order(number=number, text="x"), stream=f"{base}.orders")
        got = [number for _, number, _ in wait_for_notes(10, "begun")]
        checks.equal("group", list(range(10)), got)
        results = broker.subscriber(
            stream=StreamSub(f"{base}.results", last_id="0"), persistent=False)
        await results.start()
        got = [await (await results.get_one(timeout=TIMEOUT_SECONDS)).decode() for _ in range(10)]
        checks.equal("group's results", [n * n for n in range(10)], got)
        for number in range(5):
            await broker.publish(number, stream=f"{base}.capped", maxlen=3)
        # The limit is approximate, so that nothing needs to be cut yet.
        got = observer.xlen(f"{base}.capped")
        checks.holds("capped", 3 <= got <= 5, got)
        await check_rescue(broker, observer, base, worker)


async def check_rescue(broker: RedisBroker, observer: Redis, base: str, first: Worker) -> None:
    def pending() -> int:
        return observer.xpending(f"{base}.orders", "group")["pending"]

    await broker.publish(Order(number=100, text="fail"), stream=f"{base}.orders")
    wait_for_notes(1, "begun", 100)
    await broker.publish(Order(number=101, text="stall"), stream=f"{base}.orders")
    wait_for_notes(1, "begun", 101)
    checks.equal("pending", 2, pending())
    with Worker(__file__, base, "two") as second:
        wait_for_notes(1, "ready", "two")
        # The first is stuck, so the second gets them all.
        for number in range(200, 205):
            await broker.publish(Order(number=number, text="x"), stream=f"{base}.orders")
        got = [wait_for_notes(1, "begun", n)[0][2] for n in range(200, 205)]
        checks.equal("shared group", ["two"] * 5, got)
        first.kill()
        with Worker(__file__, base, "rescuer") as rescuer:
            got = wait_for_notes(1, "begun", 101, "rescuer")
            checks.equal("claimed of the killed", [["begun", 101, "rescuer"]], got)
            got = wait_for_notes(1, "begun", 100, "rescuer")
            checks.equal("claimed of the failed", [["begun", 100, "rescuer"]], got)
            wait_until("the acknowledgements", lambda: pending() == 0)
            total = len(noted("begun"))
            checks.equal("all acknowledged", 10 + 2 + 5 + 2, total)
            codes = (rescuer.stop(signal.SIGINT), second.stop(signal.SIGINT))
            checks.equal("stop", (0, 0), codes)


async def main() -> None:
    with Redis(host=HOST, port=PORT) as observer:
        async with RedisBroker(URL, logger=None) as broker:
            await check_one_worker(broker, observer, unique("streams"))


if len(sys.argv) > 1:
    asyncio.run(application(*sys.argv[1:]).run())
else:
    asyncio.run(asyncio.wait_for(main(), 2 * TIMEOUT_SECONDS))
    sys.exit(checks.exit_code)
