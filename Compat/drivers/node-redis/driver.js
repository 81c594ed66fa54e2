// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// node-redis 4: one client subscribes, another publishes.

"use strict";

const assert = require("assert");
const { createClient, commandOptions } = require("redis");
const { checkKeys } = require("./keys.js");

const binary = Buffer.from("\x00\r\n\xff*1\r\n", "latin1");
const prefix = `martlet:node:${process.pid}`;
const news = `${prefix}:news`;
const pattern = `${prefix}:*`;
let failureCount = 0;
let lastCheck = "the start";

function equal(check, expected, got) {
    lastCheck = check;
    try {
        assert.deepStrictEqual(got, expected);
        console.log(`ok ${check}`);
    } catch {
        failureCount += 1;
        console.log(`FAIL ${check}: expected ${JSON.stringify(expected)} `
            + `got ${JSON.stringify(got)}`);
    }
}

/// Keeps the messages of a listener and hands them out one by one.
class Inbox {
    messages = [];
    waiting = null;

    listener = (message, channel) => {
        this.messages.push([message, channel]);
        this.waiting?.();
    };

    async next() {
        while (this.messages.length === 0) {
            await new Promise((resolve) => { this.waiting = resolve; });
        }
        return this.messages.shift();
    }
}

function client(options = {}) {
    const socket = { host: process.env.HOST, port: Number(process.env.PORT),
        reconnectStrategy: () => new Error("not again"), ...options.socket };
    const created = createClient({ ...options, socket });
    created.on("error", (error) => equal("connection-error", "none", error.message));
    return created;
}

async function checkCommands(redis) {
    equal("getname", prefix, await redis.clientGetName());
    equal("ping", "PONG", await redis.ping());
    equal("echo", binary, await redis.echo(commandOptions({ returnBuffers: true }), binary));
    equal("info", "7", /^redis_version:(\d+)/m.exec(await redis.info("server"))?.[1]);
    const error = await redis.sendCommand(["nosuch", "a"]).catch((error) => error.message);
    equal("unknown-command", "ERR unknown command 'nosuch', with args beginning with: 'a' ", error);
    equal("pipeline", ["one", "two"], await Promise.all([redis.echo("one"), redis.echo("two")]));
    equal("multi", [0, "done"],
        await redis.multi().publish(news, "in multi").addCommand(["ECHO", "done"]).exec());
}

async function checkPubSub(subscriber, publisher) {
    const [texts, buffers, matched] = [new Inbox(), new Inbox(), new Inbox()];
    // Both resolve once the confirmation is here.
    await subscriber.subscribe(news, texts.listener);
    await subscriber.subscribe(news, buffers.listener, true);
    await subscriber.pSubscribe(pattern, matched.listener, true);
    equal("numsub", { [news]: 1 }, { ...await publisher.pubSubNumSub(news) });
    equal("channels", [news], await publisher.pubSubChannels(pattern));
    equal("publish", 2, await publisher.publish(news, "hello"));
    equal("message", ["hello", news], await texts.next());
    equal("message-buffer", [Buffer.from("hello"), Buffer.from(news)], await buffers.next());
    equal("pmessage", [Buffer.from("hello"), Buffer.from(news)], await matched.next());
    equal("publish-binary", 2, await publisher.publish(news, binary));
    equal("message-binary", [binary, Buffer.from(news)], await buffers.next());
    equal("pmessage-binary", [binary, Buffer.from(news)], await matched.next());

    await subscriber.unsubscribe(news);
    equal("unsubscribe", { [news]: 0 }, { ...await publisher.pubSubNumSub(news) });
    equal("publish-after-unsubscribe", 1, await publisher.publish(news, "again"));
    equal("pmessage-after-unsubscribe", [Buffer.from("again"), Buffer.from(news)],
        await matched.next());
    await subscriber.pUnsubscribe(pattern);
    equal("publish-after-punsubscribe", 0, await publisher.publish(news, "again"));
    equal("commands-again", "x", await subscriber.echo("x"));
}

async function main() {
    setTimeout(() => {
        console.log(`FAIL deadline: expected an end, got a hang after ${lastCheck}`);
        process.exit(1);
    }, 20_000);
    const publisher = client({ name: prefix });
    await publisher.connect();
    // Pub/Sub spans databases.
    const subscriber = client({ database: 3 });
    await subscriber.connect();
    equal("connect", [true, true], [publisher.isReady, subscriber.isReady]);
    await checkCommands(publisher);
    await checkPubSub(subscriber, publisher);
    await checkKeys(equal, publisher, publisher, prefix);
    const local = client({ socket: { path: process.env.UNIX_SOCKET } });
    await local.connect();
    equal("unix-socket", "PONG", await local.ping());
    // The library keeps the reply to itself; without one this would wait for ever.
    equal("quit", undefined, await publisher.quit());
    await subscriber.quit();
    await local.disconnect();
    equal("closed", [false, false, false],
        [publisher.isOpen, subscriber.isOpen, local.isOpen]);
}

main().catch((error) => equal(`exception after ${lastCheck}`, "none", error.stack))
    .finally(() => process.exit(failureCount === 0 ? 0 : 1));
