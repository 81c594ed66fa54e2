# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""MULTI, EXEC, DISCARD, WATCH: errors, aborts, and Pub/Sub inside."""

from __future__ import annotations

from normalisers import hash_order, hello, integers, numbers
from script import both, case, requests

FLOW = [
    case("transactions/empty", "A MULTI\nA EXEC\nA PING"),
    case("transactions/commands", "A MULTI\nA PING\nA ECHO x\nA PING y\nA EXEC\nA PING"),
    case("transactions/lower case", "A multi\nA ping\nA exec"),
    case("transactions/pipelined", "A MULTI | PING | ECHO x | EXEC | PING"),
    case("transactions/discard", "A MULTI\nA PING\nA DISCARD\nA PING\nA EXEC"),
    case("transactions/nested", "A MULTI\nA MULTI\nA PING\nA EXEC"),
    case("transactions/EXEC without MULTI", "A EXEC\nA PING"),
    case("transactions/DISCARD without MULTI", "A DISCARD\nA PING"),
    case("transactions/WATCH inside", "A MULTI\nA WATCH a\nA PING\nA EXEC"),
    case("transactions/UNWATCH inside", "A MULTI\nA UNWATCH\nA EXEC"),
    case("transactions/WATCH before", "A WATCH a b\nA MULTI\nA PING\nA EXEC\nA UNWATCH"),
    case("transactions/UNWATCH without", "A UNWATCH\nA unwatch"),
    case("transactions/unknown command aborts", "A MULTI\nA NOSUCH x\nA PING\nA EXEC\nA PING"),
    case("transactions/wrong arity aborts", "A MULTI\nA ECHO\nA PING\nA EXEC\nA PING"),
    case("transactions/unknown subcommand aborts", "A MULTI\nA CLIENT NOSUCH\nA EXEC\nA PING"),
    case(
        "transactions/aborted and discarded",
        "A MULTI\nA NOSUCH\nA DISCARD\nA MULTI\nA PING\nA EXEC",
    ),
    case("transactions/wrong arity of EXEC aborts", "A MULTI\nA EXEC x\nA PING\nA EXEC"),
    case("transactions/wrong arity of MULTI aborts", "A MULTI\nA MULTI x\nA EXEC"),
    case("transactions/wrong arity of WATCH aborts", "A MULTI\nA WATCH\nA EXEC"),
    case(
        "transactions/error while executing",
        "A MULTI\nA SELECT 99\nA PING\nA CONFIG SET nosuch x\nA AUTH x\nA EXEC",
    ),
    case("transactions/SELECT inside", "A MULTI\nA SELECT 3\nA EXEC\nA PING"),
    case("transactions/QUIT inside", "A MULTI\nA PING\nA QUIT"),
    case("transactions/RESET inside", "A MULTI\nA PING\nA RESET\nA EXEC\nA PING"),
    case("transactions/closing inside", "A MULTI\nA PUBLISH a x\nA !close\nB SUBSCRIBE a\nB PING"),
    case("transactions/HELLO inside", "A MULTI\nA HELLO\nA HELLO 2\nA HELLO 9\nA EXEC", hello),
    case("transactions/MONITOR inside", "A MULTI\nA MONITOR\nA EXEC\nA RESET"),
    case(
        "transactions/CLIENT REPLY inside",
        "A MULTI\nA PING\nA CLIENT REPLY OFF\nA PING\nA EXEC\nA CLIENT REPLY ON",
    ),
    case(
        "transactions/CLIENT REPLY SKIP inside",
        "A MULTI\nA CLIENT REPLY SKIP\nA PING\nA ECHO x\nA EXEC\nA PING\nA PING z",
    ),
    case(
        "transactions/replies off outside",
        "A CLIENT REPLY OFF\nA MULTI | PING | EXEC\nA CLIENT REPLY ON\nA PING",
    ),
    case("transactions/skipped MULTI", "A CLIENT REPLY SKIP | MULTI | PING | EXEC"),
    case("transactions/SHUTDOWN inside", "A MULTI\nA SHUTDOWN ABORT\nA EXEC"),
    case(
        "transactions/server commands inside",
        "A MULTI\nA DBSIZE\nA CLIENT GETNAME\nA CONFIG GET databases\nA ROLE\nA FLUSHALL\n"
        "A COMMAND INFO nosuch\nA PUBSUB NUMPAT\nA EXEC",
    ),
    case(
        "transactions/clocks inside",
        "A MULTI\nA TIME\nA LASTSAVE\nA CLIENT ID\nA EXEC",
        integers,
        numbers,
    ),
]

PUBSUB = [
    case(
        "transactions/PUBLISH inside",
        "B SUBSCRIBE a\nA MULTI\nA PUBLISH a 1\nA PUBLISH b 2\nA PUBLISH a 3\nA EXEC",
    ),
    case("transactions/PUBLISH discarded", "B SUBSCRIBE a\nA MULTI\nA PUBLISH a 1\nA DISCARD"),
    case("transactions/PUBLISH aborted", "B SUBSCRIBE a\nA MULTI\nA PUBLISH a 1\nA NOSUCH\nA EXEC"),
    case("transactions/SPUBLISH inside", "B SSUBSCRIBE a\nA MULTI\nA SPUBLISH a 1\nA EXEC"),
    case(
        "transactions/SUBSCRIBE inside",
        "A MULTI\nA SUBSCRIBE a\nA PING\nA EXEC\nA PING\nB PUBLISH a x",
    ),
    case(
        "transactions/SUBSCRIBE to several inside",
        "A MULTI\nA SUBSCRIBE a b c\nA PSUBSCRIBE x y\nA EXEC\nA PING\nB PUBLISH b x",
    ),
    case("transactions/SSUBSCRIBE inside", "A MULTI\nA SSUBSCRIBE a\nA EXEC\nB SPUBLISH a x"),
    case(
        "transactions/refused commands after SUBSCRIBE inside",
        "A MULTI\nA SUBSCRIBE a\nA ECHO x\nA EXEC\nA ECHO x\nA PING",
    ),
    case(
        "transactions/UNSUBSCRIBE inside",
        "A MULTI\nA SUBSCRIBE a b\nA UNSUBSCRIBE\nA UNSUBSCRIBE\nA EXEC\nA ECHO x",
        hash_order,
    ),
    case("transactions/MULTI while subscribed", "A SUBSCRIBE a\nA MULTI\nA PING\nA EXEC"),
    case(
        "transactions/others publish meanwhile",
        "A MULTI\nA SUBSCRIBE a\nB PUBLISH a 1\nA EXEC\nB PUBLISH a 2",
    ),
    case(
        "transactions/order of publishers",
        "C SUBSCRIBE a\nA MULTI\nA PUBLISH a A1\nB PUBLISH a B1\nA PUBLISH a A2\n"
        "B PUBLISH a B2\nA EXEC",
    ),
]

ERRORS = requests(
    "transactions",
    """
    MULTI x
    EXEC x
    DISCARD x
    WATCH
    UNWATCH x
    WATCH a
    """,
)

CASES = both([*FLOW, *PUBSUB, *ERRORS])
