// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension ReplicationCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "replicaof", arity: 3, flags: [.admin, .noScript, .stale, .noAsyncLoading],
            group: .server, since: "5.0.0",
            summary: "Configures a server as replica of another, or promotes it to a "
                + "master.",
            arguments: [
                ArgumentDescription(
                    "args", .oneof, [],
                    [
                        ArgumentDescription(
                            "host-port", .block, [],
                            [
                                ArgumentDescription("host", .string),
                                ArgumentDescription("port", .integer),
                            ]),
                        ArgumentDescription(
                            "no-one", .block, [],
                            [
                                ArgumentDescription("no", .pureToken, token: "NO"),
                                ArgumentDescription("one", .pureToken, token: "ONE"),
                            ]),
                    ])
            ],
            handler: replicaof),
        CommandDescriptor(
            "slaveof", arity: 3, flags: [.admin, .noScript, .stale, .noAsyncLoading],
            group: .server, since: "1.0.0",
            summary: "Sets a Redis server as a replica of another, or promotes it to being a "
                + "master.",
            deprecation: Deprecation(since: "5.0.0", replacement: "`REPLICAOF`"),
            arguments: [
                ArgumentDescription(
                    "args", .oneof, [],
                    [
                        ArgumentDescription(
                            "host-port", .block, [],
                            [
                                ArgumentDescription("host", .string),
                                ArgumentDescription("port", .integer),
                            ]),
                        ArgumentDescription(
                            "no-one", .block, [],
                            [
                                ArgumentDescription("no", .pureToken, token: "NO"),
                                ArgumentDescription("one", .pureToken, token: "ONE"),
                            ]),
                    ])
            ],
            handler: replicaof),
        CommandDescriptor(
            "psync", arity: -3, flags: [.admin, .noScript, .noAsyncLoading, .noMulti],
            group: .server, since: "2.8.0",
            summary: "An internal command used in replication.", complexity: nil,
            arguments: [
                ArgumentDescription("replicationid", .string),
                ArgumentDescription("offset", .integer),
            ],
            handler: refuse),
        CommandDescriptor(
            "sync", arity: 1, flags: [.admin, .noScript, .noAsyncLoading, .noMulti], group: .server,
            since: "1.0.0",
            summary: "An internal command used in replication.", complexity: nil,
            handler: refuse),
        CommandDescriptor(
            "replconf", arity: -1, flags: [.admin, .noScript, .loading, .stale, .allowBusy],
            group: .server, since: "3.0.0",
            summary: "An internal command for configuring the replication stream.",
            documentation: .systemCommand,
            handler: replconf),
        CommandDescriptor(
            "wait", arity: 3, flags: [.blocking], group: .generic, since: "3.0.0",
            summary: "Blocks until the asynchronous replication of all preceding write "
                + "commands sent by the connection is completed.", categories: [.connection],
            tips: ["request_policy:all_shards", "response_policy:agg_min"],
            arguments: [
                ArgumentDescription("numreplicas", .integer),
                ArgumentDescription("timeout", .integer),
            ],
            handler: wait),
        CommandDescriptor(
            "waitaof", arity: 4, flags: [.blocking], group: .generic, since: "7.2.0",
            summary: "Blocks until all of the preceding write commands sent by the "
                + "connection are written to the append-only file of the master "
                + "and/or replicas.", categories: [.connection],
            tips: ["request_policy:all_shards", "response_policy:agg_min"],
            arguments: [
                ArgumentDescription("numlocal", .integer),
                ArgumentDescription("numreplicas", .integer),
                ArgumentDescription("timeout", .integer),
            ],
            handler: waitAOF),
        CommandDescriptor(
            "failover", arity: -1, flags: [.admin, .noScript, .stale], group: .server,
            since: "6.2.0",
            summary: "Starts a coordinated failover from a server to one of its replicas.",
            arguments: [
                ArgumentDescription(
                    "target", .block, token: "TO", .optional,
                    [
                        ArgumentDescription("host", .string),
                        ArgumentDescription("port", .integer),
                        ArgumentDescription("force", .pureToken, token: "FORCE", .optional),
                    ]),
                ArgumentDescription("abort", .pureToken, token: "ABORT", .optional),
                ArgumentDescription("milliseconds", .integer, token: "TIMEOUT", .optional),
            ],
            handler: failover),
    ]
}
