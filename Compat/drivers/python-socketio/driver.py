# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""python-socketio: a browser's socket, fed by a process that only writes to the server."""

import asyncio
import sys

import socketio
from aiohttp import web

from checks import BINARY, TIMEOUT_SECONDS, URL, Checks, unique
from redis_lines import Connection

checks = Checks()


async def serve(channel: str) -> tuple[socketio.AsyncServer, web.AppRunner, int]:
    """One of the processes that browsers are connected to."""
    manager = socketio.AsyncRedisManager(URL, channel=channel)
    server = socketio.AsyncServer(async_mode="aiohttp", client_manager=manager)
    server.on("join", server.enter_room)
    application = web.Application()
    server.attach(application)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return server, runner, runner.addresses[0][1]


async def connect(port: int, received: asyncio.Queue) -> socketio.AsyncClient:
    client = socketio.AsyncClient()
    client.on("news", received.put)
    await client.connect(f"http://127.0.0.1:{port}", transports=["websocket"])
    return client


async def main() -> None:
    channel = unique("socketio")
    with Connection() as observer:
        first, first_runner, first_port = await serve(channel)
        second, second_runner, second_port = await serve(channel)
        inboxes = [asyncio.Queue(), asyncio.Queue()]
        clients = [await connect(first_port, inboxes[0]), await connect(second_port, inboxes[1])]
        await observer.until_subscribers(channel, 2)
        checks.passed("subscribe")

        writer = socketio.RedisManager(URL, channel=channel, write_only=True)
        await asyncio.to_thread(writer.emit, "news", {"text": "grüße"})
        got = [await inbox.get() for inbox in inboxes]
        checks.equal("emit from outside", [{"text": "grüße"}] * 2, got)
        await asyncio.to_thread(writer.emit, "news", BINARY)
        checks.equal("bytes", [BINARY] * 2, [await inbox.get() for inbox in inboxes])

        await first.emit("news", "to both")
        got = [await inbox.get() for inbox in inboxes]
        checks.equal("emit across servers", ["to both"] * 2, got)

        await clients[1].call("join", "room")
        outside = socketio.AsyncRedisManager(URL, channel=channel, write_only=True)
        await outside.emit("news", "to the room", room="room")
        await outside.emit("news", "to all")
        checks.equal("room", "to the room", await inboxes[1].get())
        checks.equal("not in the room", "to all", await inboxes[0].get())

        for client in clients:
            await client.disconnect()
        for server, runner in ((first, first_runner), (second, second_runner)):
            await server.shutdown()
            await runner.cleanup()


asyncio.run(asyncio.wait_for(main(), TIMEOUT_SECONDS))
sys.exit(checks.exit_code)
