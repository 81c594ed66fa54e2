# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""CLIENT: names, lists, killing, pausing, replies."""

from __future__ import annotations

from normalisers import client_7_0, client_7_2, integers
from script import both, case, requests

NAMES = requests(
    "client_command",
    r"""
    CLIENT GETNAME
    CLIENT SETNAME name | CLIENT GETNAME
    CLIENT SETNAME "" | CLIENT GETNAME
    CLIENT SETNAME a | CLIENT SETNAME "" | CLIENT GETNAME
    CLIENT SETNAME "a b" | CLIENT GETNAME
    CLIENT SETNAME "a\nb"
    CLIENT SETNAME "a\x00b"
    CLIENT SETNAME "\x7f"
    CLIENT SETNAME "~!" | CLIENT GETNAME
    CLIENT SETNAME "\xc3\xa9" | CLIENT GETNAME
    CLIENT SETNAME a | CLIENT SETNAME "x y" | CLIENT GETNAME
    client setname a | client getname
    CLIENT NO-EVICT ON
    CLIENT NO-EVICT off
    CLIENT NO-EVICT x
    CLIENT NO-EVICT ""
    CLIENT GETREDIR
    CLIENT TRACKINGINFO
    CLIENT CACHING YES
    CLIENT CACHING x
    CLIENT UNBLOCK 1
    CLIENT UNBLOCK x
    CLIENT UNBLOCK 99999 ERROR
    CLIENT UNBLOCK 99999 x
    CLIENT HELP
    client help
    CLIENT ""
    """,
)

SINCE_7_2 = requests(
    "client_command/7.2",
    r"""
    CLIENT SETINFO LIB-NAME martlet
    CLIENT SETINFO LIB-VER 1.2.3
    CLIENT SETINFO lib-name x
    CLIENT SETINFO LIB-NAME ""
    CLIENT SETINFO LIB-NAME "a b"
    CLIENT SETINFO LIB-VER "a b"
    CLIENT SETINFO lib-ver "a\nb"
    CLIENT SETINFO LIB-NAME "\xc3\xa9"
    CLIENT SETINFO NOSUCH x
    CLIENT SETINFO
    CLIENT SETINFO LIB-NAME
    CLIENT SETINFO LIB-NAME a b
    CLIENT SETINFO LIB-NAME a | CLIENT SETINFO LIB-VER 1 | CLIENT INFO
    CLIENT SETINFO LIB-NAME a | CLIENT SETINFO LIB-NAME "" | CLIENT INFO
    CLIENT SETINFO LIB-NAME a | RESET | CLIENT INFO
    CLIENT INFO
    CLIENT NO-TOUCH ON
    CLIENT NO-TOUCH OFF
    CLIENT NO-TOUCH on
    CLIENT NO-TOUCH x
    CLIENT NO-TOUCH
    CLIENT NO-TOUCH ON OFF
    """,
    client_7_2,
    since_7_2=True,
)

LISTS = [
    *requests("client_command", "CLIENT ID\nclient id\nCLIENT KILL ID 99999999", integers),
    *requests(
        "client_command",
        """
        CLIENT INFO
        client info
        CLIENT SETNAME x | CLIENT INFO
        SELECT 3 | CLIENT INFO
        MULTI | CLIENT INFO | EXEC
        CLIENT LIST ID 99999999
        CLIENT LIST TYPE pubsub
        CLIENT LIST TYPE PUBSUB
        CLIENT LIST TYPE master
        CLIENT LIST TYPE replica
        CLIENT LIST TYPE slave
        CLIENT LIST TYPE nosuch
        CLIENT LIST TYPE
        CLIENT LIST TYPE pubsub normal
        CLIENT LIST ID
        CLIENT LIST ID x
        CLIENT LIST ID -1
        CLIENT LIST ID 0
        CLIENT LIST ID 1.5
        CLIENT LIST ID 99999998 99999999
        CLIENT LIST NOSUCH
        CLIENT LIST NOSUCH x
        client list type normal id 1
        """,
        client_7_0,
    ),
    case(
        "client_command/list of all",
        "* !until connected_clients:3 INFO clients\n"
        "A CLIENT SETNAME a\nB CLIENT SETNAME b\nA CLIENT LIST",
        client_7_0,
    ),
    case(
        "client_command/list of normal clients",
        "* !until connected_clients:2 INFO clients\nA CLIENT SETNAME a\nA CLIENT LIST TYPE normal",
        client_7_0,
    ),
    case(
        "client_command/list of subscribers",
        "A SUBSCRIBE a b\nA PSUBSCRIBE c\nA SSUBSCRIBE d\nB CLIENT SETNAME b\n"
        "B CLIENT LIST TYPE pubsub\nB CLIENT LIST ID {id:A}",
        client_7_0,
    ),
    case(
        "client_command/list by ids",
        "A PING\nB MULTI\nB PING\nC SELECT 2\nC CLIENT LIST ID {id:A} {id:B} {id:A} 99999999\n"
        "C CLIENT LIST ID {id:C}",
        client_7_0,
    ),
    case(
        "client_command/shown transaction",
        "A MULTI\nA PING\nA PING\nB CLIENT LIST ID {id:A}",
        client_7_0,
    ),
    case("client_command/shown watch", "A WATCH a b\nB CLIENT LIST ID {id:A}", client_7_0),
    case(
        "client_command/shown last command",
        "A CLIENT GETNAME\nB CLIENT LIST ID {id:A}\nA CONFIG GET databases\n"
        "B CLIENT LIST ID {id:A}",
        client_7_0,
    ),
    case("client_command/id is the same", "A CLIENT ID\nA CLIENT ID", integers),
]

KILLING = [
    *requests(
        "client_command",
        """
        CLIENT KILL 1.2.3.4:5
        CLIENT KILL x
        CLIENT KILL ""
        CLIENT KILL ID
        CLIENT KILL ID x
        CLIENT KILL ID 0
        CLIENT KILL ID -1
        CLIENT KILL ID 1.5
        CLIENT KILL ID 99999998 99999999
        CLIENT KILL ADDR 1.2.3.4:5
        CLIENT KILL LADDR 1.2.3.4:5
        CLIENT KILL LADDR x ADDR y
        CLIENT KILL TYPE nosuch
        CLIENT KILL TYPE master
        CLIENT KILL TYPE replica
        CLIENT KILL TYPE pubsub
        CLIENT KILL TYPE
        CLIENT KILL USER nobody
        CLIENT KILL USER
        CLIENT KILL SKIPME
        CLIENT KILL SKIPME x
        CLIENT KILL SKIPME yes TYPE pubsub
        CLIENT KILL SKIPME no TYPE pubsub
        CLIENT KILL NOSUCH x
        CLIENT KILL ADDR x NOSUCH
        CLIENT KILL ADDR x NOSUCH y
        CLIENT KILL TYPE pubsub SKIPME
        client kill id 99999999
        """,
    ),
    case("client_command/kill by id", "A PING\nB CLIENT KILL ID {id:A}\nB CLIENT KILL ID {id:A}"),
    case("client_command/kill by the old form", "A PING\nB CLIENT KILL {addr:A}"),
    case("client_command/kill by address", "A PING\nB CLIENT KILL ADDR {addr:A}"),
    case("client_command/kill by address and id", "A PING\nB CLIENT KILL ADDR {addr:A} ID {id:A}"),
    case(
        "client_command/kill by address and another id",
        "A PING\nB CLIENT KILL ADDR {addr:A} ID {id:B}",
    ),
    case(
        "client_command/kill subscribers",
        "A SUBSCRIBE a\nB PSUBSCRIBE a\nC PING\nC CLIENT KILL TYPE pubsub\nC PUBLISH a x",
    ),
    case(
        "client_command/kill subscribers by id and type",
        "A SUBSCRIBE a\nB SUBSCRIBE a\nC CLIENT KILL TYPE pubsub ID {id:A}\nC PUBLISH a x",
    ),
    case("client_command/kill itself by id", "A CLIENT KILL ID {id:A}\nB PING"),
    case("client_command/kill itself by id, SKIPME no", "A CLIENT KILL ID {id:A} SKIPME no"),
    case("client_command/kill itself by the old form", "A CLIENT KILL {addr:A}"),
    case("client_command/kill itself within a pipeline", "A PING | CLIENT KILL {addr:A} | PING"),
    case("client_command/kill itself in MULTI", "A MULTI | CLIENT KILL {addr:A} | PING | EXEC"),
    case(
        "client_command/kill in MULTI", "A PING\nB MULTI\nB CLIENT KILL ID {id:A}\nB PING\nB EXEC"
    ),
    case(
        "client_command/kill one that is in MULTI",
        "A MULTI\nA PUBLISH a x\nB CLIENT KILL ID {id:A}",
    ),
    case("client_command/kill by user", "A PING\nB PING\nB CLIENT KILL USER default ID {id:A}"),
    case(
        "client_command/kill by local address and id",
        "A PING\nB CLIENT KILL LADDR {laddr:A} ID {id:A}",
    ),
]

REPLIES = [
    *requests(
        "client_command",
        """
        CLIENT REPLY ON
        CLIENT REPLY on
        CLIENT REPLY x
        CLIENT REPLY ""
        CLIENT REPLY OFF | PING | CLIENT REPLY ON | PING
        CLIENT REPLY OFF | CLIENT REPLY OFF | CLIENT REPLY ON
        CLIENT REPLY OFF | NOSUCH | PING x y | CLIENT REPLY x | CLIENT REPLY ON
        CLIENT REPLY OFF | CLIENT REPLY SKIP | CLIENT REPLY ON | PING
        CLIENT REPLY OFF | SUBSCRIBE a | CLIENT REPLY ON | PING
        CLIENT REPLY OFF | RESET | PING
        CLIENT REPLY SKIP | PING | PING x
        CLIENT REPLY SKIP | NOSUCH | PING x
        CLIENT REPLY SKIP | CLIENT REPLY SKIP | PING | PING x
        CLIENT REPLY SKIP | CLIENT REPLY ON | PING x
        CLIENT REPLY SKIP | CLIENT REPLY OFF | PING | CLIENT REPLY ON
        CLIENT REPLY SKIP | SUBSCRIBE a b | PING x
        CLIENT REPLY SKIP | MULTI | PING | EXEC
        CLIENT REPLY SKIP | RESET | PING
        CLIENT REPLY skip | ping | ping x
        """,
    ),
    case(
        "client_command/replies off, split", "A CLIENT REPLY OFF\nA PING\nA CLIENT REPLY ON\nA PING"
    ),
    case("client_command/reply skipped, split", "A CLIENT REPLY SKIP\nA PING\nA PING x"),
    case(
        "client_command/messages with replies off",
        "A CLIENT REPLY OFF | SUBSCRIBE a | PING\nA CLIENT REPLY ON\nB PUBLISH a x",
    ),
]

PAUSING = [
    *requests(
        "client_command",
        """
        CLIENT PAUSE 0
        CLIENT PAUSE x
        CLIENT PAUSE -1
        CLIENT PAUSE 1.5
        CLIENT PAUSE ""
        CLIENT PAUSE 99999999999999999999
        CLIENT PAUSE 9223372036854775807 x
        CLIENT PAUSE 0 x
        CLIENT PAUSE 0 WRITE
        CLIENT PAUSE 0 all
        CLIENT UNPAUSE
        client unpause
        """,
    ),
    case(
        "client_command/pause of writes",
        "A SUBSCRIBE a\nB CLIENT PAUSE 60000 WRITE\nC PING\nC PUBLISH a x\nB ECHO waits\n"
        "B CLIENT UNPAUSE",
    ),
    case(
        "client_command/pause of writes and MULTI",
        "A SUBSCRIBE a\nB CLIENT PAUSE 60000 WRITE\nC MULTI\nC PUBLISH a x\nC EXEC\nB PING\n"
        "B CLIENT UNPAUSE",
    ),
    case(
        "client_command/pause of all ends by itself",
        "A CLIENT PAUSE 50\nA !expect 1\nB PING\nB !expect 1",
        settle=False,
    ),
    case(
        "client_command/pause of all and a pipeline",
        "A CLIENT PAUSE 50 ALL | PING | ECHO x\nA !expect 3",
        settle=False,
    ),
]

CASES = [
    *both([*NAMES, *LISTS, *KILLING, *REPLIES, *PAUSING]),
    *both(SINCE_7_2),
]
