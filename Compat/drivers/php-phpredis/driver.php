<?php
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// phpredis: subscribe() blocks, so a child process publishes.

require __DIR__ . '/checks.php';
require __DIR__ . '/publisher.php';
require __DIR__ . '/keys.php';

const BYTES = "\x00\r\n\xff*1\r\n";
define('PREFIX', 'martlet:phpredis:' . getmypid());
const NEWS = PREFIX . ':news';
const PATTERN = PREFIX . ':[mn]ew?';

function connection(): Redis
{
    $redis = new Redis();
    $redis->connect(getenv('HOST'), (int) getenv('PORT'), DEADLINE_SECONDS, null, 0,
        DEADLINE_SECONDS);
    return $redis;
}

/** subscribe() goes on until its connection is closed, also with nothing subscribed. */
function consume(callable $subscribe, string $name, callable $received): void
{
    try {
        $subscribe([$name], $received);
    } catch (RedisException $error) {
        if ($error->getMessage() !== 'Connection closed') {
            throw $error;
        }
    }
}

function checkCommands(Redis $redis): void
{
    Checks::equal('setname', true, $redis->client('SETNAME', PREFIX));
    Checks::equal('getname', PREFIX, $redis->client('GETNAME'));
    Checks::equal('ping', true, $redis->ping());
    Checks::equal('ping-argument', 'hello', $redis->ping('hello'));
    Checks::equal('echo', BYTES, $redis->echo(BYTES));
    Checks::equal('info', '7', $redis->info('server')['redis_version'][0]);
    $redis->clearLastError();
    Checks::equal('unknown-command', false, $redis->rawCommand('nosuch', 'a'));
    Checks::equal('unknown-command-text',
        "ERR unknown command 'nosuch', with args beginning with: 'a' ", $redis->getLastError());
    Checks::equal('multi', [0, 'done'],
        $redis->multi()->publish(NEWS, 'in multi')->echo('done')->exec());
    Checks::equal('pipeline', ['one', 'two'],
        $redis->multi(Redis::PIPELINE)->echo('one')->echo('two')->exec());
}

function checkSubscribe(Redis $subscriber, Redis $other): void
{
    $counts = publishFromChild('connection', NEWS, ['hello', BYTES]);
    $received = [];
    $numsub = $unsubscribed = null;
    consume([$subscriber, 'subscribe'], NEWS,
        function (Redis $redis, string $channel, string $payload)
            use (&$received, &$numsub, &$unsubscribed, $other) {
            $received[] = [$channel, $payload];
            $numsub = $other->pubsub('numsub', [NEWS, PREFIX]);
            if (count($received) === 2) {
                $unsubscribed = $redis->unsubscribe([NEWS]);
                $redis->close();
            }
        });
    Checks::equal('publish', [1, 1], $counts());
    Checks::equal('message', [NEWS, 'hello'], $received[0]);
    Checks::equal('message-binary', [[NEWS, BYTES]], array_slice($received, 1));
    Checks::equal('numsub', [NEWS => 1, PREFIX => 0], $numsub);
    Checks::equal('unsubscribe', [NEWS => true], $unsubscribed);
    Checks::equal('publish-after-unsubscribe', 0, $other->publish(NEWS, 'x'));
}

function checkPsubscribe(Redis $subscriber, Redis $other): void
{
    $counts = publishFromChild('connection', NEWS, [BYTES]);
    $received = [];
    $unsubscribed = null;
    consume([$subscriber, 'psubscribe'], PATTERN,
        function (Redis $redis, string $pattern, string $channel, string $payload)
            use (&$received, &$unsubscribed) {
            $received[] = [$pattern, $channel, $payload];
            $unsubscribed = $redis->punsubscribe([PATTERN]);
            $redis->close();
        });
    Checks::equal('publish-pattern', [1], $counts());
    Checks::equal('pmessage', [[PATTERN, NEWS, BYTES]], $received);
    Checks::equal('punsubscribe', [PATTERN => true], $unsubscribed);
    Checks::equal('publish-after-punsubscribe', 0, $other->publish(NEWS, 'x'));
}

Checks::run(function () {
    $subscriber = connection();
    $other = connection();
    Checks::equal('connect', true, $subscriber->isConnected());
    checkCommands($other);
    checkSubscribe($subscriber, $other);
    checkPsubscribe($subscriber, $other);
    Checks::equal('commands-again', 'x', $subscriber->echo('x'));
    checkKeys($other, $subscriber, PREFIX);
    $local = new Redis();
    $local->connect(getenv('UNIX_SOCKET'));
    Checks::equal('unix-socket', true, $local->ping());
    Checks::equal('quit', true, $other->rawCommand('QUIT'));
    Checks::equal('close', true, $subscriber->close());
});
