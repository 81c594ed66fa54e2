# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""aioredis 1.3, the last version before it became redis-py's asyncio interface."""

import asyncio
import sys

import aioredis

from checks import BINARY, HOST, PORT, TIMEOUT_SECONDS, UNIX_SOCKET, Checks, unique

checks = Checks()


async def check_session(client) -> None:
    await client.client_setname("compat")
    checks.equal("connect", b"compat", await client.client_getname())
    checks.equal("ping", b"PONG", await client.ping())
    checks.equal("echo", BINARY, await client.echo(BINARY))
    checks.equal("info", str(PORT), (await client.info("server"))["server"]["tcp_port"])
    checks.equal("publish to nobody", 0, await client.publish(unique("nobody"), "anyone?"))


async def check_subscriptions(client, subscriber) -> None:
    name = unique("news")
    glob = name[:-1] + "?"
    (channel,) = await subscriber.subscribe(name)
    checks.equal("subscribe", {name.encode(): 1}, await client.pubsub_numsub(name))
    (pattern,) = await subscriber.psubscribe(glob)
    checks.equal("psubscribe", 1, await client.pubsub_numpat())
    checks.equal("publish", 2, await client.publish(name, BINARY))
    checks.equal("message", BINARY, await channel.get())
    checks.equal("pmessage", (name.encode(), BINARY), await pattern.get())

    transaction = client.multi_exec()
    transaction.publish(name, "in EXEC")
    transaction.publish("nobody", "in EXEC")
    checks.equal("transaction", [2, 0], await transaction.execute())
    checks.equal("transaction's message", b"in EXEC", await channel.get())
    checks.equal("transaction's pmessage", (name.encode(), b"in EXEC"), await pattern.get())

    local = await aioredis.create_redis(UNIX_SOCKET)
    checks.equal("unix socket", 2, await local.publish(name, "over a Unix socket"))
    local.close()
    await local.wait_closed()

    await subscriber.punsubscribe(glob)
    checks.equal("punsubscribe", 1, await client.publish(name, "once"))
    await subscriber.unsubscribe(name)
    checks.equal("unsubscribe", 0, await client.publish(name, "anyone?"))
    await subscriber.subscribe(name)
    subscriber.close()
    await subscriber.wait_closed()
    while await client.publish(name, "anyone?") != 0:
        await asyncio.sleep(0.01)
    checks.passed("close")


async def main() -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        client = await aioredis.create_redis((HOST, PORT))
        await check_session(client)
        await check_subscriptions(client, await aioredis.create_redis((HOST, PORT)))
        client.close()
        await client.wait_closed()


asyncio.run(main())
sys.exit(checks.exit_code)
