// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension ConfigCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "config", arity: -2, group: .server, since: "2.0.0",
            summary: "A container for server configuration commands.",
            complexity: "Depends on subcommand.",
            subcommands: [
                CommandDescriptor(
                    "get", arity: -3, flags: [.admin, .noScript, .loading, .stale], group: .server,
                    since: "2.0.0",
                    summary: "Returns the effective values of configuration parameters.",
                    complexity: "O(N) when N is the number of configuration parameters provided",
                    history: [
                        (
                            since: "7.0.0",
                            change:
                                "Added the ability to pass multiple pattern parameters in one call"
                        )
                    ],
                    arguments: [
                        ArgumentDescription("parameter", .string, .multiple)
                    ],
                    handler: get),
                CommandDescriptor(
                    "help", arity: 2, flags: [.loading, .stale], group: .server, since: "5.0.0",
                    summary: "Returns helpful text about the different subcommands.",
                    handler: help),
                CommandDescriptor(
                    "resetstat", arity: 2, flags: [.admin, .noScript, .loading, .stale],
                    group: .server, since: "2.0.0",
                    summary: "Resets the server's statistics.",
                    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
                    handler: resetStatistics),
                CommandDescriptor(
                    "rewrite", arity: 2, flags: [.admin, .noScript, .loading, .stale],
                    group: .server, since: "2.8.0",
                    summary: "Persists the effective configuration to file.",
                    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
                    handler: rewrite),
                CommandDescriptor(
                    "set", arity: -4, flags: [.admin, .noScript, .loading, .stale], group: .server,
                    since: "2.0.0",
                    summary: "Sets configuration parameters in-flight.",
                    complexity: "O(N) when N is the number of configuration parameters provided",
                    history: [
                        (
                            since: "7.0.0",
                            change: "Added the ability to set multiple parameters in one call."
                        )
                    ],
                    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
                    arguments: [
                        ArgumentDescription(
                            "data", .block, .multiple,
                            [
                                ArgumentDescription("parameter", .string),
                                ArgumentDescription("value", .string),
                            ])
                    ],
                    handler: set),
            ])
    ]
}
