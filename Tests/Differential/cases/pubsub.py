# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""SUBSCRIBE, PUBLISH and PUBSUB: counts, order, duplicates and absences."""

from __future__ import annotations

from normalisers import hash_order, multiset, pattern_order
from script import both, case, requests

SUBSCRIBING = [
    case("pubsub/one channel", "A SUBSCRIBE news\nB PUBLISH news hello"),
    case("pubsub/several channels", "A SUBSCRIBE a b c\nB PUBLISH b x\nB PUBLISH d x"),
    case("pubsub/the same channel twice", "A SUBSCRIBE a a\nA SUBSCRIBE a\nB PUBLISH a x"),
    case("pubsub/the same pattern twice", "A PSUBSCRIBE a* a*\nA PSUBSCRIBE a*\nB PUBLISH a x"),
    case("pubsub/nobody", "A PUBLISH nobody x"),
    case(
        "pubsub/channel and patterns",
        """
        A SUBSCRIBE abc
        A PSUBSCRIBE a* *c
        B PUBLISH abc x
        B PUBLISH a y
        A PUNSUBSCRIBE a*
        B PUBLISH abc z
        A UNSUBSCRIBE abc
        B PUBLISH abc w
        """,
        pattern_order,
    ),
    case(
        "pubsub/unsubscribe in order",
        "A SUBSCRIBE a b c d\nA UNSUBSCRIBE c a\nA UNSUBSCRIBE d\nA UNSUBSCRIBE b\nA PING",
    ),
    case(
        "pubsub/unsubscribe absent", "A SUBSCRIBE a\nA UNSUBSCRIBE x y\nA UNSUBSCRIBE a a\nA PING"
    ),
    case("pubsub/punsubscribe absent", "A PSUBSCRIBE a\nA PUNSUBSCRIBE x y\nA PUNSUBSCRIBE a a"),
    case("pubsub/unsubscribe without any", "A UNSUBSCRIBE\nA PUNSUBSCRIBE\nA SUNSUBSCRIBE\nA PING"),
    case("pubsub/unsubscribe named without any", "A UNSUBSCRIBE a b\nA PUNSUBSCRIBE a*\nA PING"),
    case("pubsub/sunsubscribe named without any", "A SUNSUBSCRIBE a b\nA PING"),
    case(
        "pubsub/unsubscribe from all",
        "A SUBSCRIBE a b c\nA PSUBSCRIBE x* y*\nA UNSUBSCRIBE\nA PUNSUBSCRIBE\nA PING",
        hash_order,
    ),
    case(
        "pubsub/counts of channels and patterns together",
        "A SUBSCRIBE a\nA PSUBSCRIBE a\nA SUBSCRIBE b\nA SSUBSCRIBE s\nA UNSUBSCRIBE a\n"
        "A PUNSUBSCRIBE a\nA UNSUBSCRIBE b\nA SUNSUBSCRIBE s\nA PING",
    ),
    case(
        "pubsub/unsubscribe keeps patterns",
        "A SUBSCRIBE a\nA PSUBSCRIBE a\nA UNSUBSCRIBE\nB PUBLISH a x\nA PUNSUBSCRIBE\n"
        "B PUBLISH a x",
    ),
    case(
        "pubsub/count of receivers",
        "A SUBSCRIBE a\nB SUBSCRIBE a\nB PSUBSCRIBE a* *\nC PUBLISH a x\nC PUBLISH b x\n"
        "C PUBLISH c x\nA UNSUBSCRIBE\nC PUBLISH a y",
        pattern_order,
    ),
    case("pubsub/empty names", 'A SUBSCRIBE ""\nA PSUBSCRIBE ""\nB PUBLISH "" ""\nB PUBLISH a ""'),
    case(
        "pubsub/binary names",
        'A SUBSCRIBE "\\x00\\r\\n\\xff"\nB PUBLISH "\\x00\\r\\n\\xff" "\\r\\n*3\\r\\n\\x00"',
    ),
    case("pubsub/case of names", "A SUBSCRIBE News\nB PUBLISH news x\nB PUBLISH News y"),
    case("pubsub/lower-case commands", "A subscribe a\nB publish a x\nA unsubscribe a"),
    case("pubsub/mixed case", "A SubScribe a\nA pSubscribe b*\nB PuBlish a x\nA UnSubscribe a"),
    case(
        "pubsub/pipelined", "A SUBSCRIBE a | SUBSCRIBE b | PSUBSCRIBE c* | UNSUBSCRIBE a | PING x"
    ),
    case(
        "pubsub/pipelined publishes", "A SUBSCRIBE a b\nB PUBLISH a 1 | PUBLISH b 2 | PUBLISH a 3"
    ),
    case("pubsub/spans databases", "A SELECT 3\nA SUBSCRIBE a\nB SELECT 5\nB PUBLISH a x"),
    case(
        "pubsub/close ends subscriptions",
        "A SUBSCRIBE a\nB PUBLISH a 1\nA !close\n* !until :0 PUBLISH a 0\nB PUBLISH a 2\n"
        "B PUBSUB NUMSUB a",
    ),
    case(
        "pubsub/reset ends subscriptions",
        "A SUBSCRIBE a\nA PSUBSCRIBE *\nA SSUBSCRIBE s\nA RESET\nB PUBLISH a x\nB PUBSUB NUMPAT\n"
        "B SPUBLISH s x\nA PING",
    ),
    case("pubsub/quit ends subscriptions", "A SUBSCRIBE a\nA QUIT\nB PUBLISH a x"),
]

SHARDED = [
    case(
        "pubsub/sharded",
        "A SSUBSCRIBE a b\nB SPUBLISH a x\nB PUBLISH a y\nA SUNSUBSCRIBE a\n"
        "B SPUBLISH a z\nA SUNSUBSCRIBE b\nA PING",
    ),
    case("pubsub/sharded from all", "A SSUBSCRIBE a b c\nA SUNSUBSCRIBE\nA PING", hash_order),
    case(
        "pubsub/sharded count is its own",
        "A SUBSCRIBE a\nA SSUBSCRIBE a b\nA PSUBSCRIBE c\n"
        "A UNSUBSCRIBE a\nA SUNSUBSCRIBE a\nB SPUBLISH b x\nB PUBLISH a x",
    ),
    case("pubsub/sharded and patterns", "A PSUBSCRIBE *\nB SPUBLISH a x"),
    case("pubsub/sharded twice", "A SSUBSCRIBE a a\nA SUNSUBSCRIBE a a"),
    case(
        "pubsub/sharded channels",
        "A SSUBSCRIBE a b\nA SUBSCRIBE c\nB PUBSUB SHARDCHANNELS\nB PUBSUB SHARDCHANNELS a*\n"
        "B PUBSUB SHARDNUMSUB a b c\nB PUBSUB SHARDNUMSUB\nB PUBSUB NUMSUB a c",
        multiset,
    ),
]

INQUIRIES = [
    case("pubsub/channels", "A SUBSCRIBE a ab abc\nA PSUBSCRIBE x*\nB PUBSUB CHANNELS", multiset),
    case(
        "pubsub/channels by pattern",
        "A SUBSCRIBE a ab abc\nB PUBSUB CHANNELS a?\nB PUBSUB CHANNELS a*\nB PUBSUB CHANNELS z*\n"
        'B PUBSUB CHANNELS [^a]\nB PUBSUB CHANNELS ""',
        multiset,
    ),
    case(
        "pubsub/numsub",
        "A SUBSCRIBE a b\nC SUBSCRIBE b\nC PSUBSCRIBE b\nB PUBSUB NUMSUB a b c a\nB PUBSUB NUMSUB",
    ),
    case(
        "pubsub/numpat counts unique patterns",
        "A PSUBSCRIBE a* b*\nC PSUBSCRIBE a*\nB PUBSUB NUMPAT\nA PUNSUBSCRIBE a*\n"
        "B PUBSUB NUMPAT\nC PUNSUBSCRIBE a*\nB PUBSUB NUMPAT",
    ),
    case("pubsub/subcommands in any case", "B pubsub numpat\nB PubSub Channels\nB pubsub NumSub x"),
]

ERRORS = requests(
    "pubsub",
    """
    SUBSCRIBE
    UNSUBSCRIBE a
    PSUBSCRIBE
    SSUBSCRIBE
    PUBLISH
    PUBLISH a
    PUBLISH a b c
    publish a
    SPUBLISH a
    SPUBLISH a b c
    PUBSUB
    PUBSUB NOSUCH
    PUBSUB nosuch a b
    PUBSUB NUMPAT x
    PUBSUB CHANNELS a b
    PUBSUB SHARDCHANNELS a b
    PUBSUB HELP
    PUBSUB HELP x
    PUBSUB NUMPAT
    PUBSUB CHANNELS
    PUBSUB ""
    """,
)

CASES = both([*SUBSCRIBING, *SHARDED, *INQUIRIES, *ERRORS])
