// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension CommandCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "command", arity: -1, flags: [.loading, .stale], group: .server, since: "2.8.13",
            summary: "Returns detailed information about all commands.",
            complexity: "O(N) where N is the total number of commands", categories: [.connection],
            tips: ["nondeterministic_output_order"],
            subcommands: [
                CommandDescriptor(
                    "count", arity: 2, flags: [.loading, .stale], group: .server, since: "2.8.13",
                    summary: "Returns a count of commands.", categories: [.connection],
                    handler: count),
                CommandDescriptor(
                    "docs", arity: -2, flags: [.loading, .stale], group: .server, since: "7.0.0",
                    summary: "Returns documentary information about one, multiple or all commands.",
                    complexity: "O(N) where N is the number of commands to look up",
                    categories: [.connection],
                    tips: ["nondeterministic_output_order"],
                    arguments: [
                        ArgumentDescription("command-name", .string, [.optional, .multiple])
                    ],
                    handler: docs),
                CommandDescriptor(
                    "getkeys", arity: -3, flags: [.loading, .stale], group: .server,
                    since: "2.8.13",
                    summary: "Extracts the key names from an arbitrary command.",
                    complexity: "O(N) where N is the number of arguments to the command",
                    categories: [.connection],
                    arguments: [
                        ArgumentDescription("command", .string),
                        ArgumentDescription("arg", .string, [.optional, .multiple]),
                    ],
                    handler: getKeys),
                CommandDescriptor(
                    "getkeysandflags", arity: -3, flags: [.loading, .stale], group: .server,
                    since: "7.0.0",
                    summary: "Extracts the key names and access flags for an arbitrary command.",
                    complexity: "O(N) where N is the number of arguments to the command",
                    categories: [.connection],
                    arguments: [
                        ArgumentDescription("command", .string),
                        ArgumentDescription("arg", .string, [.optional, .multiple]),
                    ],
                    handler: getKeysAndFlags),
                CommandDescriptor(
                    "help", arity: 2, flags: [.loading, .stale], group: .server, since: "5.0.0",
                    summary: "Returns helpful text about the different subcommands.",
                    categories: [.connection],
                    handler: help),
                CommandDescriptor(
                    "info", arity: -2, flags: [.loading, .stale], group: .server, since: "2.8.13",
                    summary: "Returns information about one, multiple or all commands.",
                    complexity: "O(N) where N is the number of commands to look up",
                    history: [
                        (
                            since: "7.0.0",
                            change:
                                "Allowed to be called with no argument to get info on all commands."
                        )
                    ], categories: [.connection],
                    tips: ["nondeterministic_output_order"],
                    arguments: [
                        ArgumentDescription("command-name", .string, [.optional, .multiple])
                    ],
                    handler: info),
                CommandDescriptor(
                    "list", arity: -2, flags: [.loading, .stale], group: .server, since: "7.0.0",
                    summary: "Returns a list of command names.",
                    complexity: "O(N) where N is the total number of commands",
                    categories: [.connection],
                    tips: ["nondeterministic_output_order"],
                    arguments: [
                        ArgumentDescription(
                            "filterby", .oneof, token: "FILTERBY", .optional,
                            [
                                ArgumentDescription("module-name", .string, token: "MODULE"),
                                ArgumentDescription("category", .string, token: "ACLCAT"),
                                ArgumentDescription("pattern", .pattern, token: "PATTERN"),
                            ])
                    ],
                    handler: list),
            ],
            handler: all)
    ]
}
