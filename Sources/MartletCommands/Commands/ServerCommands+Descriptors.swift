// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension ServerCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "info", arity: -1, flags: [.loading, .stale, .keyspace], group: .server, since: "1.0.0",
            summary: "Returns information and statistics about the server.",
            history: [
                (since: "7.0.0", change: "Added support for taking multiple section arguments.")
            ], categories: [.dangerous],
            tips: [
                "nondeterministic_output", "request_policy:all_shards", "response_policy:special",
            ],
            arguments: [
                ArgumentDescription("section", .string, [.optional, .multiple])
            ],
            handler: info),
        CommandDescriptor(
            "time", arity: 1, flags: [.loading, .stale, .fast], group: .server, since: "2.6.0",
            summary: "Returns the server time.",
            tips: ["nondeterministic_output"],
            handler: time),
        CommandDescriptor(
            "role", arity: 1, flags: [.noScript, .loading, .stale, .fast], group: .server,
            since: "2.8.12",
            summary: "Returns the replication role.", categories: [.admin, .dangerous],
            handler: role),
        CommandDescriptor(
            "lastsave", arity: 1, flags: [.loading, .stale, .fast], group: .server, since: "1.0.0",
            summary: "Returns the Unix timestamp of the last successful save to disk.",
            categories: [.admin, .dangerous],
            tips: ["nondeterministic_output"],
            handler: lastSave),
        CommandDescriptor(
            "lolwut", arity: -1, flags: [.readOnly, .fast], group: .server, since: "5.0.0",
            summary: "Displays computer art and the Redis version", complexity: nil,
            arguments: [
                ArgumentDescription("version", .integer, token: "VERSION", .optional)
            ],
            handler: lolwut),
        CommandDescriptor(
            "debug", arity: -2, flags: [.admin, .noScript, .loading, .stale, .protected],
            group: .server, since: "1.0.0",
            summary: "A container for debugging commands.",
            complexity: "Depends on subcommand.", documentation: .systemCommand,
            handler: debug),
        CommandDescriptor(
            "shutdown", arity: -1,
            flags: [.admin, .noScript, .loading, .stale, .noMulti, .allowBusy], group: .server,
            since: "1.0.0",
            summary: "Synchronously saves the database(s) to disk and shuts down the Redis "
                + "server.",
            complexity: "O(N) when saving, where N is the total number of keys in all "
                + "databases when saving data, otherwise O(1)",
            history: [
                (since: "7.0.0", change: "Added the `NOW`, `FORCE` and `ABORT` modifiers.")
            ],
            arguments: [
                ArgumentDescription(
                    "save-selector", .oneof, .optional,
                    [
                        ArgumentDescription("nosave", .pureToken, token: "NOSAVE"),
                        ArgumentDescription("save", .pureToken, token: "SAVE"),
                    ]),
                ArgumentDescription("now", .pureToken, token: "NOW", .optional, since: "7.0.0"),
                ArgumentDescription("force", .pureToken, token: "FORCE", .optional, since: "7.0.0"),
                ArgumentDescription("abort", .pureToken, token: "ABORT", .optional, since: "7.0.0"),
            ],
            handler: shutdown),
    ]
}
