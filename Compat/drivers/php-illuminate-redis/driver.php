<?php
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Laravel's Redis component with a channel prefix and a database, as an application
// configures it; the argument names the client below it, "phpredis" or "predis".

require __DIR__ . '/../php-phpredis/checks.php';
require __DIR__ . '/../php-phpredis/publisher.php';
require 'Illuminate/Redis/autoload.php';

use Illuminate\Redis\Connections\Connection;
use Illuminate\Redis\RedisManager;

const BYTES = "\x00\r\n\xff*1\r\n";
define('CLIENT', $argv[1]);
define('PREFIX', 'martlet-' . CLIENT . '-' . getmypid() . ':');

/** Leaves subscribe(), which never returns by itself. */
final class Received extends Exception
{
}

function connection(): Connection
{
    $manager = new RedisManager(null, CLIENT, [
        'options' => ['prefix' => PREFIX],
        'default' => [
            'host' => getenv('HOST'), 'port' => (int) getenv('PORT'), 'database' => 2,
            'read_timeout' => DEADLINE_SECONDS, 'read_write_timeout' => DEADLINE_SECONDS,
        ],
    ]);
    return $manager->connection();
}

/** Receives as many messages as there are payloads. */
function receive(string $method, string $name, array $payloads): array
{
    $counts = publishFromChild('connection', 'news', $payloads);
    $received = [];
    $subscriber = connection();
    try {
        $subscriber->$method([$name],
            function (string $payload, string $channel) use ($subscriber, &$received, $payloads) {
                $received[] = [$channel, $payload];
                if (count($received) === count($payloads)) {
                    $subscriber->disconnect();
                    throw new Received();
                }
            });
    } catch (Received) {
        // Predis.
    } catch (RedisException $error) {
        // phpredis goes on after the callback's exception and finds the closed connection.
        if ($error->getMessage() !== 'Connection closed') {
            throw $error;
        }
    }
    return [$counts(), $received];
}

Checks::run(function () {
    $redis = connection();
    Checks::equal('connect', CLIENT, $redis->ping() ? CLIENT : 'no PONG');
    Checks::equal('echo', BYTES, $redis->echo(BYTES));
    $results = $redis->transaction(function ($transaction) {
        $transaction->publish('news', 'in multi');
        $transaction->echo('done');
    });
    Checks::equal('multi', [0, 'done'], $results);

    [$counts, $received] = receive('subscribe', 'news', ['hello', BYTES]);
    Checks::equal('publish', [1, 1], $counts);
    Checks::equal('message', [PREFIX . 'news', 'hello'], $received[0]);
    Checks::equal('message-binary', [PREFIX . 'news', BYTES], $received[1]);
    [$counts, $received] = receive('psubscribe', '[mn]ew*', [BYTES]);
    Checks::equal('publish-pattern', [1], $counts);
    Checks::equal('pmessage', [[PREFIX . 'news', BYTES]], $received);
});
