<?php
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What the driver and the worker that it starts share: the connections and the jobs.

require __DIR__ . '/../php-phpredis/checks.php';
require 'Illuminate/Redis/autoload.php';
require 'Illuminate/Events/autoload.php';
require 'Illuminate/Queue/autoload.php';

use Illuminate\Container\Container;
use Illuminate\Contracts\Events\Dispatcher as DispatcherContract;
use Illuminate\Contracts\Queue\Job;
use Illuminate\Events\Dispatcher;
use Illuminate\Queue\Capsule\Manager;
use Illuminate\Redis\Connections\Connection;
use Illuminate\Redis\RedisManager;

define('CLIENT', $argv[1]);
const REPORTS = 'reports';

function redisManager(): RedisManager
{
    return new RedisManager(null, CLIENT, [
        'options' => ['prefix' => 'laravel:'],
        'default' => [
            'host' => getenv('HOST'), 'port' => (int) getenv('PORT'), 'database' => 2,
            'read_timeout' => DEADLINE_SECONDS, 'read_write_timeout' => DEADLINE_SECONDS,
        ],
    ]);
}

/** Connections of different patience, each with a queue of the name that is given. */
function queues(): Manager
{
    $container = new Container();
    // The jobs ask for it.
    $container->instance(Container::class, $container);
    $container['redis'] = redisManager();
    $events = new Dispatcher($container);
    $container->instance('events', $events);
    $container->instance(DispatcherContract::class, $events);
    $manager = new Manager($container);
    $common = ['driver' => 'redis', 'connection' => 'default', 'queue' => 'default'];
    $manager->addConnection($common + ['retry_after' => 60]);
    $manager->addConnection($common + ['retry_after' => 0], 'impatient');
    $manager->addConnection($common + ['retry_after' => 60, 'block_for' => 10], 'blocking');
    $manager->addConnection($common + ['retry_after' => 60, 'block_for' => 1], 'blocking briefly');
    return $manager;
}

function report(Connection $redis, mixed ...$values): void
{
    $redis->rpush(REPORTS, json_encode($values));
}

final class EchoJob
{
    public function __construct(private Container $container)
    {
    }

    public function fire(Job $job, array $data): void
    {
        report($this->container['redis']->connection(), 'echo', $job->attempts(), $data);
        $job->delete();
    }
}

/** Fails as often as its data says. */
final class FailingJob
{
    public function __construct(private Container $container)
    {
    }

    public function fire(Job $job, array $data): void
    {
        if ($job->attempts() <= $data['failures']) {
            throw new RuntimeException('attempt ' . $job->attempts());
        }
        report($this->container['redis']->connection(), 'retried', $job->attempts());
        $job->delete();
    }

    public function failed(array $data, Throwable $error): void
    {
        report($this->container['redis']->connection(), 'failed', $error->getMessage());
    }
}
