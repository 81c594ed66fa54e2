<?php
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Symfony Messenger on a stream with a consumer group; what is delayed waits in a sorted set.

require __DIR__ . '/../php-phpredis/checks.php';
require 'Symfony/Component/EventDispatcher/autoload.php';
require 'Symfony/Component/Messenger/autoload.php';
require 'Symfony/Component/Messenger/Bridge/Redis/autoload.php';

use Psr\Container\ContainerInterface;
use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\Messenger\Bridge\Redis\Transport\Connection;
use Symfony\Component\Messenger\Bridge\Redis\Transport\RedisTransport;
use Symfony\Component\Messenger\Envelope;
use Symfony\Component\Messenger\Event\WorkerMessageFailedEvent;
use Symfony\Component\Messenger\EventListener\SendFailedMessageForRetryListener;
use Symfony\Component\Messenger\EventListener\StopWorkerOnMessageLimitListener;
use Symfony\Component\Messenger\Handler\HandlersLocator;
use Symfony\Component\Messenger\MessageBus;
use Symfony\Component\Messenger\Middleware\HandleMessageMiddleware;
use Symfony\Component\Messenger\Retry\MultiplierRetryStrategy;
use Symfony\Component\Messenger\Stamp\DelayStamp;
use Symfony\Component\Messenger\Worker;

final class Note
{
    public function __construct(public string $text)
    {
    }
}

final class Single implements ContainerInterface
{
    public function __construct(private object $value)
    {
    }

    public function get(string $id)
    {
        return $this->value;
    }

    public function has(string $id): bool
    {
        return true;
    }
}

function transport(string $stream, string $consumer, array $options = []): RedisTransport
{
    $dsn = sprintf('redis://%s:%s/%s/group/%s', getenv('HOST'), getenv('PORT'), $stream, $consumer);
    $options += ['delete_after_ack' => true, 'delete_after_reject' => true];
    return new RedisTransport(Connection::fromDsn($dsn, $options));
}

function send(RedisTransport $transport, string $text, int $delayMilliseconds = 0): void
{
    $stamps = $delayMilliseconds ? [new DelayStamp($delayMilliseconds)] : [];
    $transport->send(new Envelope(new Note($text), $stamps));
}

function receive(RedisTransport $transport): ?Envelope
{
    foreach ($transport->get() as $envelope) {
        return $envelope;
    }
    return null;
}

function text(?Envelope $envelope): ?string
{
    return $envelope?->getMessage()->text;
}

/** Entries in the stream, unacknowledged ones in the group, delayed ones. */
function state(Redis $redis, string $stream): array
{
    $pending = $redis->xPending($stream, 'group');
    return [$redis->xLen($stream), $pending[0], $redis->zCard("{$stream}__queue")];
}

function checkDelivery(Redis $redis): void
{
    $transport = transport('notes', 'first');
    $texts = ["grüße\r\n\0\"", str_repeat('0123456789', 100_000)];
    send($transport, $texts[0]);
    send($transport, $texts[1]);
    Checks::equal('send', [2, 0, 0], state($redis, 'notes'));
    $received = receive($transport);
    Checks::equal('receive', [$texts[0], 1],
        [text($received), $redis->xPending('notes', 'group')[0]]);
    $other = receive($transport);
    Checks::equal('not-twice', [true, null],
        [text($other) === $texts[1], receive($transport)]);
    $transport->ack($received);
    Checks::equal('acknowledge', [1, 1, 0], state($redis, 'notes'));
    $transport->reject($other);
    Checks::equal('reject', [0, 0, 0], state($redis, 'notes'));

    send($transport, 'tomorrow', 86_400_000);
    send($transport, 'soon', 50);
    Checks::equal('delay', [0, 0, 2], state($redis, 'notes'));
    $deadline = microtime(true) + DEADLINE_SECONDS;
    do {
        $received = receive($transport);
    } while ($received === null && microtime(true) < $deadline);
    Checks::equal('delay-over', ['soon', [1, 1, 1]], [text($received), state($redis, 'notes')]);
}

/** Two consumers share a stream; one dies, and its message is taken over. */
function checkConsumers(Redis $redis): void
{
    $one = transport('shared', 'one');
    foreach (['a', 'b', 'c'] as $text) {
        send($one, $text);
    }
    $two = transport('shared', 'two');
    $received = [receive($one), receive($two), receive($two)];
    Checks::equal('shared', ['a', 'b', 'c'], array_map('text', $received));
    $two->ack($received[1]);
    $two->ack($received[2]);
    // A consumer that starts again is given what it had not acknowledged.
    Checks::equal('own-pending', 'a', text(receive(transport('shared', 'one'))));
    unset($one);
    $three = transport('shared', 'three', ['redeliver_timeout' => 0, 'claim_interval' => 0]);
    $claimed = receive($three);
    Checks::equal('claim', ['a', 'three'],
        [text($claimed), $redis->xPending('shared', 'group', '-', '+', 9)[0][1]]);
    $three->ack($claimed);
    Checks::equal('claimed-once', [[0, 0, 0], null],
        [state($redis, 'shared'), receive($three)]);

    $trimmed = transport('trimmed', 'one', ['stream_max_entries' => 100]);
    foreach (range(1, 1000) as $number) {
        send($trimmed, "$number");
    }
    Checks::equal('trim', true, $redis->xLen('trimmed') < 300 && $redis->xLen('trimmed') >= 100);
}

/** The worker with its retries: the handler of "flaky" fails twice, that of "hopeless" always. */
function checkWorker(Redis $redis): void
{
    $transport = transport('work', 'worker');
    foreach (['plain', 'flaky', 'hopeless'] as $text) {
        send($transport, $text);
    }
    $handled = [];
    $attempts = ['plain' => 0, 'flaky' => 0, 'hopeless' => 0];
    $handler = function (Note $note) use (&$handled, &$attempts) {
        $attempts[$note->text]++;
        if ($note->text === 'hopeless' || $note->text === 'flaky' && $attempts['flaky'] < 3) {
            throw new RuntimeException($note->text);
        }
        $handled[] = $note->text;
    };
    $bus = new MessageBus([
        new HandleMessageMiddleware(new HandlersLocator([Note::class => [$handler]]))]);
    $events = new EventDispatcher();
    $givenUp = [];
    $strategy = new MultiplierRetryStrategy(3, 5);
    $events->addSubscriber(
        new SendFailedMessageForRetryListener(new Single($transport), new Single($strategy)));
    $events->addListener(WorkerMessageFailedEvent::class,
        function (WorkerMessageFailedEvent $event) use (&$givenUp) {
            if (!$event->willRetry()) {
                $givenUp[] = text($event->getEnvelope());
            }
        });
    // One attempt for "plain", three for "flaky", four for "hopeless".
    $events->addSubscriber(new StopWorkerOnMessageLimitListener(8));
    (new Worker(['work' => $transport], $bus, $events))->run(['sleep' => 1000]);
    Checks::equal('work', 'plain', $handled[0]);
    Checks::equal('work-retried', [['plain', 'flaky'], 3], [$handled, $attempts['flaky']]);
    Checks::equal('work-given-up', [['hopeless'], 4], [$givenUp, $attempts['hopeless']]);
    Checks::equal('nothing-left', [0, 0, 0], state($redis, 'work'));
    Connection::fromDsn(sprintf('redis://%s:%s/notes', getenv('HOST'), getenv('PORT')),
        ['delete_after_ack' => true])->cleanup();
    Checks::equal('cleanup', 0, $redis->exists('notes', 'notes__queue'));
}

Checks::run(function () {
    $redis = new Redis();
    $redis->connect(getenv('HOST'), (int) getenv('PORT'));
    checkDelivery($redis);
    checkConsumers($redis);
    checkWorker($redis);
});
