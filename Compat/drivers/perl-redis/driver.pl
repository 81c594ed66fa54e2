# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors

# Redis.pm and Redis::Fast, which have one interface; the argument names the module.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Checks;
use Keys;

my $module = shift @ARGV;
eval "require $module" or die $@;

my $binary = "\x00\r\n\xff*1\r\n";
my $prefix = "martlet:perl:$$";
my ($news, $pattern) = ("$prefix:news", "$prefix:*");

sub connection {
    return $module->new(server => "$ENV{HOST}:$ENV{PORT}", encoding => undef, @_);
}

sub check_commands {
    my ($redis) = @_;
    equal('getname', $prefix, scalar $redis->client_getname);
    equal('ping', 'PONG', scalar $redis->ping);
    equal('echo', $binary, scalar $redis->echo($binary));
    equal('info', '7', substr($redis->info('server')->{redis_version}, 0, 1));
    my $unknown = eval { $redis->nosuch('a'); 'no error' } // $@;
    equal('unknown-command', "ERR unknown command 'NOSUCH'",
        $unknown =~ /(ERR unknown command '\w+')/ ? $1 : $unknown);
    my @pipelined;
    $redis->echo($_, sub { push @pipelined, $_[0] }) for qw(one two);
    $redis->wait_all_responses;
    equal('pipeline', [qw(one two)], \@pipelined);
    $redis->multi;
    $redis->publish($news, 'in multi');
    $redis->echo('done');
    equal('multi', [0, 'done'], [$redis->exec]);
}

sub check_pubsub {
    my ($subscriber, $publisher) = @_;
    my (@messages, @pattern_messages);
    my $on_message = sub { push @messages, [@_] };
    my $on_pattern_message = sub { push @pattern_messages, [@_] };

    # subscribe() returns once the confirmation is here.
    $subscriber->subscribe($news, $on_message);
    equal('subscribe', 1, $subscriber->is_subscriber);
    $subscriber->psubscribe($pattern, $on_pattern_message);
    equal('psubscribe', 2, $subscriber->is_subscriber);
    equal('numsub', [$news, 1], [$publisher->pubsub('numsub', $news)]);
    equal('channels', [$news], [$publisher->pubsub('channels', $pattern)]);

    equal('publish', 2, scalar $publisher->publish($news, 'hello'));
    equal('publish-binary', 2, scalar $publisher->publish($news, $binary));
    while (@messages < 2 || @pattern_messages < 2) {
        $subscriber->wait_for_messages(0.1);
    }
    equal('message', ['hello', $news, $news], $messages[0]);
    equal('message-binary', [[$binary, $news, $news]], [@messages[1 .. $#messages]]);
    equal('pmessage', ['hello', $news, $pattern], $pattern_messages[0]);
    equal('pmessage-binary', [[$binary, $news, $pattern]],
        [@pattern_messages[1 .. $#pattern_messages]]);

    $subscriber->unsubscribe($news, $on_message);
    equal('unsubscribe', 1, $subscriber->is_subscriber);
    equal('publish-after-unsubscribe', 1, scalar $publisher->publish($news, 'x'));
    $subscriber->wait_for_messages(0.1) while @pattern_messages < 3;
    equal('pmessage-after-unsubscribe', ['x', $news, $pattern], $pattern_messages[2]);
    $subscriber->punsubscribe($pattern, $on_pattern_message);
    equal('punsubscribe', 0, $subscriber->is_subscriber);
    equal('publish-after-punsubscribe', 0, scalar $publisher->publish($news, 'x'));
    equal('commands-again', 'x', scalar $subscriber->echo('x'));
}

run_checks(20, sub {
    my $publisher = connection(name => $prefix);
    my $subscriber = connection();
    equal('connect', 'PONG', scalar $subscriber->ping);
    check_commands($publisher);
    check_pubsub($subscriber, $publisher);
    check_keys($publisher, $subscriber, \&connection, $prefix);
    my $local = $module->new(sock => $ENV{UNIX_SOCKET});
    equal('unix-socket', 'PONG', scalar $local->ping);
    equal('quit', 1, $publisher->quit ? 1 : 0);
    equal('closed', 0, $publisher->ping ? 1 : 0);
});
