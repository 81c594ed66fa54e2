# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""repid: actors in worker processes, of which one dies in the middle of a message."""

import asyncio
import signal
import sys
from typing import Annotated

from redis import Redis
from repid import Header, Repid, Router
from repid.connections.redis import RedisServer

from checks import HOST, PORT, TIMEOUT_SECONDS, URL, Checks, unique, wait_until
from workers import Worker, note, noted, wait_for_notes

checks = Checks()


def application(**options) -> Repid:
    repid = Repid()
    repid.servers.register_server("server", RedisServer(URL, block_ms=50, **options))
    return repid


async def work(channel: str, name: str, claims: bool) -> None:
    router = Router(channel=channel)

    @router.actor
    async def greet(text: str, color: Annotated[str, Header()]) -> None:
        note("greet", text, color, name)

    @router.actor(on_error="reject")
    async def third_time(number: int) -> None:
        note("third time", number)
        if len(noted("third time", number)) < 3:
            raise ValueError("not yet")

    @router.actor(on_error="nack")
    async def never(number: int) -> None:
        raise ValueError("never")

    @router.actor
    async def stall(number: int) -> None:
        note("stall", number, name)
        if name == "mortal":
            await asyncio.Event().wait()

    # The one that claims finds at once what a dead consumer holds.
    options = {"claim_interval": 0.1, "min_idle_ms": 1} if claims else {}
    repid = application(**options)
    repid.include_router(router)
    async with repid.servers.default.connection():
        note("ready", name)
        await repid.run_worker(register_signals=[signal.SIGTERM])


async def check_messages(repid: Repid, redis: Redis, channel: str) -> None:
    async def send(topic: str, payload, **headers: str) -> None:
        await repid.send_message_json(
            channel=channel, payload=payload, headers={"topic": topic} | headers)

    stream, dead_letters = f"repid:{channel}", f"repid:{channel}:dlq"
    # Sent before there is a worker.
    await send("greet", {"text": "grüße"}, color="blue")
    with Worker(__file__, channel, "mortal", "") as mortal:
        got = wait_for_notes(1, "greet")
        checks.equal("message", [["greet", "grüße", "blue", "mortal"]], got)
        await send("greet", {"text": "x"}, color="röd")
        got = wait_for_notes(2, "greet")[1]
        checks.equal("headers", ["greet", "x", "röd", "mortal"], got)
        await send("third_time", {"number": 1})
        await send("never", {"number": 2})
        checks.equal("rejected comes again", 3, len(wait_for_notes(3, "third time", 1)))
        wait_until("the dead letter", lambda: redis.xlen(dead_letters) == 1)
        ((_, fields),) = redis.xrange(dead_letters)
        got = (fields[b"payload"], fields[b"original_stream"])
        checks.equal("dead letter", (b'{"number":2}', stream.encode()), got)
        for number in range(30):
            await send("greet", {"text": str(number)}, color="green")
        got = {text for _, text, _, _ in wait_for_notes(32, "greet")}
        checks.equal("routing", {"grüße", "x"} | {str(n) for n in range(30)}, got)
        for number in range(5):
            parameters = {"maxlen": 2, "approximate": False}
            await repid.send_message_json(channel="capped", payload=number,
                                          server_specific_parameters=parameters)
        checks.equal("capped", 2, redis.xlen("repid:capped"))
        await check_rescue(send, redis, channel, mortal)


async def check_rescue(send, redis: Redis, channel: str, mortal: Worker) -> None:
    def pending() -> int:
        return redis.xpending(f"repid:{channel}", f"repid:{channel}:group")["pending"]

    wait_until("the acknowledgements", lambda: pending() == 0)
    await send("stall", {"number": 7})
    wait_for_notes(1, "stall", 7, "mortal")
    with Worker(__file__, channel, "other", "") as other:
        wait_for_notes(1, "ready", "other")
        count, names = 0, set()
        while names != {"mortal", "other"}:
            count += 1
            await send("greet", {"text": f"shared {count}"}, color="white")
            names = {name for _, text, _, name in noted("greet") if text.startswith("shared")}
            await asyncio.sleep(0.01)
        wait_until("the acknowledgements", lambda: pending() == 1)
        done = [text for _, text, _, _ in noted("greet") if text.startswith("shared")]
        checks.equal("shared work", (count, count), (len(done), len(set(done))))
        mortal.kill()
        with Worker(__file__, channel, "rescuer", "claims") as rescuer:
            got = wait_for_notes(2, "stall", 7)
            checks.equal("taken over", [["stall", 7, "mortal"], ["stall", 7, "rescuer"]], got)
            wait_until("the acknowledgements", lambda: pending() == 0)
            checks.passed("all acknowledged")
            checks.equal("stop", (0, 0), (rescuer.stop(), other.stop()))


async def main() -> None:
    repid = application()
    with Redis(host=HOST, port=PORT) as redis:
        async with repid.servers.default.connection():
            await check_messages(repid, redis, unique("work"))


if len(sys.argv) > 1:
    asyncio.run(work(sys.argv[1], sys.argv[2], claims=bool(sys.argv[3])))
else:
    asyncio.run(asyncio.wait_for(main(), 2 * TIMEOUT_SECONDS))
    sys.exit(checks.exit_code)
