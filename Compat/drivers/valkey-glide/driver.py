# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Valkey GLIDE over its asyncio or its blocking interface. Usage: driver.py glide|glide_sync 2|3"""

import asyncio
import importlib
import sys

from checks import BINARY, HOST, PORT, TIMEOUT_SECONDS, Checks, settle, unique

glide = importlib.import_module(sys.argv[1])
PROTOCOL = int(sys.argv[2])
TIMEOUT_MILLISECONDS = TIMEOUT_SECONDS * 1000
checks = Checks()


async def connect():
    return await settle(glide.GlideClient.create(glide.GlideClientConfiguration(
        [glide.NodeAddress(HOST, PORT)],
        client_name="compat",
        protocol=getattr(glide.ProtocolVersion, f"RESP{PROTOCOL}"),
        request_timeout=TIMEOUT_MILLISECONDS,
    )))


async def call(client, *command: str | bytes):
    return await settle(client.custom_command(list(command)))


async def check_session(client) -> None:
    checks.equal("connect", b"compat", await settle(client.client_getname()))
    info = (await call(client, "CLIENT", "INFO")).decode().split()
    checks.holds("protocol", f"resp={PROTOCOL}" in info, info)
    checks.equal("ping", b"PONG", await settle(client.ping()))
    checks.equal("echo", BINARY, await settle(client.echo(BINARY)))
    server = (await settle(client.info())).decode()
    checks.holds("info", f"tcp_port:{PORT}\r\n" in server, server)
    checks.equal("publish to nobody", 0, await settle(client.publish(BINARY, unique("nobody"))))
    batch = glide.Batch(is_atomic=True)
    batch.publish("message", "nobody")
    batch.ping()
    checks.equal("transaction", [0, b"PONG"], await settle(client.exec(batch, True)))


async def check_subscriptions(client, subscriber) -> None:
    channel = unique("news")
    pattern = channel[:-1] + "?"
    await settle(subscriber.subscribe({channel}, TIMEOUT_MILLISECONDS))
    counts = await settle(client.pubsub_numsub([channel]))
    checks.equal("subscribe", {channel.encode(): 1}, counts)
    await settle(subscriber.psubscribe({pattern}, TIMEOUT_MILLISECONDS))
    checks.equal("psubscribe", 1, await settle(client.pubsub_numpat()))
    checks.equal("pubsub channels", [channel.encode()], await settle(client.pubsub_channels()))

    checks.equal("publish", 2, await settle(client.publish(BINARY, channel)))
    got = await settle(subscriber.get_pubsub_message())
    expected = (BINARY, channel.encode(), None)
    checks.equal("message", expected, (got.message, got.channel, got.pattern))
    got = await settle(subscriber.get_pubsub_message())
    expected = (BINARY, channel.encode(), pattern.encode())
    checks.equal("pmessage", expected, (got.message, got.channel, got.pattern))

    await settle(subscriber.punsubscribe({pattern}, TIMEOUT_MILLISECONDS))
    checks.equal("punsubscribe", 1, await settle(client.publish("once", channel)))
    got = await settle(subscriber.get_pubsub_message())
    checks.equal("message after punsubscribe", b"once", got.message)
    await settle(subscriber.unsubscribe({channel}, TIMEOUT_MILLISECONDS))
    checks.equal("unsubscribe", 0, await settle(client.publish("anyone?", channel)))

    await settle(subscriber.subscribe({channel}, TIMEOUT_MILLISECONDS))
    await settle(subscriber.close())
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while await settle(client.publish("anyone?", channel)) != 0:
            await asyncio.sleep(0.01)
    checks.passed("close")


async def main() -> None:
    client = await connect()
    await check_session(client)
    # The library subscribes over RESP3 only.
    if PROTOCOL == 3:
        await check_subscriptions(client, await connect())
    await settle(client.close())


asyncio.run(main())
sys.exit(checks.exit_code)
