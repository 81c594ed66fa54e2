<?php
// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Prints one line for each check. A read that waits longer than this ends the run
// with a FAIL line; both libraries take it as their read timeout.
const DEADLINE_SECONDS = 20;

final class Checks
{
    private static int $failureCount = 0;
    private static string $lastCheck = 'the start';

    public static function equal(string $check, mixed $expected, mixed $got): void
    {
        self::$lastCheck = $check;
        if ($expected === $got) {
            echo "ok $check\n";
            return;
        }
        self::$failureCount++;
        printf("FAIL %s: expected %s got %s\n", $check, self::text($expected), self::text($got));
    }

    /** Runs the checks and ends the process: 0 only when all of them passed. */
    public static function run(callable $checks): never
    {
        ini_set('default_socket_timeout', (string) DEADLINE_SECONDS);
        try {
            $checks();
        } catch (Throwable $error) {
            self::equal('exception after ' . self::$lastCheck, 'none',
                get_class($error) . ': ' . $error->getMessage());
        }
        exit(self::$failureCount === 0 ? 0 : 1);
    }

    private static function text(mixed $value): string
    {
        return addcslashes(var_export($value, true), "\0..\37\177..\377");
    }
}
