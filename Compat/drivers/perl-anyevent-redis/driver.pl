# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors

# AnyEvent::Redis: condition variables for replies, callbacks for messages.

use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl-redis";
use AnyEvent;
use AnyEvent::Redis;
use Checks;

my $binary = "\x00\r\n\xff*1\r\n";
my $prefix = "martlet:anyevent:$$";
my ($news, $pattern) = ("$prefix:news", "$prefix:*");
my ($publisher, $subscriber) = map {
    AnyEvent::Redis->new(host => $ENV{HOST}, port => $ENV{PORT})
} 1 .. 2;

sub check_commands {
    equal('connect', 'PONG', $publisher->ping->recv);
    equal('setname', 'OK', $publisher->client('setname', $prefix)->recv);
    equal('getname', $prefix, $publisher->client('getname')->recv);
    equal('echo', $binary, $publisher->echo($binary)->recv);
    equal('info', '7', substr($publisher->info('server')->recv->{redis_version}, 0, 1));
    my $unknown = eval { $publisher->nosuch('a')->recv } // $@;
    equal('unknown-command', "ERR unknown command 'NOSUCH'",
        $unknown =~ /(ERR unknown command '\w+')/ ? $1 : $unknown);
    my @pipelined = map { $publisher->echo($_) } qw(one two);
    equal('pipeline', [qw(one two)], [map { $_->recv } @pipelined]);
    $publisher->multi->recv;
    my @queued = ($publisher->publish($news, 'in multi'), $publisher->echo('done'));
    equal('multi', [0, 'done'], $publisher->exec->recv);
    equal('multi-each', [0, 'done'], [map { $_->recv } @queued]);
}

# The library hides the confirmation of a subscription: the publisher repeats what it
# publishes until somebody receives it.
sub first_publish {
    my ($payload) = @_;
    my $count;
    do { $count = $publisher->publish($news, $payload)->recv } until $count;
    return $count;
}

sub check_pubsub {
    my $received = AE::cv;
    my @messages;
    my $unsubscribed = $subscriber->subscribe($news, sub {
        push @messages, [@_];
        $received->send if @messages == 2;
    });
    equal('publish', 1, first_publish('hello'));
    equal('numsub', [$news, 1], $publisher->pubsub('numsub', $news)->recv);
    equal('publish-binary', 1, $publisher->publish($news, $binary)->recv);
    $received->recv;
    equal('message', ['hello', $news], $messages[0]);
    equal('message-binary', [$binary, $news], $messages[1]);
    $subscriber->unsubscribe($news);
    $unsubscribed->recv;
    equal('unsubscribe', [$news, 0], $publisher->pubsub('numsub', $news)->recv);
    equal('publish-after-unsubscribe', 0, $publisher->publish($news, 'x')->recv);
}

sub check_patterns {
    my $received = AE::cv;
    my $unsubscribed = $subscriber->psubscribe($pattern, sub { $received->send(@_) });
    equal('publish-pattern', 1, first_publish($binary));
    equal('pmessage', [$binary, $news, $pattern], [$received->recv]);
    $subscriber->punsubscribe($pattern);
    $unsubscribed->recv;
    equal('publish-after-punsubscribe', 0, $publisher->publish($news, 'x')->recv);
    equal('commands-again', 'x', $subscriber->echo('x')->recv);
}

run_checks(20, sub {
    check_commands();
    check_pubsub();
    check_patterns();
    my $local = AnyEvent::Redis->new(host => 'unix/', port => $ENV{UNIX_SOCKET});
    equal('unix-socket', 'PONG', $local->ping->recv);
    equal('quit', 'OK', $publisher->quit->recv);
});
