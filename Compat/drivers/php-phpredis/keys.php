<?php
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Keys by phpredis: a waiting reader, hashes, sorted sets, streams in groups, WATCH, scripts.

require __DIR__ . '/blocking.php';

function checkKeys(Redis $redis, Redis $other, string $prefix): void
{
    [$queue, $hash, $ranks, $watched] =
        ["$prefix:queue", "$prefix:hash", "$prefix:ranks", "$prefix:watched"];
    $child = whenBlocked('connection', fn (Redis $client) => $client->client('LIST'),
        fn (Redis $client) => $client->rPush($queue, "job\r\n"));
    Checks::equal('blpop', [$queue, "job\r\n"], $redis->blPop(["$prefix:none", $queue], 15));
    pcntl_waitpid($child, $status);
    Checks::equal('blpop-timeout', [], $redis->brPop([$queue], 1));

    $redis->hMSet($hash, ['a' => '1', 'b' => "two\r\n"]);
    $cursor = null;
    Checks::equal('hash', [['a' => '1', 'b' => "two\r\n"], 1.5, ['a' => '1.5', 'b' => "two\r\n"]],
        [$redis->hGetAll($hash), $redis->hIncrByFloat($hash, 'a', 0.5),
            $redis->hScan($hash, $cursor)]);
    Checks::equal('zset', [3, ['c' => 3.25, 'b' => 2.0], ['a' => -INF], 1],
        [$redis->zAdd($ranks, '-inf', 'a', 2, 'b', 3.25, 'c'),
            $redis->zRevRange($ranks, 0, 1, true), $redis->zPopMin($ranks),
            $redis->zRank($ranks, 'c')]);
    checkStream($redis, "$prefix:stream");

    $attempt = function (callable $between) use ($redis, $watched) {
        $redis->watch($watched);
        $between();
        return $redis->multi()->incr($watched)->incr($watched)->exec();
    };
    Checks::equal('watch', [false, [6, 7]],
        [$attempt(fn () => $other->set($watched, 5)), $attempt(fn () => null)]);
    $redis->del($hash);
    Checks::equal('eval', [3, "a\r\n"], $redis->eval(SCRIPT, [$hash, 'n', "a\r\n"], 1));
    Checks::equal('evalsha', [6, 'b'],
        $redis->evalSha($redis->script('load', SCRIPT), [$hash, 'n', 'b'], 1));
}

function checkStream(Redis $redis, string $stream): void
{
    $redis->xGroup('CREATE', $stream, 'group', '$', true);
    $redis->xAdd($stream, '1-1', ['f' => 'v']);
    $read = fn (int $block) =>
        $redis->xReadGroup('group', 'one', [$stream => '>'], 9, $block);
    Checks::equal('stream-group',
        [[$stream => ['1-1' => ['f' => 'v']]], [1, '1-1', '1-1', [['one', '1']]], 1, []],
        [$read(10), $redis->xPending($stream, 'group'), $redis->xAck($stream, 'group', ['1-1']),
            $read(1)]);
}
