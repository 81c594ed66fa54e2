<?php
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Predis: a pub/sub loop on one connection, a publisher on another.

require __DIR__ . '/../php-phpredis/checks.php';
require __DIR__ . '/keys.php';
require 'Predis/autoload.php';

const BYTES = "\x00\r\n\xff*1\r\n";
define('PREFIX', 'martlet:predis:' . getmypid());
const NEWS = PREFIX . ':news';
const PATTERN = PREFIX . ':*';

function connection(): Predis\Client
{
    return new Predis\Client([
        'host' => getenv('HOST'), 'port' => (int) getenv('PORT'),
        'timeout' => DEADLINE_SECONDS, 'read_write_timeout' => DEADLINE_SECONDS,
    ]);
}

function checkCommands(Predis\Client $client): void
{
    Checks::equal('setname', 'OK', (string) $client->client('SETNAME', PREFIX));
    Checks::equal('getname', PREFIX, $client->client('GETNAME'));
    Checks::equal('ping', 'PONG', (string) $client->ping());
    Checks::equal('ping-argument', 'hello', $client->ping('hello'));
    Checks::equal('echo', BYTES, $client->echo(BYTES));
    Checks::equal('info', '7', $client->info('server')['Server']['redis_version'][0]);
    Checks::equal('pipeline', ['one', 'two'],
        $client->pipeline(fn ($pipeline) => $pipeline->echo('one')->echo('two')));
    try {
        $client->executeRaw(['nosuch', 'a'], $isError);
        Checks::equal('unknown-command', true, $isError);
    } catch (Predis\Response\ServerException $error) {
        Checks::equal('unknown-command', 'an error reply', $error->getMessage());
    }
}

function checkPubSub(Predis\PubSub\Consumer $loop, Predis\Client $publisher): void
{
    // `current` reads the next reply.
    $loop->subscribe(NEWS);
    Checks::equal('subscribe', ['subscribe', NEWS, 1], array_values((array) $loop->current()));
    $loop->psubscribe(PATTERN);
    Checks::equal('psubscribe', ['psubscribe', PATTERN, 2],
        array_values((array) $loop->current()));
    Checks::equal('numsub', [NEWS => 1], $publisher->pubsub('numsub', NEWS));
    Checks::equal('channels', [NEWS], $publisher->pubsub('channels', PATTERN));
    foreach (['' => 'hello', '-binary' => BYTES] as $suffix => $payload) {
        Checks::equal("publish$suffix", 2, $publisher->publish(NEWS, $payload));
        Checks::equal("message$suffix", ['message', NEWS, $payload],
            array_values((array) $loop->current()));
        Checks::equal("pmessage$suffix", ['pmessage', PATTERN, NEWS, $payload],
            array_values((array) $loop->current()));
    }
    $loop->ping('still here');
    Checks::equal('subscribed-ping', ['pong', 'still here'],
        array_values((array) $loop->current()));
    $results = $publisher->transaction(function ($transaction) {
        $transaction->publish(PREFIX . ':exec', 'in multi');
        $transaction->echo('done');
    });
    Checks::equal('multi', [1, 'done'], $results);
    Checks::equal('pmessage-multi', ['pmessage', PATTERN, PREFIX . ':exec', 'in multi'],
        array_values((array) $loop->current()));
    $loop->unsubscribe(NEWS);
    Checks::equal('unsubscribe', ['unsubscribe', NEWS, 1],
        array_values((array) $loop->current()));
    $loop->punsubscribe(PATTERN);
    Checks::equal('punsubscribe', ['punsubscribe', PATTERN, 0],
        array_values((array) $loop->current()));
    Checks::equal('publish-after-unsubscribe', 0, $publisher->publish(NEWS, 'x'));
}

Checks::run(function () {
    $subscriber = connection();
    $publisher = connection();
    $subscriber->connect();
    Checks::equal('connect', true, $subscriber->isConnected());
    checkCommands($publisher);
    checkPubSub($subscriber->pubSubLoop(), $publisher);
    Checks::equal('commands-again', 'x', $subscriber->echo('x'));
    checkKeys($publisher, $subscriber, PREFIX);
    $local = new Predis\Client(['scheme' => 'unix', 'path' => getenv('UNIX_SOCKET')]);
    Checks::equal('unix-socket', 'PONG', (string) $local->ping());
    $publisher->disconnect();
    Checks::equal('close', false, $publisher->isConnected());
});
