# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""txredisapi: a Twisted application that subscribes, publishes and reconnects."""

import sys

import txredisapi
from twisted.internet import defer, endpoints, reactor, task

from checks import BINARY, HOST, PORT, TIMEOUT_SECONDS, UNIX_SOCKET, Checks, unique

checks = Checks()


class Subscriber(txredisapi.SubscriberProtocol):
    """Its first confirmation answers the command; everything else arrives in `messages`."""

    def __init__(self, *arguments, **options) -> None:
        super().__init__(*arguments, **options)
        self.messages = defer.DeferredQueue()

    def messageReceived(self, pattern, channel, message) -> None:
        self.messages.put((pattern, channel, message))


class SubscriberFactory(txredisapi.SubscriberFactory):
    protocol = Subscriber
    continueTrying = False


async def check_session(client) -> None:
    checks.equal("ping", "PONG", await client.ping())
    checks.equal("info", str(PORT), (await client.info("server"))["tcp_port"])
    checks.equal("publish to nobody", 0, await client.publish(unique("nobody"), "anyone?"))


async def check_subscriptions(client, subscriber) -> None:
    channel = unique("news")
    pattern = channel[:-1] + "?"
    checks.equal("subscribe", ["subscribe", channel, 1], await subscriber.subscribe(channel))
    checks.equal("psubscribe", ["psubscribe", pattern, 2], await subscriber.psubscribe(pattern))
    checks.equal("publish", 2, await client.publish(channel, BINARY))
    # The library decodes with UTF-8 and leaves what is not UTF-8 as bytes.
    checks.equal("message", (None, channel, BINARY), await subscriber.messages.get())
    checks.equal("pmessage", (pattern, channel, BINARY), await subscriber.messages.get())

    transaction = await client.multi()
    await transaction.publish(channel, "in EXEC")
    await transaction.publish("nobody", "in EXEC")
    checks.equal("transaction", [2, 0], await transaction.commit())
    got = [await subscriber.messages.get(), await subscriber.messages.get()]
    expected = [(None, channel, "in EXEC"), (pattern, channel, "in EXEC")]
    checks.equal("transaction's messages", expected, got)

    local = await txredisapi.UnixConnection(UNIX_SOCKET, reconnect=False)
    checks.equal("unix socket", 2, await local.publish(channel, "over a Unix socket"))
    await local.disconnect()
    await subscriber.messages.get()
    await subscriber.messages.get()

    expected = ["punsubscribe", pattern, 1]
    checks.equal("punsubscribe", expected, await subscriber.punsubscribe(pattern))
    expected = ["unsubscribe", channel, 0]
    checks.equal("unsubscribe", expected, await subscriber.unsubscribe(channel))
    checks.equal("publish after unsubscribe", 0, await client.publish(channel, "anyone?"))

    await subscriber.subscribe(channel)
    subscriber.transport.loseConnection()
    while await client.publish(channel, "anyone?") != 0:
        await task.deferLater(reactor, 0.01)
    checks.passed("close")


async def main() -> None:
    client = await txredisapi.Connection(HOST, PORT, reconnect=False)
    checks.passed("connect")
    await check_session(client)
    endpoint = endpoints.TCP4ClientEndpoint(reactor, HOST, PORT)
    await check_subscriptions(client, await endpoint.connect(SubscriberFactory()))
    await client.disconnect()


def run(_reactor):
    return defer.ensureDeferred(main()).addTimeout(TIMEOUT_SECONDS, reactor)


try:
    task.react(run)
except SystemExit as end:
    sys.exit(end.code or checks.exit_code)
