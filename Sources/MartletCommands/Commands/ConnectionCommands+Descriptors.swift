// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension ConnectionCommands {
    private static let alwaysAllowed: CommandFlags = [
        .noScript, .loading, .stale, .fast, .noAuthentication, .allowBusy,
    ]

    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "auth", arity: -2, flags: [alwaysAllowed, .sentinel], group: .connection,
            since: "1.0.0", summary: "Authenticates the connection.",
            complexity: "O(N) where N is the number of passwords defined for the user",
            history: [(since: "6.0.0", change: "Added ACL style (username and password).")],
            arguments: [
                ArgumentDescription("username", .string, .optional, since: "6.0.0"),
                ArgumentDescription("password", .string),
            ],
            handler: auth),
        CommandDescriptor(
            "echo", arity: 2, flags: [.loading, .stale, .fast], group: .connection,
            since: "1.0.0", summary: "Returns the given string.",
            arguments: [ArgumentDescription("message", .string)],
            handler: echo),
        CommandDescriptor(
            "hello", arity: -1, flags: [alwaysAllowed, .sentinel], group: .connection,
            since: "6.0.0", summary: "Handshakes with the Redis server.",
            history: [
                (
                    since: "6.2.0",
                    change: "`protover` made optional; when called without arguments the command "
                        + "reports the current connection's context."
                )
            ],
            arguments: [
                ArgumentDescription(
                    "arguments", .block, .optional,
                    [
                        ArgumentDescription("protover", .integer),
                        ArgumentDescription(
                            "auth", .block, token: "AUTH", .optional,
                            [
                                ArgumentDescription("username", .string),
                                ArgumentDescription("password", .string),
                            ]),
                        ArgumentDescription("clientname", .string, token: "SETNAME", .optional),
                    ])
            ],
            handler: hello),
        CommandDescriptor(
            "ping", arity: -1, flags: [.fast, .sentinel, .allowedWhileSubscribed],
            group: .connection, since: "1.0.0",
            summary: "Returns the server's liveliness response.",
            tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
            arguments: [ArgumentDescription("message", .string, .optional)],
            handler: ping),
        CommandDescriptor(
            "quit", arity: -1,
            flags: [alwaysAllowed, .allowedWhileSubscribed, .transactional],
            group: .connection, since: "1.0.0", summary: "Closes the connection.",
            handler: quit),
        CommandDescriptor(
            "reset", arity: 1,
            flags: [alwaysAllowed, .allowedWhileSubscribed, .transactional],
            group: .connection, since: "6.2.0", summary: "Resets the connection.",
            handler: reset),
        CommandDescriptor(
            "select", arity: 2, flags: [.loading, .stale, .fast], group: .connection,
            since: "1.0.0", summary: "Changes the selected database.",
            arguments: [ArgumentDescription("index", .integer)],
            handler: select),
    ]
}
