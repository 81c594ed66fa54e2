// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension ACLCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "acl", arity: -2, group: .server, since: "6.0.0",
            summary: "A container for Access List Control commands.",
            complexity: "Depends on subcommand.",
            subcommands: [
                CommandDescriptor(
                    "cat", arity: -2, flags: [.noScript, .loading, .stale], group: .server,
                    since: "6.0.0",
                    summary: "Lists the ACL categories, or the commands inside a category.",
                    complexity: "O(1) since the categories and commands are a fixed set.",
                    arguments: [
                        ArgumentDescription("category", .string, .optional)
                    ],
                    handler: categories),
                CommandDescriptor(
                    "deluser", arity: -3, flags: [.admin, .noScript, .loading, .stale],
                    group: .server, since: "6.0.0",
                    summary: "Deletes ACL users, and terminates their connections.",
                    complexity: "O(1) amortized time considering the typical user.",
                    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
                    arguments: [
                        ArgumentDescription("username", .string, .multiple)
                    ],
                    handler: deleteUser),
                CommandDescriptor(
                    "dryrun", arity: -4, flags: [.admin, .noScript, .loading, .stale],
                    group: .server, since: "7.0.0",
                    summary: "Simulates the execution of a command by a user, without executing "
                        + "the command.",
                    complexity: "O(1).",
                    arguments: [
                        ArgumentDescription("username", .string),
                        ArgumentDescription("command", .string),
                        ArgumentDescription("arg", .string, [.optional, .multiple]),
                    ],
                    handler: dryRun),
                CommandDescriptor(
                    "genpass", arity: -2, flags: [.noScript, .loading, .stale], group: .server,
                    since: "6.0.0",
                    summary: "Generates a pseudorandom, secure password that can be used to "
                        + "identify ACL users.",
                    arguments: [
                        ArgumentDescription("bits", .integer, .optional)
                    ],
                    handler: generatePassword),
                CommandDescriptor(
                    "getuser", arity: 3, flags: [.admin, .noScript, .loading, .stale],
                    group: .server, since: "6.0.0",
                    summary: "Lists the ACL rules of a user.",
                    complexity: "O(N). Where N is the number of password, command and pattern "
                        + "rules that the user has.",
                    history: [
                        (since: "6.2.0", change: "Added Pub/Sub channel patterns."),
                        (
                            since: "7.0.0",
                            change: "Added selectors and changed the format of key and channel "
                                + "patterns from a list to their rule representation."
                        ),
                    ],
                    arguments: [
                        ArgumentDescription("username", .string)
                    ],
                    handler: getUser),
                CommandDescriptor(
                    "help", arity: 2, flags: [.loading, .stale], group: .server, since: "6.0.0",
                    summary: "Returns helpful text about the different subcommands.",
                    handler: help),
                CommandDescriptor(
                    "list", arity: 2, flags: [.admin, .noScript, .loading, .stale], group: .server,
                    since: "6.0.0",
                    summary: "Dumps the effective rules in ACL file format.",
                    complexity: "O(N). Where N is the number of configured users.",
                    handler: listAll),
                CommandDescriptor(
                    "load", arity: 2, flags: [.admin, .noScript, .loading, .stale], group: .server,
                    since: "6.0.0",
                    summary: "Reloads the rules from the configured ACL file.",
                    complexity: "O(N). Where N is the number of configured users.",
                    handler: refuse),
                CommandDescriptor(
                    "log", arity: -2, flags: [.admin, .noScript, .loading, .stale], group: .server,
                    since: "6.0.0",
                    summary: "Lists recent security events generated due to ACL rules.",
                    complexity: "O(N) with N being the number of entries shown.",
                    history: [
                        (
                            since: "7.2.0",
                            change: "Added entry ID, timestamp created, and timestamp last updated."
                        )
                    ],
                    arguments: [
                        ArgumentDescription(
                            "operation", .oneof, .optional,
                            [
                                ArgumentDescription("count", .integer),
                                ArgumentDescription("reset", .pureToken, token: "RESET"),
                            ])
                    ],
                    handler: log),
                CommandDescriptor(
                    "save", arity: 2, flags: [.admin, .noScript, .loading, .stale], group: .server,
                    since: "6.0.0",
                    summary: "Saves the effective ACL rules in the configured ACL file.",
                    complexity: "O(N). Where N is the number of configured users.",
                    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
                    handler: refuse),
                CommandDescriptor(
                    "setuser", arity: -3, flags: [.admin, .noScript, .loading, .stale],
                    group: .server, since: "6.0.0",
                    summary: "Creates and modifies an ACL user and its rules.",
                    complexity: "O(N). Where N is the number of rules provided.",
                    history: [
                        (since: "6.2.0", change: "Added Pub/Sub channel patterns."),
                        (since: "7.0.0", change: "Added selectors and key based permissions."),
                    ],
                    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
                    arguments: [
                        ArgumentDescription("username", .string),
                        ArgumentDescription("rule", .string, [.optional, .multiple]),
                    ],
                    handler: refuse),
                CommandDescriptor(
                    "users", arity: 2, flags: [.admin, .noScript, .loading, .stale], group: .server,
                    since: "6.0.0",
                    summary: "Lists all ACL users.",
                    complexity: "O(N). Where N is the number of configured users.",
                    handler: users),
                CommandDescriptor(
                    "whoami", arity: 2, flags: [.noScript, .loading, .stale], group: .server,
                    since: "6.0.0",
                    summary: "Returns the authenticated username of the current connection.",
                    handler: whoAmI),
            ])
    ]
}
