// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// What clients ask for and Martlet does not have, with what they are answered.
package enum UnsupportedCommands {
    /// Requests that stand for what they begin with, and their replies as they go over the wire,
    /// without the line end.
    package static let all: [(request: String, reply: String)] = [
        ("CLUSTER INFO", "-ERR This instance has cluster support disabled"),
        ("READONLY", "-ERR This instance has cluster support disabled"),
        ("READWRITE", "-ERR This instance has cluster support disabled"),
        ("ASKING", "-ERR This instance has cluster support disabled"),
        ("REPLICAOF NO ONE", "+OK"),
        ("REPLICAOF 127.0.0.1 6379", "-ERR Martlet does not support replication"),
        ("SLAVEOF 127.0.0.1 6379", "-ERR Martlet does not support replication"),
        ("REPLCONF listening-port 6380", "-ERR Martlet does not support replication"),
        ("PSYNC ? -1", "-ERR Martlet does not support replication"),
        ("SYNC", "-ERR Martlet does not support replication"),
        ("FAILOVER", "-ERR FAILOVER requires connected replicas."),
        ("WAIT 0 0", ":0"),
        (
            "WAITAOF 1 0 0",
            "-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled."
        ),
        (
            "ACL SETUSER alice on",
            "-ERR Martlet has the user 'default' alone, whose password is the setting requirepass"
        ),
        ("MODULE LOAD path", "-ERR MODULE command not allowed. Martlet has no modules."),
        ("LATENCY LATEST", "*0"),
    ]
}
