# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""coredis: publishing, subscribing and a transaction. Usage: driver.py 2|3"""

import asyncio
import contextlib
import sys

import coredis

from checks import BINARY, HOST, PORT, TIMEOUT_SECONDS, UNIX_SOCKET, Checks, unique

# Version 5 made the client and its subscriptions contexts and left RESP2 behind.
CONTEXTS = hasattr(coredis.Redis, "__aenter__")
checks = Checks()


def connect(**address) -> coredis.Redis:
    options = {} if CONTEXTS else {"protocol_version": int(sys.argv[1])}
    return coredis.Redis(client_name="compat", **address, **options)


async def receive(pubsub) -> dict:
    message = await pubsub.get_message(timeout=TIMEOUT_SECONDS)
    if message is None:
        raise TimeoutError("no message arrived")
    return message


async def transact(client, channel: str) -> tuple:
    if CONTEXTS:
        async with client.pipeline(transaction=True) as pipeline:
            results = [pipeline.publish(channel, "in EXEC"), pipeline.publish("nobody", "in EXEC")]
        return tuple([await result for result in results])
    pipeline = await client.pipeline(transaction=True)
    await pipeline.publish(channel, "in EXEC")
    await pipeline.publish("nobody", "in EXEC")
    return tuple(await pipeline.execute())


async def check_round_trip(client, pubsub, channel: str, pattern: str) -> None:
    await pubsub.subscribe(channel)
    got = await receive(pubsub)
    expected = ("subscribe", channel.encode(), 1)
    checks.equal("subscribe", expected, (got["type"], got["channel"], got["data"]))
    await pubsub.psubscribe(pattern)
    got = await receive(pubsub)
    expected = ("psubscribe", pattern.encode(), 2)
    checks.equal("psubscribe", expected, (got["type"], got["pattern"], got["data"]))
    counts = dict(await client.pubsub_numsub(channel, "nobody"))
    checks.equal("pubsub numsub", {channel.encode(): 1, b"nobody": 0}, counts)
    checks.equal("pubsub numpat", 1, await client.pubsub_numpat())

    checks.equal("publish", 2, await client.publish(channel, BINARY))
    got = await receive(pubsub)
    expected = ("message", channel.encode(), BINARY)
    checks.equal("message", expected, (got["type"], got["channel"], got["data"]))
    got = await receive(pubsub)
    expected = ("pmessage", pattern.encode(), channel.encode(), BINARY)
    shown = (got["type"], got["pattern"], got["channel"], got["data"])
    checks.equal("pmessage", expected, shown)

    checks.equal("transaction", (2, 0), await transact(client, channel))
    got = [(await receive(pubsub))["data"] for _ in range(2)]
    checks.equal("transaction's messages", [b"in EXEC"] * 2, got)
    local = connect(unix_socket_path=UNIX_SOCKET)
    async with local if CONTEXTS else contextlib.nullcontext():
        checks.equal("unix socket", 2, await local.publish(channel, "over a Unix socket"))
    got = [(await receive(pubsub))["type"] for _ in range(2)]
    checks.equal("unix socket's messages", ["message", "pmessage"], got)


async def check_end(client, pubsub, channel: str, pattern: str) -> None:
    await pubsub.punsubscribe(pattern)
    got = await receive(pubsub)
    expected = ("punsubscribe", pattern.encode(), 1)
    checks.equal("punsubscribe", expected, (got["type"], got["pattern"], got["data"]))
    checks.equal("publish without the pattern", 1, await client.publish(channel, "once"))
    await receive(pubsub)
    await pubsub.unsubscribe(channel)
    got = await receive(pubsub)
    expected = ("unsubscribe", channel.encode(), 0)
    checks.equal("unsubscribe", expected, (got["type"], got["channel"], got["data"]))
    checks.equal("publish to nobody", 0, await client.publish(channel, "anyone?"))


async def check_closed(client, channel: str) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while await client.publish(channel, "anyone?") != 0:
            await asyncio.sleep(0.01)
    checks.passed("close")


async def main() -> None:
    channel = unique("news")
    pattern = channel[:-1] + "?"
    client = connect(host=HOST, port=PORT)
    async with client if CONTEXTS else contextlib.nullcontext():
        checks.equal("connect", b"compat", await client.client_getname())
        checks.equal("protocol", sys.argv[1], (await client.client_info())["resp"])
        checks.equal("ping", b"PONG", await client.ping())
        checks.equal("echo", BINARY, await client.echo(BINARY))
        checks.equal("info", PORT, (await client.info("server"))["tcp_port"])
        async with client.pubsub() as pubsub:
            await check_round_trip(client, pubsub, channel, pattern)
            await check_end(client, pubsub, channel, pattern)
            await pubsub.subscribe(channel)
            await receive(pubsub)
        await check_closed(client, channel)


asyncio.run(main())
sys.exit(checks.exit_code)
