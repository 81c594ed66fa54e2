<?php
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What the checks of keys by either PHP client share.

const SCRIPT = "return {redis.call('HINCRBY', KEYS[1], ARGV[1], 3), ARGV[2]}";

/** Another process calls `push` with a connection of its own once a client waits in BLPOP. */
function whenBlocked(callable $connect, callable $clients, callable $push): int
{
    $child = pcntl_fork();
    if ($child === 0) {
        $client = $connect();
        $deadline = microtime(true) + DEADLINE_SECONDS;
        while (!in_array('blpop', array_column($clients($client), 'cmd'))
            && microtime(true) < $deadline) {
            usleep(1000);
        }
        $push($client);
        exit(0);
    }
    return $child;
}
