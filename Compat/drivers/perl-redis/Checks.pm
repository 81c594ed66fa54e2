# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors

# Prints one line for each check and ends a run that hangs.
package Checks;

use strict;
use warnings;
use Data::Dumper;
use Exporter 'import';
use POSIX qw(SIGALRM _exit sigaction);
our @EXPORT = qw(equal run_checks);

my $failure_count = 0;
my $last_check = 'the start';

# Numbers and strings are one type in Perl, so values are compared as they print.
sub text {
    my ($value) = @_;
    return 'undef' unless defined $value;
    return '[' . join(', ', map { text($_) } @$value) . ']' if ref $value eq 'ARRAY';
    local $Data::Dumper::Useqq = 1;
    local $Data::Dumper::Terse = 1;
    local $Data::Dumper::Indent = 0;
    return Dumper("$value");
}

sub equal {
    my ($check, $expected, $got) = @_;
    $last_check = $check;
    ($expected, $got) = (text($expected), text($got));
    return print "ok $check\n" if $expected eq $got;
    $failure_count++;
    print "FAIL $check: expected $expected got $got\n";
}

# Runs the checks and ends the process: 0 only when all of them passed.
sub run_checks {
    my ($seconds, $checks) = @_;
    $| = 1;
    # Perl's own handlers wait for a system call inside a library to end; this does not.
    sigaction(SIGALRM, POSIX::SigAction->new(sub {
        print "FAIL deadline: expected an end, got a hang after $last_check\n";
        _exit(1);
    }));
    alarm $seconds;
    my $finished = eval { $checks->(); 1 };
    if (!$finished) {
        print "FAIL exception: expected none, got $@ after $last_check\n";
        exit 1;
    }
    exit($failure_count ? 1 : 0);
}

1;
