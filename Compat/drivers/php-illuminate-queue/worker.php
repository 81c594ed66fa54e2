<?php
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Laravel's worker, as `artisan queue:work` runs it; the arguments are the client, the queue and
// the number of attempts after which it ends.

require __DIR__ . '/queue.php';

use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Queue\Worker;
use Illuminate\Queue\WorkerOptions;

$handler = new class implements ExceptionHandler {
    public function report(Throwable $e)
    {
        fwrite(STDERR, get_class($e) . ': ' . $e->getMessage() . "\n");
    }

    public function shouldReport(Throwable $e)
    {
        return false;
    }

    public function render($request, Throwable $e)
    {
    }

    public function renderForConsole($output, Throwable $e)
    {
    }
};

$manager = queues();
$worker = new Worker($manager->getQueueManager(), $manager->getContainer()['events'], $handler,
    fn () => false);
$options = new WorkerOptions(sleep: 0.01, maxTries: 2, maxJobs: (int) $argv[3]);
exit($worker->daemon('default', $argv[2], $options));
