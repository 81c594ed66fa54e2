// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension ClusterCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "cluster", arity: -2, group: .cluster, since: "3.0.0",
            summary: "A container for Redis Cluster commands.",
            complexity: "Depends on subcommand.",
            subcommands: [
                CommandDescriptor(
                    "addslots", arity: -3, flags: [.admin, .stale, .noAsyncLoading],
                    group: .cluster, since: "3.0.0",
                    summary: "Assigns new hash slots to a node.",
                    complexity: "O(N) where N is the total number of hash slot arguments",
                    handler: refuse),
                CommandDescriptor(
                    "addslotsrange", arity: -4, flags: [.admin, .stale, .noAsyncLoading],
                    group: .cluster, since: "7.0.0",
                    summary: "Assigns new hash slot ranges to a node.",
                    complexity: "O(N) where N is the total number of the slots between the start "
                        + "slot and end slot arguments.",
                    handler: refuse),
                CommandDescriptor(
                    "bumpepoch", arity: 2, flags: [.admin, .stale, .noAsyncLoading],
                    group: .cluster, since: "3.0.0",
                    summary: "Advances the cluster config epoch.",
                    tips: ["nondeterministic_output"],
                    handler: refuse),
                CommandDescriptor(
                    "count-failure-reports", arity: 3, flags: [.admin, .stale], group: .cluster,
                    since: "3.0.0",
                    summary: "Returns the number of active failure reports active for a node.",
                    complexity: "O(N) where N is the number of failure reports",
                    tips: ["nondeterministic_output"],
                    handler: refuse),
                CommandDescriptor(
                    "countkeysinslot", arity: 3, flags: [.stale], group: .cluster, since: "3.0.0",
                    summary: "Returns the number of keys in a hash slot.",
                    handler: refuse),
                CommandDescriptor(
                    "delslots", arity: -3, flags: [.admin, .stale, .noAsyncLoading],
                    group: .cluster, since: "3.0.0",
                    summary: "Sets hash slots as unbound for a node.",
                    complexity: "O(N) where N is the total number of hash slot arguments",
                    handler: refuse),
                CommandDescriptor(
                    "delslotsrange", arity: -4, flags: [.admin, .stale, .noAsyncLoading],
                    group: .cluster, since: "7.0.0",
                    summary: "Sets hash slot ranges as unbound for a node.",
                    complexity: "O(N) where N is the total number of the slots between the start "
                        + "slot and end slot arguments.",
                    handler: refuse),
                CommandDescriptor(
                    "failover", arity: -2, flags: [.admin, .stale, .noAsyncLoading],
                    group: .cluster, since: "3.0.0",
                    summary: "Forces a replica to perform a manual failover of its master.",
                    handler: refuse),
                CommandDescriptor(
                    "flushslots", arity: 2, flags: [.admin, .stale, .noAsyncLoading],
                    group: .cluster, since: "3.0.0",
                    summary: "Deletes all slots information from a node.",
                    handler: refuse),
                CommandDescriptor(
                    "forget", arity: 3, flags: [.admin, .stale, .noAsyncLoading], group: .cluster,
                    since: "3.0.0",
                    summary: "Removes a node from the nodes table.",
                    handler: refuse),
                CommandDescriptor(
                    "getkeysinslot", arity: 4, flags: [.stale], group: .cluster, since: "3.0.0",
                    summary: "Returns the key names in a hash slot.",
                    complexity: "O(N) where N is the number of requested keys",
                    tips: ["nondeterministic_output"],
                    handler: refuse),
                CommandDescriptor(
                    "help", arity: 2, flags: [.loading, .stale], group: .cluster, since: "5.0.0",
                    summary: "Returns helpful text about the different subcommands.",
                    handler: refuse),
                CommandDescriptor(
                    "info", arity: 2, flags: [.stale], group: .cluster, since: "3.0.0",
                    summary: "Returns information about the state of a node.",
                    tips: ["nondeterministic_output"],
                    handler: refuse),
                CommandDescriptor(
                    "keyslot", arity: 3, flags: [.stale], group: .cluster, since: "3.0.0",
                    summary: "Returns the hash slot for a key.",
                    complexity: "O(N) where N is the number of bytes in the key",
                    handler: refuse),
                CommandDescriptor(
                    "links", arity: 2, flags: [.stale], group: .cluster, since: "7.0.0",
                    summary: "Returns a list of all TCP links to and from peer nodes.",
                    complexity: "O(N) where N is the total number of Cluster nodes",
                    tips: ["nondeterministic_output"],
                    handler: refuse),
                CommandDescriptor(
                    "meet", arity: -4, flags: [.admin, .stale, .noAsyncLoading], group: .cluster,
                    since: "3.0.0",
                    summary: "Forces a node to handshake with another node.",
                    history: [
                        (since: "4.0.0", change: "Added the optional `cluster_bus_port` argument.")
                    ],
                    handler: refuse),
                CommandDescriptor(
                    "myid", arity: 2, flags: [.stale], group: .cluster, since: "3.0.0",
                    summary: "Returns the ID of a node.",
                    handler: refuse),
                CommandDescriptor(
                    "myshardid", arity: 2, flags: [.loading, .stale], group: .cluster,
                    since: "7.2.0",
                    summary: "Returns the shard ID of a node.",
                    tips: ["nondeterministic_output"],
                    handler: refuse),
                CommandDescriptor(
                    "nodes", arity: 2, flags: [.stale], group: .cluster, since: "3.0.0",
                    summary: "Returns the cluster configuration for a node.",
                    complexity: "O(N) where N is the total number of Cluster nodes",
                    tips: ["nondeterministic_output"],
                    handler: refuse),
                CommandDescriptor(
                    "replicas", arity: 3, flags: [.admin, .stale], group: .cluster, since: "5.0.0",
                    summary: "Lists the replica nodes of a master node.",
                    complexity: "O(N) where N is the number of replicas.",
                    tips: ["nondeterministic_output"],
                    handler: refuse),
                CommandDescriptor(
                    "replicate", arity: 3, flags: [.admin, .stale, .noAsyncLoading],
                    group: .cluster, since: "3.0.0",
                    summary: "Configure a node as replica of a master node.",
                    handler: refuse),
                CommandDescriptor(
                    "reset", arity: -2, flags: [.admin, .noScript, .stale], group: .cluster,
                    since: "3.0.0",
                    summary: "Resets a node.",
                    complexity: "O(N) where N is the number of known nodes. The command may "
                        + "execute a FLUSHALL as a side effect.",
                    handler: refuse),
                CommandDescriptor(
                    "saveconfig", arity: 2, flags: [.admin, .stale, .noAsyncLoading],
                    group: .cluster, since: "3.0.0",
                    summary: "Forces a node to save the cluster configuration to disk.",
                    handler: refuse),
                CommandDescriptor(
                    "set-config-epoch", arity: 3, flags: [.admin, .stale, .noAsyncLoading],
                    group: .cluster, since: "3.0.0",
                    summary: "Sets the configuration epoch for a new node.",
                    handler: refuse),
                CommandDescriptor(
                    "setslot", arity: -4, flags: [.admin, .stale, .noAsyncLoading], group: .cluster,
                    since: "3.0.0",
                    summary: "Binds a hash slot to a node.",
                    handler: refuse),
                CommandDescriptor(
                    "shards", arity: 2, flags: [.stale], group: .cluster, since: "7.0.0",
                    summary: "Returns the mapping of cluster slots to shards.",
                    complexity: "O(N) where N is the total number of cluster nodes",
                    tips: ["nondeterministic_output"],
                    handler: refuse),
                CommandDescriptor(
                    "slaves", arity: 3, flags: [.admin, .stale], group: .cluster, since: "3.0.0",
                    summary: "Lists the replica nodes of a master node.",
                    complexity: "O(N) where N is the number of replicas.",
                    deprecation: Deprecation(since: "5.0.0", replacement: "`CLUSTER REPLICAS`"),
                    tips: ["nondeterministic_output"],
                    handler: refuse),
                CommandDescriptor(
                    "slots", arity: 2, flags: [.stale], group: .cluster, since: "3.0.0",
                    summary: "Returns the mapping of cluster slots to nodes.",
                    complexity: "O(N) where N is the total number of Cluster nodes",
                    history: [
                        (since: "4.0.0", change: "Added node IDs."),
                        (since: "7.0.0", change: "Added additional networking metadata field."),
                    ],
                    tips: ["nondeterministic_output"],
                    handler: refuse),
            ]),
        CommandDescriptor(
            "readonly", arity: 1, flags: [.loading, .stale, .fast], group: .cluster, since: "3.0.0",
            summary: "Enables read-only queries for a connection to a Redis Cluster replica "
                + "node.",
            categories: [.connection],
            handler: refuse),
        CommandDescriptor(
            "readwrite", arity: 1, flags: [.loading, .stale, .fast], group: .cluster,
            since: "3.0.0",
            summary: "Enables read-write queries for a connection to a Redis Cluster replica "
                + "node.",
            categories: [.connection],
            handler: refuse),
        CommandDescriptor(
            "asking", arity: 1, flags: [.fast], group: .cluster, since: "3.0.0",
            summary: "Signals that a cluster client is following an -ASK redirect.",
            categories: [.connection],
            handler: refuse),
    ]
}
