<?php
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/**
 * Publishes from a child process, for clients whose subscribe() blocks and hides the
 * confirmation: the first payload is repeated until somebody receives it. The answer
 * waits for the child and returns the receiver counts, one for each payload.
 */
function publishFromChild(callable $connect, string $channel, array $payloads): callable
{
    [$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $child = pcntl_fork();
    if ($child === 0) {
        $client = $connect();
        $deadline = microtime(true) + DEADLINE_SECONDS;
        do {
            $counts = [$client->publish($channel, $payloads[0])];
        } while ($counts === [0] && microtime(true) < $deadline);
        foreach (array_slice($payloads, 1) as $payload) {
            $counts[] = $client->publish($channel, $payload);
        }
        fwrite($theirs, json_encode($counts));
        exit(0);
    }
    fclose($theirs);
    return function () use ($ours, $child) {
        $counts = json_decode(stream_get_contents($ours));
        pcntl_waitpid($child, $status);
        return $counts;
    };
}
