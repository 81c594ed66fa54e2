<?php
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Keys by Predis, which sends the streams' commands as they are.

require __DIR__ . '/../php-phpredis/blocking.php';

function checkKeys(Predis\Client $redis, Predis\Client $other, string $prefix): void
{
    [$queue, $hash, $ranks] = ["$prefix:queue", "$prefix:hash", "$prefix:ranks"];
    $child = whenBlocked('connection', fn (Predis\Client $client) => $client->client('LIST'),
        fn (Predis\Client $client) => $client->rpush($queue, ["job\r\n"]));
    Checks::equal('blpop', [$queue, "job\r\n"], $redis->blpop(["$prefix:none", $queue], 15));
    pcntl_waitpid($child, $status);
    Checks::equal('blpop-timeout', null, $redis->brpop([$queue], 0.01));

    $redis->hmset($hash, ['a' => '1', 'b' => "two\r\n"]);
    Checks::equal('hash',
        [['a' => '1', 'b' => "two\r\n"], '1.5', ['0', ['a' => '1.5', 'b' => "two\r\n"]]],
        [$redis->hgetall($hash), $redis->hincrbyfloat($hash, 'a', 0.5), $redis->hscan($hash, 0)]);
    Checks::equal('zset', [3, ['c' => '3.25', 'b' => '2'], ['a', '-inf'], 1],
        [$redis->zadd($ranks, ['a' => '-inf', 'b' => 2, 'c' => 3.25]),
            $redis->zrevrange($ranks, 0, 1, ['withscores' => true]),
            $redis->executeRaw(['ZPOPMIN', $ranks]), $redis->zrank($ranks, 'c')]);
    checkStream($redis, "$prefix:stream");
    checkWatch($redis, $other, "$prefix:watched");
    $redis->del($hash);
    Checks::equal('eval', [3, "a\r\n"], $redis->eval(SCRIPT, 1, $hash, 'n', "a\r\n"));
    Checks::equal('evalsha', [6, 'b'],
        $redis->evalsha($redis->script('load', SCRIPT), 1, $hash, 'n', 'b'));
}

function checkStream(Predis\Client $redis, string $stream): void
{
    $redis->executeRaw(['XGROUP', 'CREATE', $stream, 'group', '$', 'MKSTREAM']);
    $redis->executeRaw(['XADD', $stream, '1-1', 'f', 'v']);
    $read = fn (string $block) => $redis->executeRaw(['XREADGROUP', 'GROUP', 'group', 'one',
        'COUNT', '9', 'BLOCK', $block, 'STREAMS', $stream, '>']);
    Checks::equal('stream-group',
        [[[$stream, [['1-1', ['f', 'v']]]]], [1, '1-1', '1-1', [['one', '1']]], 1, null],
        [$read('10'), $redis->executeRaw(['XPENDING', $stream, 'group']),
            $redis->executeRaw(['XACK', $stream, 'group', '1-1']), $read('1')]);
}

function checkWatch(Predis\Client $redis, Predis\Client $other, string $watched): void
{
    $attempt = function (callable $between) use ($redis, $watched) {
        $redis->watch($watched);
        $between();
        $redis->multi();
        $redis->executeRaw(['INCR', $watched]);
        $redis->executeRaw(['INCR', $watched]);
        return $redis->exec();
    };
    Checks::equal('watch', [null, [6, 7]],
        [$attempt(fn () => $other->set($watched, 5)), $attempt(fn () => null)]);
}
