// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// A waiting reader, hashes, sorted sets, streams in groups, WATCH and scripts.

"use strict";

const { commandOptions } = require("redis");

const script = "return {redis.call('HINCRBY', KEYS[1], ARGV[1], 3), ARGV[2]}";

async function checkBlocking(equal, redis, prefix) {
    const queue = `${prefix}:queue`;
    // The library takes a connection of its own for this.
    const popped = redis.blPop(commandOptions({ isolated: true }), [`${prefix}:none`, queue], 15);
    while (!/ cmd=blpop /.test(await redis.sendCommand(["CLIENT", "LIST"]))) { /* not yet */ }
    equal("blpop", [1, { key: queue, element: "job" }],
        [await redis.rPush(queue, "job"), { ...await popped }]);
    equal("blpop-timeout", null, await redis.brPop(queue, 0.01));
}

async function checkStream(equal, redis, stream) {
    await redis.xGroupCreate(stream, "group", "$", { MKSTREAM: true });
    await redis.xAdd(stream, "1-1", { f: "v" });
    const read = (block) => redis.xReadGroup("group", "one", { key: stream, id: ">" },
        { COUNT: 9, BLOCK: block });
    const entry = { id: "1-1", message: { f: "v" } };
    equal("stream-group",
        JSON.stringify([[{ name: stream, messages: [entry] }], 1, 1, null]),
        JSON.stringify([await read(10), (await redis.xPending(stream, "group")).pending,
            await redis.xAck(stream, "group", "1-1"), await read(1)]));
}

async function checkWatch(equal, redis, other, key) {
    const attempt = (between) => redis.executeIsolated(async (isolated) => {
        await isolated.watch(key);
        await between();
        return isolated.multi().incr(key).incr(key).exec().catch((error) => error.name);
    });
    equal("watch", ["Error", [6, 7]],
        [await attempt(() => other.set(key, "5")), await attempt(() => null)]);
}

exports.checkKeys = async function (equal, redis, other, prefix) {
    const [hash, ranks] = [`${prefix}:hash`, `${prefix}:ranks`];
    await checkBlocking(equal, redis, prefix);
    await redis.hSet(hash, { a: "1", b: "two\r\n" });
    equal("hash", [{ a: "1", b: "two\r\n" }, "1.5"],
        [{ ...await redis.hGetAll(hash) }, String(await redis.hIncrByFloat(hash, "a", 0.5))]);
    const added = await redis.zAdd(ranks,
        [{ score: -Infinity, value: "a" }, { score: 2, value: "b" }, { score: 3.25, value: "c" }]);
    equal("zset", [3, [{ value: "c", score: 3.25 }, { value: "b", score: 2 }],
        { value: "a", score: -Infinity }, 1],
    [added, await redis.zRangeWithScores(ranks, 0, 1, { REV: true }),
        await redis.zPopMin(ranks), await redis.zRank(ranks, "c")]);
    await checkStream(equal, redis, `${prefix}:stream`);
    await checkWatch(equal, redis, other, `${prefix}:watched`);
    await redis.del(hash);
    const call = (last) => ({ keys: [hash], arguments: ["n", last] });
    equal("eval", [3, "a\r\n"], await redis.eval(script, call("a\r\n")));
    equal("evalsha", [6, "b"], await redis.evalSha(await redis.scriptLoad(script), call("b")));
};
