# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors

# A waiting reader, hashes, sorted sets, streams in groups, WATCH and scripts.
package Keys;

use strict;
use warnings;
use Checks;
use Exporter 'import';
our @EXPORT = qw(check_keys);

my $script = "return {redis.call('HINCRBY', KEYS[1], ARGV[1], 3), ARGV[2]}";

# Another process pushes once this one waits.
sub check_blocking {
    my ($redis, $connect, $queue) = @_;
    my $child = fork() // die $!;
    if ($child == 0) {
        my $other = $connect->();
        1 until scalar($other->client_list) =~ / cmd=blpop /;
        $other->rpush($queue, "job\r\n");
        POSIX::_exit(0);
    }
    equal('blpop', [$queue, "job\r\n"], [$redis->blpop("$queue:none", $queue, 15)]);
    waitpid $child, 0;
    equal('blpop-timeout', undef, scalar $redis->brpop($queue, 0.01));
}

sub check_stream {
    my ($redis, $stream) = @_;
    $redis->xgroup('CREATE', $stream, 'group', '$', 'MKSTREAM');
    $redis->xadd($stream, '1-1', 'f', 'v');
    my @read = $redis->xreadgroup(qw(GROUP group one COUNT 9 BLOCK 10 STREAMS), $stream, '>');
    my @pending = $redis->xpending($stream, 'group');
    equal('stream-group',
        [[[$stream, [['1-1', ['f', 'v']]]]], [1, '1-1', '1-1', [['one', 1]]], 1],
        [\@read, \@pending, scalar $redis->xack($stream, 'group', '1-1')]);
}

sub check_watch {
    my ($redis, $other, $key) = @_;
    my $attempt = sub {
        my ($between) = @_;
        $redis->watch($key);
        $between->();
        $redis->multi;
        $redis->incr($key);
        $redis->incr($key);
        return scalar $redis->exec;
    };
    equal('watch', [undef, [6, 7]],
        [$attempt->(sub { $other->set($key, 5) }), $attempt->(sub { })]);
}

sub check_keys {
    my ($redis, $other, $connect, $prefix) = @_;
    my ($hash, $ranks) = ("$prefix:hash", "$prefix:ranks");
    check_blocking($redis, $connect, "$prefix:queue");
    $redis->hset($hash, 'a', 1, 'b', "two\r\n");
    my %values = $redis->hgetall($hash);
    equal('hash', [1, "two\r\n", 1.5],
        [@values{qw(a b)}, scalar $redis->hincrbyfloat($hash, 'a', 0.5)]);
    equal('zset', [3, ['c', 3.25, 'b', 2], ['a', '-inf'], 1],
        [scalar $redis->zadd($ranks, '-inf', 'a', 2, 'b', 3.25, 'c'),
            [$redis->zrevrange($ranks, 0, 1, 'WITHSCORES')], [$redis->zpopmin($ranks)],
            scalar $redis->zrank($ranks, 'c')]);
    check_stream($redis, "$prefix:stream");
    check_watch($redis, $other, "$prefix:watched");
    $redis->del($hash);
    equal('eval', [3, "a\r\n"], [$redis->eval($script, 1, $hash, 'n', "a\r\n")]);
    my $digest = $redis->script_load($script);
    equal('evalsha', [6, 'b'], [$redis->evalsha($digest, 1, $hash, 'n', 'b')]);
}

1;
