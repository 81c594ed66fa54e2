# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""INFO, and the small commands about the server."""

from __future__ import annotations

from normalisers import info_fields, integers, lolwut, numbers
from script import Case, both, case, requests

SECTIONS: dict[str, tuple[str, ...]] = {
    "server": (
        "redis_version",
        "redis_git_sha1",
        "redis_git_dirty",
        "redis_build_id",
        "redis_mode=",
        "os",
        "arch_bits=",
        "multiplexing_api",
        "process_id",
        "run_id",
        "tcp_port",
        "server_time_usec",
        "uptime_in_seconds",
        "uptime_in_days",
        "hz",
        "config_file",
        "executable",
    ),
    "clients": (
        "connected_clients",
        "cluster_connections",
        "maxclients=",
        "blocked_clients",
        "client_recent_max_input_buffer",
        "client_recent_max_output_buffer",
    ),
    "memory": (
        "used_memory",
        "used_memory_human",
        "used_memory_rss",
        "used_memory_peak",
        "maxmemory=",
        "maxmemory_policy",
        "mem_fragmentation_ratio",
    ),
    "persistence": (
        "loading=",
        "rdb_changes_since_last_save",
        "rdb_bgsave_in_progress=",
        "rdb_last_save_time",
        "rdb_last_bgsave_status=",
        "aof_enabled=",
        "aof_rewrite_in_progress=",
    ),
    "stats": (
        "total_connections_received",
        "total_commands_processed",
        "instantaneous_ops_per_sec",
        "total_net_input_bytes",
        "total_net_output_bytes",
        "rejected_connections",
        "expired_keys=",
        "evicted_keys=",
        "keyspace_hits",
        "keyspace_misses",
        "pubsub_channels=",
        "pubsub_patterns=",
    ),
    "replication": (
        "role=",
        "connected_slaves=",
        "master_replid",
        "master_repl_offset=",
        "repl_backlog_active=",
    ),
    "cpu": ("used_cpu_sys", "used_cpu_user"),
    "cluster": ("cluster_enabled=",),
    "keyspace": (),
}
KNOWN = info_fields(*(name for names in SECTIONS.values() for name in names))


def _info() -> list[Case]:
    """Each section by its name, in the spellings that clients use."""
    lines = [f"INFO {name}" for name in SECTIONS]
    lines += [f"INFO {name.upper()}" for name in SECTIONS]
    lines += [
        "INFO nosuch",
        'INFO ""',
        "INFO server clients",
        "INFO clients server clients",
        "INFO server nosuch",
        "INFO cpu replication keyspace",
    ]
    return requests("info_and_server", lines, KNOWN)


COUNTED = [
    case(
        "info_and_server/INFO counts channels and patterns",
        "A SUBSCRIBE a b\nA PSUBSCRIBE c*\nB SUBSCRIBE a\nB PSUBSCRIBE c*\nC INFO stats",
        KNOWN,
    ),
    case("info_and_server/INFO in MULTI", "A MULTI\nA INFO replication\nA EXEC", KNOWN),
]

SMALL = [
    *requests("info_and_server", "LOLWUT VERSION\nLOLWUT VERSION 99\nlolwut version 99", lolwut),
    *requests("info_and_server", "TIME\ntime\nLASTSAVE\nlastsave", numbers, integers),
    *requests(
        "info_and_server",
        """
        DBSIZE
        dbsize
        ROLE
        role
        FLUSHALL
        FLUSHALL SYNC
        FLUSHALL async
        FLUSHALL x
        FLUSHALL SYNC ASYNC
        FLUSHDB
        FLUSHDB sync
        FLUSHDB ASYNC
        FLUSHDB x
        FLUSHDB x y
        DEBUG SLEEP 0
        debug sleep 0
        DEBUG SLEEP 0.001
        DEBUG SLEEP
        DEBUG NOSUCH
        SHUTDOWN NOSUCH
        SHUTDOWN ABORT
        SHUTDOWN ABORT NOW
        SHUTDOWN SAVE NOSAVE
        SHUTDOWN a b c
        LOLWUT VERSION x
        LOLWUT VERSION 5 x
        LOLWUT VERSION 6 x
        """,
    ),
]

CASES = both([*_info(), *COUNTED, *SMALL])
