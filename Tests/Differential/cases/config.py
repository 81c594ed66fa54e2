# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""CONFIG: reading by globs, setting all or none, and what is refused."""

from __future__ import annotations

from normalisers import pairs
from script import Case, both, case, requests

DEFAULTS = {
    "maxclients": "10000",
    "timeout": "0",
    "tcp-keepalive": "300",
    "proto-max-bulk-len": "536870912",
    "client-query-buffer-limit": "1073741824",
    "slowlog-log-slower-than": "10000",
    "slowlog-max-len": "128",
    "client-output-buffer-limit": "normal 0 0 0 slave 268435456 67108864 60"
    " pubsub 33554432 8388608 60",
    "protected-mode": "yes",
    "requirepass": "",
    "loglevel": "notice",
}
CLEANUP = tuple(
    (b"CONFIG", b"SET", name.encode(), value.encode()) for name, value in DEFAULTS.items()
)
NAMES = [
    "maxclients",
    "timeout",
    "tcp-keepalive",
    "tcp-backlog",
    "databases",
    "requirepass",
    "protected-mode",
    "client-output-buffer-limit",
    "client-query-buffer-limit",
    "proto-max-bulk-len",
    "unixsocket",
    "unixsocketperm",
    "loglevel",
    "slowlog-log-slower-than",
    "slowlog-max-len",
    "bind",
    "appendonly",
    "save",
    "maxmemory",
    "maxmemory-policy",
    "cluster-enabled",
]

READING = [
    *requests("config", [f"CONFIG GET {name}" for name in NAMES]),
    *requests(
        "config",
        """
        CONFIG GET nosuch
        CONFIG GET ""
        CONFIG GET MAXCLIENTS
        config get maxclients
        CONFIG GET MaxCli*
        CONFIG GET maxclients maxclients
        CONFIG GET maxclients timeout nosuch
        CONFIG GET timeout maxclients databases
        CONFIG GET maxclient?
        CONFIG GET maxclients* maxclients
        CONFIG GET proto-max-*
        CONFIG GET client-output-buffer-*
        CONFIG GET slowlog-*
        CONFIG GET [m]axclients
        CONFIG GET save appendonly
        CONFIG GET unixsocket*
        CONFIG GET tcp-*
        CONFIG HELP
        CONFIG RESETSTAT
        config resetstat
        CONFIG REWRITE
        """,
        pairs,
    ),
]

VALUES: dict[str, list[str]] = {
    "maxclients": ["500", "0", "-1", "x", '""', "4294967296", "1.5", "1k"],
    "timeout": ["0", "100", "-1", "x", "99999999999", "2147483648", "1k", '""'],
    "tcp-keepalive": ["0", "60", "-1", "x"],
    "tcp-backlog": ["100"],
    "databases": ["8"],
    "proto-max-bulk-len": [
        "1048576",
        "1048575",
        "1mb",
        "1MB",
        "1m",
        "2kb",
        "x",
        "1gb",
        "-1",
        "1tb",
        "1xb",
        "1048576b",
        "1 mb",
    ],
    "client-query-buffer-limit": ["1048576", "1048575", "4gb", "x", "-1"],
    "slowlog-log-slower-than": ["0", "-1", "-2", "100", "x", "1k"],
    "slowlog-max-len": ["0", "10", "-1", "x"],
    "protected-mode": ["no", "yes", "x", "YES", "1", '""'],
    "requirepass": ['""'],
    "loglevel": ["debug", "verbose", "notice", "warning", "x", "WARNING", '""', "nothing"],
    "unixsocket": ["/nosuch/socket"],
    "unixsocketperm": ["700"],
    "logfile": ["x"],
    "pidfile": ["x"],
    "nosuch": ["1", '""'],
    "client-output-buffer-limit": [
        '"normal 1 2 3"',
        '"pubsub 1mb 512kb 60"',
        '"pubsub 0 0 0"',
        '"replica 1mb 1mb 10"',
        '"slave 1mb 1mb 10"',
        '"PUBSUB 1mb 1mb 10"',
        '"normal 1 2 3 pubsub 4 5 6"',
        '"normal 1 2 3 slave 7 8 9 pubsub 4 5 6"',
        '"pubsub 1 2 3 pubsub 4 5 6"',
        '"pubsub 1mb 512kb"',
        '"pubsub 1mb 512kb x"',
        '"pubsub -1 0 0"',
        '"pubsub 1 0 -1"',
        '"pubsub 1xb 0 0"',
        '"master 1 2 3"',
        '"nosuch 1 2 3"',
        '"normal"',
        '""',
    ],
}


def _settings() -> list[Case]:
    """A value is set and then read, so that it shows how it is kept or that it is not."""
    return [
        case(
            f"config/SET {name} {value}",
            f"A CONFIG SET {name} {value}\nA CONFIG GET {name}",
            cleanup=CLEANUP,
        )
        for name, values in VALUES.items()
        for value in values
        if name not in ("logfile", "pidfile", "unixsocket")
    ] + requests(
        "config", [f"CONFIG SET {name} {VALUES[name][0]}" for name in ("pidfile", "unixsocket")]
    )


SEVERAL = [
    case(
        f"config/several: {line}",
        f"A CONFIG SET {line}\nA CONFIG GET maxclients timeout slowlog-max-len",
        pairs,
        cleanup=CLEANUP,
    )
    for line in (
        "maxclients 500 timeout 10",
        "maxclients 500 timeout x",
        "timeout x maxclients 500",
        "maxclients 500 nosuch 1",
        "nosuch 1 maxclients 500",
        "maxclients 500 databases 3",
        "maxclients 500 maxclients 600",
        "maxclients 500 MAXCLIENTS 600",
        "MAXCLIENTS 500 Timeout 10",
        "maxclients 500 timeout",
        "maxclients 500 timeout 10 slowlog-max-len 5",
        "maxclients 0 timeout x",
        "nosuch1 1 nosuch2 2",
        "databases 3 tcp-backlog 4",
    )
]

TRANSACTIONAL = [
    case(
        "config/in MULTI",
        "A MULTI\nA CONFIG SET timeout 10\nA CONFIG GET timeout\nA CONFIG SET x y\nA EXEC",
        cleanup=CLEANUP,
    ),
    # B is answered first: then it is known to have been accepted before there was a password.
    case(
        "config/a password is shown",
        "B PING\nA CONFIG SET requirepass secret\nA CONFIG GET requirepass\nB PING",
        cleanup=CLEANUP,
    ),
]

CASES = [*both(READING), *_settings(), *SEVERAL, *TRANSACTIONAL]
