# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What clients probe and a single server without replicas, cluster and keys answers."""

from __future__ import annotations

from script import both, requests

CASES = both(
    requests(
        "unsupported",
        """
        CLUSTER INFO
        CLUSTER NODES
        CLUSTER SLOTS
        CLUSTER SHARDS
        CLUSTER MYID
        CLUSTER KEYSLOT a
        CLUSTER COUNTKEYSINSLOT 1
        CLUSTER RESET
        cluster info
        CLUSTER HELP
        CLUSTER KEYSLOT
        READONLY
        READWRITE
        ASKING
        WAIT 0 0
        WAIT 0 10
        WAIT 1 1
        WAIT x 0
        WAIT 0 x
        WAIT 0 -1
        REPLICAOF NO ONE
        replicaof no one
        SLAVEOF NO ONE
        REPLICAOF localhost x
        REPLICAOF localhost 99999
        REPLICAOF localhost -1
        FAILOVER
        FAILOVER ABORT
        FAILOVER NOSUCH
        CLIENT TRACKING OFF
        CLIENT TRACKING x
        CLIENT TRACKING ON NOSUCH
        CLIENT TRACKING ON REDIRECT
        CLIENT TRACKING ON REDIRECT 99999999
        CLIENT TRACKING ON OPTIN OPTOUT
        CLIENT TRACKING ON PREFIX a
        CLIENT TRACKING ON BCAST OPTIN
        CLIENT CACHING NO
        LATENCY LATEST
        LATENCY RESET
        LATENCY RESET nosuch
        LATENCY HISTORY nosuch
        LATENCY HISTORY command
        LATENCY GRAPH nosuch
        LATENCY HELP
        LATENCY HISTOGRAM nosuch
        LATENCY DOCTOR x
        REPLCONF
        REPLCONF listening-port
        """,
    )
)
