# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""PING, ECHO, QUIT, RESET, HELLO, AUTH and SELECT."""

from __future__ import annotations

from normalisers import addresses, client_7_0, hello
from script import both, case, requests

NO_PASSWORD = ((b"CONFIG", b"SET", b"requirepass", b""),)
REQUIRE = "Z CONFIG SET requirepass secret\nA RESET\n"

SIMPLE = requests(
    "connection",
    r"""
    PING
    PING hello
    PING ""
    PING "\x00\r\n"
    PING a b
    ping Hello
    PiNg
    ECHO hello
    ECHO ""
    ECHO
    ECHO a b
    echo x
    QUIT
    QUIT x
    quit
    RESET
    RESET x
    reset
    SELECT 0
    SELECT 15
    SELECT 16
    SELECT -1
    SELECT
    SELECT 1 2
    SELECT x
    SELECT ""
    SELECT 1.0
    SELECT 01
    SELECT "1 "
    SELECT 99999999999999999999
    SELECT 2147483648
    select 1
    AUTH
    AUTH x
    AUTH default x
    AUTH nobody x
    AUTH a b c
    AUTH ""
    auth x
    """,
)

HELLO = requests(
    "connection",
    r"""
    HELLO
    hello
    HELLO 2
    HELLO 3
    HELLO 1
    HELLO 4
    HELLO 0
    HELLO -1
    HELLO x
    HELLO ""
    HELLO 3.0
    HELLO 03
    HELLO 99999999999999999999
    HELLO 3 SETNAME
    HELLO 3 SETNAME name
    HELLO 3 SETNAME "a b"
    HELLO 3 SETNAME ""
    HELLO 3 SETNAME a SETNAME b
    HELLO 3 setname name
    HELLO 3 AUTH
    HELLO 3 AUTH default
    HELLO 3 AUTH default x
    HELLO 3 AUTH nobody x
    HELLO 3 auth default ""
    HELLO 3 AUTH default x SETNAME y
    HELLO 3 SETNAME y AUTH nobody x
    HELLO 3 NOSUCH
    HELLO 3 NOSUCH x y
    HELLO 2 SETNAME a
    HELLO SETNAME a
    HELLO AUTH default x
    HELLO 4 AUTH default x
    HELLO 3 SETNAME a | CLIENT GETNAME
    HELLO 3 SETNAME "a b" | CLIENT GETNAME | PING
    HELLO 3 | HELLO 2 | HELLO 3 | HELLO
    HELLO 3 | CLIENT GETNAME | HELLO 2 | CLIENT GETNAME
    HELLO 4 | CLIENT GETNAME
    """,
    hello,
)

STATE = [
    case("connection/RESET clears the name", "A CLIENT SETNAME x\nA RESET\nA CLIENT GETNAME"),
    case("connection/RESET goes back to RESP2", "A HELLO 3\nA RESET\nA CLIENT GETNAME", hello),
    case(
        "connection/RESET selects database 0",
        "A SELECT 5\nA CLIENT SETNAME x\nA RESET\nA CLIENT INFO",
        client_7_0,
    ),
    case("connection/RESET turns replies on", "A CLIENT REPLY OFF\nA RESET\nA PING"),
    case("connection/RESET ends WATCH and MULTI", "A WATCH a\nA MULTI\nA RESET\nA EXEC\nA PING"),
    case("connection/SELECT is seen in CLIENT INFO", "A SELECT 5\nA CLIENT INFO", client_7_0),
    case(
        "connection/a failed SELECT changes nothing",
        "A SELECT 5\nA SELECT 16\nA SELECT x\nA CLIENT INFO",
        client_7_0,
    ),
    case("connection/half-closed", "A PING\nA !half-close"),
]

AUTHENTICATION = [
    case(
        f"connection/unauthenticated: {line}",
        f"{REQUIRE}A {line}\nA PING",
        hello,
        addresses,
        cleanup=NO_PASSWORD,
    )
    for line in (
        "PING",
        "PING x",
        "ECHO x",
        "SUBSCRIBE a",
        "PUBLISH a x",
        "UNSUBSCRIBE",
        "SELECT 1",
        "CLIENT ID",
        "CLIENT SETNAME x",
        "CONFIG GET port",
        "INFO",
        "COMMAND",
        "MULTI",
        "EXEC",
        "HELLO",
        "HELLO 3",
        "HELLO 2",
        "HELLO 4",
        "HELLO x",
        "HELLO 3 SETNAME a",
        "HELLO 3 AUTH default secret",
        "HELLO 3 AUTH default wrong",
        "HELLO 3 AUTH nobody secret",
        "HELLO 3 AUTH default secret SETNAME a | CLIENT GETNAME",
        "HELLO 3 SETNAME a AUTH default secret | CLIENT GETNAME",
        "HELLO 2 AUTH default wrong SETNAME a",
        "AUTH secret",
        "AUTH wrong",
        "AUTH default secret",
        "AUTH default wrong",
        "AUTH nobody secret",
        "AUTH",
        "AUTH a b c",
        "AUTH Default secret",
        "AUTH SECRET",
        "AUTH secre",
        "AUTH secretx",
        'AUTH ""',
        "NOSUCH x",
        "CLIENT NOSUCH",
        "PUBLISH a",
        "PING a b",
        "RESET",
        "QUIT",
        "AUTH wrong | AUTH secret | PING",
        "AUTH secret | AUTH wrong | PING",
        "AUTH secret | RESET | PING",
        "RESET x",
        "QUIT x",
        "MONITOR",
        "DBSIZE",
        "COMMAND COUNT",
        "PUBSUB NUMPAT",
        "TIME",
        "ROLE",
    )
]

LIMITED = [
    case(
        "connection/maxclients",
        "* !until connected_clients:2 INFO clients\nA CONFIG SET maxclients 2\n"
        "B !open\nA PING\nA CONFIG SET maxclients 10000\nC !open\n"
        "C PING",
        cleanup=((b"CONFIG", b"SET", b"maxclients", b"10000"),),
    ),
]

PASSWORDS = [
    case(
        "connection/a password does not end other clients' rights",
        "A PING\nZ CONFIG SET requirepass secret\nA PING\nA SELECT 1\nB CONFIG GET requirepass",
        cleanup=NO_PASSWORD,
    ),
    case(
        "connection/a password that is changed",
        f"{REQUIRE}A AUTH secret\nZ CONFIG SET requirepass other\nA PING\nA AUTH secret\n"
        "A AUTH other",
        cleanup=NO_PASSWORD,
    ),
    case(
        "connection/a password that is taken away",
        f'{REQUIRE}A PING\nZ CONFIG SET requirepass ""\nA PING\nA AUTH secret\nB PING',
        cleanup=NO_PASSWORD,
    ),
    case(
        "connection/AUTH in MULTI",
        f"{REQUIRE}A AUTH secret\nA MULTI\nA AUTH wrong\nA AUTH secret\nA EXEC\nA PING",
        cleanup=NO_PASSWORD,
    ),
]

CASES = [*both([*SIMPLE, *HELLO, *STATE]), *AUTHENTICATION, *PASSWORDS, *LIMITED]
