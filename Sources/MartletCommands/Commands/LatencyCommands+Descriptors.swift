// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension LatencyCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "latency", arity: -2, group: .server, since: "2.8.13",
            summary: "A container for latency diagnostics commands.",
            complexity: "Depends on subcommand.",
            subcommands: [
                CommandDescriptor(
                    "doctor", arity: 2, flags: [.admin, .noScript, .loading, .stale],
                    group: .server, since: "2.8.13",
                    summary: "Returns a human-readable latency analysis report.",
                    tips: [
                        "nondeterministic_output", "request_policy:all_nodes",
                        "response_policy:special",
                    ],
                    handler: doctor),
                CommandDescriptor(
                    "graph", arity: 3, flags: [.admin, .noScript, .loading, .stale], group: .server,
                    since: "2.8.13",
                    summary: "Returns a latency graph for an event.",
                    tips: [
                        "nondeterministic_output", "request_policy:all_nodes",
                        "response_policy:special",
                    ],
                    arguments: [
                        ArgumentDescription("event", .string)
                    ],
                    handler: graph),
                CommandDescriptor(
                    "help", arity: 2, flags: [.loading, .stale], group: .server, since: "2.8.13",
                    summary: "Returns helpful text about the different subcommands.",
                    handler: help),
                CommandDescriptor(
                    "histogram", arity: -2, flags: [.admin, .noScript, .loading, .stale],
                    group: .server, since: "7.0.0",
                    summary: "Returns the cumulative distribution of latencies of a subset or "
                        + "all commands.",
                    complexity: "O(N) where N is the number of commands with latency information "
                        + "being retrieved.",
                    tips: [
                        "nondeterministic_output", "request_policy:all_nodes",
                        "response_policy:special",
                    ],
                    arguments: [
                        ArgumentDescription("command", .string, [.optional, .multiple])
                    ],
                    handler: histogram),
                CommandDescriptor(
                    "history", arity: 3, flags: [.admin, .noScript, .loading, .stale],
                    group: .server, since: "2.8.13",
                    summary: "Returns timestamp-latency samples for an event.",
                    tips: [
                        "nondeterministic_output", "request_policy:all_nodes",
                        "response_policy:special",
                    ],
                    arguments: [
                        ArgumentDescription("event", .string)
                    ],
                    handler: history),
                CommandDescriptor(
                    "latest", arity: 2, flags: [.admin, .noScript, .loading, .stale],
                    group: .server, since: "2.8.13",
                    summary: "Returns the latest latency samples for all events.",
                    tips: [
                        "nondeterministic_output", "request_policy:all_nodes",
                        "response_policy:special",
                    ],
                    handler: latest),
                CommandDescriptor(
                    "reset", arity: -2, flags: [.admin, .noScript, .loading, .stale],
                    group: .server, since: "2.8.13",
                    summary: "Resets the latency data for one or more events.",
                    tips: ["request_policy:all_nodes", "response_policy:agg_sum"],
                    arguments: [
                        ArgumentDescription("event", .string, [.optional, .multiple])
                    ],
                    handler: reset),
            ])
    ]
}
