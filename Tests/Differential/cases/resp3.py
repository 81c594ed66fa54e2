# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""RESP3: pushes, any command while subscribed, and a client that hears itself."""

from __future__ import annotations

from normalisers import hash_order, hello, integers, numbers, pattern_order
from script import case, requests

SELF_PUBLISHING = [
    case("resp3/hears itself", "A SUBSCRIBE a\nA PUBLISH a x", protocol=3),
    case(
        "resp3/hears itself, pipelined",
        "A SUBSCRIBE a\nA PUBLISH a 1 | PUBLISH a 2 | PING | PUBLISH b 3 | PUBLISH a 4",
        protocol=3,
    ),
    case(
        "resp3/hears itself, subscribed in the same write",
        "A SUBSCRIBE a | PUBLISH a 1 | UNSUBSCRIBE a | PUBLISH a 2",
        protocol=3,
    ),
    case(
        "resp3/hears itself through patterns",
        "A SUBSCRIBE a\nA PSUBSCRIBE a* ?\nA PUBLISH a x\nA PUBLISH ab y",
        pattern_order,
        protocol=3,
    ),
    case("resp3/hears itself, sharded", "A SSUBSCRIBE a\nA SPUBLISH a x | PING", protocol=3),
    case(
        "resp3/hears itself in MULTI",
        "A SUBSCRIBE a\nA MULTI\nA PUBLISH a x\nA PING\nA PUBLISH a y\nA EXEC",
        protocol=3,
    ),
    case(
        "resp3/hears itself in MULTI, pipelined",
        "A SUBSCRIBE a\nA MULTI | PUBLISH a x | PING | PUBLISH a y | EXEC | PING",
        protocol=3,
    ),
    case(
        "resp3/hears itself in MULTI, sharded",
        "A SSUBSCRIBE a\nA MULTI | SPUBLISH a x | PING | EXEC",
        protocol=3,
    ),
    case(
        "resp3/subscribes and publishes in MULTI",
        "A MULTI | SUBSCRIBE a | PUBLISH a x | UNSUBSCRIBE a | PUBLISH a y | EXEC",
        protocol=3,
    ),
    case(
        "resp3/others publish while it is in MULTI",
        "A SUBSCRIBE a\nA MULTI\nB PUBLISH a x\nA PING\nB PUBLISH a y\nA EXEC",
        protocol=3,
    ),
    case(
        "resp3/hears itself with replies off",
        "A SUBSCRIBE a\nA CLIENT REPLY OFF | PUBLISH a x | CLIENT REPLY ON",
        protocol=3,
    ),
    case(
        "resp3/hears itself with a reply skipped",
        "A SUBSCRIBE a\nA CLIENT REPLY SKIP | PUBLISH a x | PING",
        protocol=3,
    ),
    case(
        "resp3/pushes with replies off",
        "A SUBSCRIBE a\nA CLIENT REPLY OFF\n"
        "* !until cmd=client|reply CLIENT LIST ID {id:A}\nB PUBLISH a x\nA CLIENT REPLY ON",
        protocol=3,
    ),
]

MIXED = [
    case(
        "resp3/mixed protocols",
        "A HELLO 3\nA SUBSCRIBE a\nB SUBSCRIBE a\nC PUBLISH a x\nA PUBLISH a y",
        hello,
    ),
    case(
        "resp3/protocol changed while subscribed",
        "A HELLO 3\nA SUBSCRIBE a\nB PUBLISH a 1\nA HELLO 2\nB PUBLISH a 2\nA PING\n"
        "A UNSUBSCRIBE a\n"
        "A HELLO 3\nA PING",
        hello,
    ),
    case("resp3/HELLO in MULTI", "A MULTI\nA HELLO 3\nA PING\nA EXEC\nA PING", hello),
    case("resp3/nulls", "A CLIENT GETNAME\nA UNSUBSCRIBE\nA PING", protocol=3),
    case(
        "resp3/commands while subscribed",
        "A SUBSCRIBE a\nA ECHO x\nA PING\nA PING y\nA CLIENT GETNAME\nA SELECT 1\n"
        "A PUBSUB NUMPAT\n"
        "A PUBSUB NUMSUB a\nA MULTI\nA PING\nA EXEC\nA SUBSCRIBE b\nA NOSUCH",
        protocol=3,
    ),
    case(
        "resp3/unsubscribes from all in one reply each",
        "A SUBSCRIBE a b\nA UNSUBSCRIBE\nA PING",
        hash_order,
        protocol=3,
    ),
]

SHAPES = [
    *requests("resp3/shape", "CONFIG GET maxclients\nCONFIG GET nosuch\nROLE\nDBSIZE", protocol=3),
    *requests("resp3/shape", "TIME\nLASTSAVE\nCLIENT ID", integers, numbers, protocol=3),
]

CASES = [*SELF_PUBLISHING, *MIXED, *SHAPES]
