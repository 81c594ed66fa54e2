# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""redis-py and its kin (valkey-py, aioredis): a round trip over the blocking or asyncio interface.

Usage: redis_py.py MODULE sync|asyncio default|2|3
"""

import asyncio
import importlib
import sys

from checks import BINARY, HOST, PORT, TIMEOUT_SECONDS, UNIX_SOCKET, Checks, settle, unique

MODULE, MODE, PROTOCOL = sys.argv[1:]
library = importlib.import_module(MODULE)
interface = library
if MODE == "asyncio" and MODULE != "aioredis":
    interface = importlib.import_module(f"{MODULE}.asyncio")
VERSION = tuple(int(part) for part in library.__version__.split(".")[:2])
HAS_PROTOCOLS = MODULE == "valkey" or VERSION >= (5, 0)

checks = Checks()


def connect(**options):
    if PROTOCOL != "default":
        options["protocol"] = int(PROTOCOL)
    return interface.Redis(socket_timeout=TIMEOUT_SECONDS, **options)


async def close(thing) -> None:
    await settle(getattr(thing, "aclose", thing.close)())


async def receive(pubsub) -> dict:
    """The next message of any kind."""
    while True:
        message = await settle(pubsub.get_message(timeout=TIMEOUT_SECONDS))
        if message is None:
            raise TimeoutError("no message arrived")
        return message


def message(kind: str, channel: str, data, pattern: str | None = None) -> dict:
    encoded = pattern.encode() if pattern is not None else None
    return {"type": kind, "pattern": encoded, "channel": channel.encode(), "data": data}


async def check_session(client) -> None:
    checks.equal("connect", "compat", _text(await settle(client.client_getname())))
    if HAS_PROTOCOLS:
        info = await settle(client.client_info())
        expected = {"2": "2", "3": "3", "default": "3" if VERSION >= (8, 0) else "2"}[PROTOCOL]
        checks.equal("protocol", expected, info["resp"])
    checks.equal("ping", True, await settle(client.ping()))
    checks.equal("echo", BINARY, await settle(client.echo(BINARY)))
    info = await settle(client.info())
    checks.equal("info", PORT, info["tcp_port"])
    try:
        checks.equal("unknown command", "an error", await settle(client.execute_command("NOSUCH")))
    except library.ResponseError as error:
        checks.holds("unknown command", str(error).startswith("unknown command"), str(error))


async def check_delivery(client, pubsub, channel: str, other: str, pattern: str) -> None:
    await settle(pubsub.subscribe(channel, other))
    confirmed = [await receive(pubsub), await receive(pubsub)]
    expected = [message("subscribe", channel, 1), message("subscribe", other, 2)]
    checks.equal("subscribe", expected, confirmed)
    await settle(pubsub.psubscribe(pattern))
    checks.equal("psubscribe", message("psubscribe", pattern, 3), await receive(pubsub))

    counts = await settle(client.pubsub_numsub(channel, "nobody"))
    counts = [(bytes(name), count) for name, count in counts]
    checks.equal("pubsub numsub", [(channel.encode(), 1), (b"nobody", 0)], counts)
    channels = sorted(await settle(client.pubsub_channels(pattern)))
    checks.equal("pubsub channels", [channel.encode()], channels)
    checks.equal("pubsub numpat", 1, await settle(client.pubsub_numpat()))

    checks.equal("publish", 2, await settle(client.publish(channel, BINARY)))
    checks.equal("message", message("message", channel, BINARY), await receive(pubsub))
    got = await receive(pubsub)
    checks.equal("pmessage", message("pmessage", channel, BINARY, pattern), got)

    large = BINARY * 4096
    await settle(client.publish(other, large))
    checks.equal("large message", message("message", other, large), await receive(pubsub))

    await settle(pubsub.ping("still there?"))
    got = await receive(pubsub)
    checks.equal("ping while subscribed", ("pong", b"still there?"), (got["type"], got["data"]))

    pipeline = client.pipeline(transaction=False)
    for number in range(200):
        pipeline.publish(other, str(number))
    checks.equal("pipeline", [1] * 200, await settle(pipeline.execute()))
    got = [(await receive(pubsub))["data"] for _ in range(200)]
    checks.equal("order", [str(number).encode() for number in range(200)], got)

    transaction = client.pipeline(transaction=True)
    transaction.publish(channel, "in EXEC").publish("nobody", "in EXEC")
    checks.equal("transaction", [2, 0], await settle(transaction.execute()))
    got = [(await receive(pubsub))["data"] for _ in range(2)]
    checks.equal("transaction's messages", [b"in EXEC"] * 2, got)


async def check_shards(client, pubsub, channel: str) -> None:
    await settle(pubsub.ssubscribe(channel))
    checks.equal("ssubscribe", message("ssubscribe", channel, 1), await receive(pubsub))
    checks.equal("spublish", 1, await settle(client.spublish(channel, BINARY)))
    checks.equal("smessage", message("smessage", channel, BINARY), await receive(pubsub))
    await settle(pubsub.sunsubscribe(channel))
    checks.equal("sunsubscribe", message("sunsubscribe", channel, 0), await receive(pubsub))


async def check_end(client, pubsub, channel: str, other: str, pattern: str) -> None:
    await settle(pubsub.unsubscribe(channel))
    checks.equal("unsubscribe", message("unsubscribe", channel, 2), await receive(pubsub))
    await settle(pubsub.punsubscribe(pattern))
    checks.equal("punsubscribe", message("punsubscribe", pattern, 1), await receive(pubsub))
    await settle(pubsub.unsubscribe())
    checks.equal("unsubscribe from all", message("unsubscribe", other, 0), await receive(pubsub))
    checks.equal("publish to nobody", 0, await settle(client.publish(channel, "anyone?")))

    await settle(pubsub.subscribe(channel))
    await receive(pubsub)
    await close(pubsub)
    left = [(channel.encode(), 1)]
    for _ in range(1000):
        left = [tuple(pair) for pair in await settle(client.pubsub_numsub(channel))]
        if left == [(channel.encode(), 0)]:
            break
        await asyncio.sleep(0.01)
    checks.equal("close", [(channel.encode(), 0)], left)


async def main() -> None:
    client = connect(host=HOST, port=PORT, client_name="compat")
    await check_session(client)
    channel, other = unique("news"), unique("other")
    pattern = channel[:-2] + "[^ ]?*"
    pubsub = client.pubsub()
    await check_delivery(client, pubsub, channel, other, pattern)
    if hasattr(pubsub, "ssubscribe") and hasattr(client, "spublish") and MODE == "sync":
        shards = client.pubsub()
        await check_shards(client, shards, channel)
        await close(shards)
    local = connect(unix_socket_path=UNIX_SOCKET)
    checks.equal("unix socket", 1, await settle(local.publish(other, "over a Unix socket")))
    await receive(pubsub)
    await close(local)
    await check_end(client, pubsub, channel, other, pattern)
    await close(client)


def _text(value) -> str:
    return value.decode() if isinstance(value, bytes) else value


asyncio.run(main())
sys.exit(checks.exit_code)
