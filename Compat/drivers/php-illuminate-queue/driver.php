<?php
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Laravel's queue, its limiters and its broadcasts; the argument names the Redis client below,
// "phpredis" or "predis".

require __DIR__ . '/queue.php';
require 'Illuminate/Broadcasting/autoload.php';

use Illuminate\Broadcasting\Broadcasters\RedisBroadcaster;
use Illuminate\Contracts\Redis\LimiterTimeoutException;
use Illuminate\Queue\Capsule\Manager;
use Illuminate\Queue\RedisQueue;
use Illuminate\Redis\Connections\Connection;

// What a script reads and writes by cjson; an object's members come back in any order.
const DATA = [
    'big' => 12345678901234,
    'list' => [1, 2.25, true, null, ['a' => '/']],
    'text' => "grüße\r\n\0 \"\\",
];

function sorted(array $data): array
{
    ksort($data);
    return $data;
}

function attempts(?object $job): ?int
{
    return $job?->attempts();
}

function checkQueue(RedisQueue $queue): void
{
    $id = $queue->push('EchoJob', DATA);
    Checks::equal('push', [32, 1], [strlen($id), $queue->size()]);
    $job = $queue->pop();
    // A job that is worked on still counts.
    Checks::equal('pop', [$id, 1, DATA, 1],
        [$job->getJobId(), $job->attempts(), $job->payload()['data'], $queue->size()]);
    $job->release();
    $job = $queue->pop();
    Checks::equal('release', [$id, 2, DATA],
        [$job->getJobId(), $job->attempts(), sorted($job->payload()['data'])]);
    $job->delete();
    Checks::equal('delete', [0, null], [$queue->size(), $queue->pop()]);

    $queue->bulk(['EchoJob', 'FailingJob', 'LastJob']);
    $names = array_map(fn () => $queue->pop()->payload()['job'], range(1, 3));
    Checks::equal('order', ['EchoJob', 'FailingJob', 'LastJob'], $names);
    $queue->later(3600, 'EchoJob', ['tomorrow']);
    Checks::equal('later', [null, 4], [$queue->pop(), $queue->size()]);
    // A script moves jobs that are due in pieces of a hundred.
    foreach (range(1, 250) as $number) {
        $queue->later(-1, 'EchoJob', [$number]);
    }
    $numbers = array_map(fn () => $queue->pop()?->payload()['data'][0], range(1, 250));
    sort($numbers);
    Checks::equal('migrate', range(1, 250), $numbers);
}

/** A job whose worker died comes back; clear() takes all of them. */
function checkAbandoned(RedisQueue $queue): void
{
    $cleared = $queue->clear('default');
    $queue->push('EchoJob');
    Checks::equal('retry-after', [1, 2, 3],
        [attempts($queue->pop()), attempts($queue->pop()), attempts($queue->pop())]);
    Checks::equal('clear', [254, 1, 0], [$cleared, $queue->clear('default'), $queue->size()]);
}

/** Another process pushes once this one waits. */
function checkBlocking(Manager $manager): void
{
    $child = pcntl_fork();
    if ($child === 0) {
        $redis = redisManager()->connection();
        $deadline = microtime(true) + DEADLINE_SECONDS;
        do {
            $clients = $redis->executeRaw(['CLIENT', 'LIST']);
        } while (!str_contains($clients, ' cmd=blpop ') && microtime(true) < $deadline);
        queues()->getConnection()->push('EchoJob', ['waited for']);
        exit(0);
    }
    $job = $manager->getConnection('blocking')->pop();
    pcntl_waitpid($child, $status);
    Checks::equal('block-for', ['waited for'], $job?->payload()['data']);
    $job->delete();
    $started = microtime(true);
    $job = $manager->getConnection('blocking briefly')->pop();
    Checks::equal('block-for-timeout', [null, true], [$job, microtime(true) - $started >= 0.99]);
}

function nextReport(Connection $redis): mixed
{
    $popped = $redis->blpop(REPORTS, DEADLINE_SECONDS);
    return $popped ? json_decode($popped[1], true) : null;
}

function checkWorker(RedisQueue $queue, Connection $redis): void
{
    $queue->push('EchoJob', DATA, 'work');
    $queue->push('FailingJob', ['failures' => 1], 'work');
    $worker = proc_open(['php', __DIR__ . '/worker.php', CLIENT, 'work', '5'],
        [1 => STDERR, 2 => STDERR], $pipes);
    [$kind, $attempts, $data] = nextReport($redis) ?? ['nothing', 0, []];
    Checks::equal('work', ['echo', 1, DATA], [$kind, $attempts, sorted($data)]);
    Checks::equal('work-retried', ['retried', 2], nextReport($redis));
    $queue->push('FailingJob', ['failures' => 9], 'work');
    Checks::equal('work-failed', ['failed', 'attempt 2'], nextReport($redis));
    Checks::equal('worker-ends', 0, proc_close($worker));
    Checks::equal('queue-empty', [0, []],
        [$queue->size('work'), $redis->keys('queues:work*')]);
}

function checkLimits(Connection $redis): void
{
    $allowed = fn () => $redis->throttle('api')->allow(2)->every(3600)->block(0)
        ->then(fn () => true, fn () => false);
    Checks::equal('throttle', [true, true, false], [$allowed(), $allowed(), $allowed()]);
    $funnel = fn (callable $inside) => $redis->funnel('door')->limit(1)->block(0)
        ->then($inside, fn (LimiterTimeoutException $error) => 'full');
    Checks::equal('funnel', ['full', 'in'],
        [$funnel(fn () => $funnel(fn () => 'in')), $funnel(fn () => 'in')]);
}

function checkBroadcast(): void
{
    $arguments = ['redis-cli', '-h', getenv('HOST'), '-p', getenv('PORT'), 'SUBSCRIBE', 'app.a',
        'app.b'];
    $subscriber = proc_open($arguments, [1 => ['pipe', 'w']], $pipes);
    $lines = fn (int $count) => array_map(fn () => rtrim(fgets($pipes[1])), range(1, $count));
    $lines(6);
    (new RedisBroadcaster(redisManager(), null, 'app.'))
        ->broadcast(['a', 'b', 'nobody'], 'Sent', ['text' => 'grüße', 'socket' => 's1']);
    $payload = json_encode(
        ['event' => 'Sent', 'data' => ['text' => 'grüße', 'socket' => 's1'], 'socket' => 's1']);
    Checks::equal('broadcast', ['message', 'app.a', $payload, 'message', 'app.b', $payload],
        $lines(6));
    proc_terminate($subscriber);
    proc_close($subscriber);
}

Checks::run(function () {
    $manager = queues();
    $redis = $manager->getContainer()['redis']->connection();
    checkQueue($manager->getConnection());
    checkAbandoned($manager->getConnection('impatient'));
    checkBlocking($manager);
    checkWorker($manager->getConnection(), $redis);
    checkLimits($redis);
    checkBroadcast();
});
