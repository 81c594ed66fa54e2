// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension SlowlogCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "slowlog", arity: -2, group: .server, since: "2.2.12",
            summary: "A container for slow log commands.",
            complexity: "Depends on subcommand.",
            subcommands: [
                CommandDescriptor(
                    "get", arity: -2, flags: [.admin, .loading, .stale], group: .server,
                    since: "2.2.12",
                    summary: "Returns the slow log's entries.",
                    complexity: "O(N) where N is the number of entries returned",
                    history: [
                        (
                            since: "4.0.0",
                            change: "Added client IP address, port and name to the reply."
                        )
                    ],
                    tips: ["request_policy:all_nodes", "nondeterministic_output"],
                    arguments: [
                        ArgumentDescription("count", .integer, .optional)
                    ],
                    handler: get),
                CommandDescriptor(
                    "help", arity: 2, flags: [.loading, .stale], group: .server, since: "6.2.0",
                    summary: "Show helpful text about the different subcommands",
                    handler: help),
                CommandDescriptor(
                    "len", arity: 2, flags: [.admin, .loading, .stale], group: .server,
                    since: "2.2.12",
                    summary: "Returns the number of entries in the slow log.",
                    tips: [
                        "request_policy:all_nodes", "response_policy:agg_sum",
                        "nondeterministic_output",
                    ],
                    handler: len),
                CommandDescriptor(
                    "reset", arity: 2, flags: [.admin, .loading, .stale], group: .server,
                    since: "2.2.12",
                    summary: "Clears all entries from the slow log.",
                    complexity: "O(N) where N is the number of entries in the slowlog",
                    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
                    handler: reset),
            ])
    ]
}
