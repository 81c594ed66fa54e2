# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What a client that has subscribed may still say: everything in RESP3, little in RESP2."""

from __future__ import annotations

from normalisers import hash_order, hello, integers
from resp import Value
from script import Case, case

REFUSED = """
    PUBLISH a x
    SPUBLISH a x
    PUBSUB NUMPAT
    PUBSUB CHANNELS
    PUBSUB HELP
    pubsub numsub a
    ECHO x
    echo x
    SELECT 1
    AUTH x
    HELLO
    HELLO 2
    HELLO 3
    HELLO x
    CLIENT GETNAME
    client setname x
    CLIENT REPLY ON
    CLIENT NOSUCH
    COMMAND
    COMMAND COUNT
    COMMAND INFO ping
    CONFIG GET port
    CONFIG RESETSTAT
    INFO
    TIME
    DBSIZE
    ROLE
    LASTSAVE
    MONITOR
    MULTI
    EXEC
    DISCARD
    WATCH a
    UNWATCH
    SLOWLOG LEN
    DEBUG SLEEP 0
    FLUSHALL
    LOLWUT
    WAIT 0 0
    CLUSTER INFO
    NOSUCH
    NOSUCH x
    Nosuch Y
    PUBLISH
    ECHO
    SUBSCRIBE
    PSUBSCRIBE
    PING
    PING x
    PING x y
    ping
    PING ""
    UNSUBSCRIBE nothing
    RESET
    RESET x
    reset
    QUIT
    quit
    QUIT x
"""
SUBSCRIPTIONS = {"SUBSCRIBE a": "channel", "PSUBSCRIBE a*": "pattern", "SSUBSCRIBE a": "shard"}


def _refusals() -> list[Case]:
    """Every command of the list on a client with each kind of subscription."""
    cases = []
    for subscription, kind in SUBSCRIPTIONS.items():
        for line in (item.strip() for item in REFUSED.splitlines() if item.strip()):
            name = f"subscriber_mode/{kind}: {line}"
            cases.append(case(name, f"A {subscription}\nA {line}\nA PING", hello, _own_numbers))
    return cases


def _own_numbers(values: list[Value]) -> list[Value]:
    """The only integers here that are the server's own are not in confirmations."""
    return [value if value.children else integers([value])[0] for value in values]


LEAVING = [
    case(
        "subscriber_mode/left by the last unsubscription",
        "A SUBSCRIBE a\nA PSUBSCRIBE b\nA ECHO x\nA UNSUBSCRIBE a\nA ECHO x\nA PUNSUBSCRIBE b\n"
        "A ECHO x\nA PING\nA PING y",
    ),
    case(
        "subscriber_mode/left by unsubscribing from all",
        "A SUBSCRIBE a b\nA UNSUBSCRIBE\nA ECHO x",
        hash_order,
    ),
    case("subscriber_mode/left by RESET", "A SUBSCRIBE a\nA RESET\nA ECHO x\nB PUBLISH a x"),
    case(
        "subscriber_mode/shard subscriptions keep it",
        "A SUBSCRIBE a\nA SSUBSCRIBE s\nA UNSUBSCRIBE\nA ECHO x\nA PING\nA SUNSUBSCRIBE\nA ECHO x",
    ),
    case("subscriber_mode/not entered by unsubscribing", "A UNSUBSCRIBE a\nA ECHO x\nA PING"),
    case(
        "subscriber_mode/pipelined refusal",
        "A SUBSCRIBE a | ECHO x | PING | UNSUBSCRIBE | ECHO y | PING",
    ),
    case("subscriber_mode/protocol error", 'A SUBSCRIBE a\nA !raw "*1\\r\\n!4\\r\\n"'),
    case("subscriber_mode/inline", 'A !raw "SUBSCRIBE a\\r\\n"\nA !raw "PING\\r\\nECHO x\\r\\n"'),
    case("subscriber_mode/inline ping with argument", 'A SUBSCRIBE a\nA !raw "ping hello\\r\\n"'),
    case(
        "subscriber_mode/HELLO 3 before subscribing",
        "A HELLO 3\nA SUBSCRIBE a\nA ECHO x\nA PING\nB PUBLISH a x",
        hello,
    ),
    case(
        "subscriber_mode/HELLO 2 while subscribed in RESP3",
        "A HELLO 3\nA SUBSCRIBE a\nA HELLO 2\nA ECHO x\nA PING\nB PUBLISH a x",
        hello,
    ),
    case(
        "subscriber_mode/RESET while subscribed in RESP3",
        "A HELLO 3\nA SUBSCRIBE a\nA RESET\nA PING\nB PUBLISH a x",
        hello,
    ),
]

CASES = [*_refusals(), *LEAVING]
