// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension ClientCommands {
    /// Of the subcommands that concern the connection itself; the others are for administrators.
    private static let own: CommandFlags = [.noScript, .loading, .stale]

    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "client", arity: -2, flags: .sentinel, group: .connection, since: "2.4.0",
            summary: "A container for client connection commands.",
            complexity: "Depends on subcommand.",
            subcommands: cachingToList + noEvictToUnpause)
    ]

    private static let cachingToList: [CommandDescriptor] = [
        CommandDescriptor(
            "caching", arity: 3, flags: own, group: .connection, since: "6.0.0",
            summary: "Instructs the server whether to track the keys in the next request.",
            arguments: [oneOf("mode", words: ["yes", "no"])],
            handler: caching),
        CommandDescriptor(
            "getname", arity: 2, flags: own, group: .connection, since: "2.6.9",
            summary: "Returns the name of the connection.",
            handler: getName),
        CommandDescriptor(
            "getredir", arity: 2, flags: own, group: .connection, since: "6.0.0",
            summary:
                "Returns the client ID to which the connection's tracking "
                + "notifications are redirected.",
            handler: getRedirection),
        CommandDescriptor(
            "help", arity: 2, flags: [.loading, .stale], group: .connection, since: "5.0.0",
            summary: "Returns helpful text about the different subcommands.",
            handler: help),
        CommandDescriptor(
            "id", arity: 2, flags: own, group: .connection, since: "5.0.0",
            summary: "Returns the unique client ID of the connection.",
            handler: id),
        CommandDescriptor(
            "info", arity: 2, flags: own, group: .connection, since: "6.2.0",
            summary: "Returns information about the connection.",
            tips: ["nondeterministic_output"],
            handler: info),
        CommandDescriptor(
            "kill", arity: -3, flags: [own, .admin], group: .connection, since: "2.4.0",
            summary: "Terminates open connections.",
            complexity: "O(N) where N is the number of client connections",
            history: [
                (since: "2.8.12", change: "Added new filter format."),
                (since: "2.8.12", change: "`ID` option."),
                (since: "3.2.0", change: "Added `master` type in for `TYPE` option."),
                (
                    since: "5.0.0",
                    change:
                        "Replaced `slave` `TYPE` with `replica`. `slave` still "
                        + "supported for backward compatibility."
                ),
                (since: "6.2.0", change: "`LADDR` option."),
                (since: "7.4.0", change: "`MAXAGE` option."),
            ],
            arguments: killArguments,
            handler: kill),
        CommandDescriptor(
            "list", arity: -2, flags: [own, .admin], group: .connection, since: "2.4.0",
            summary: "Lists open connections.",
            complexity: "O(N) where N is the number of client connections",
            history: [
                (since: "2.8.12", change: "Added unique client `id` field."),
                (since: "5.0.0", change: "Added optional `TYPE` filter."),
                (since: "6.0.0", change: "Added `user` field."),
                (
                    since: "6.2.0",
                    change:
                        "Added `argv-mem`, `tot-mem`, `laddr` and `redir` fields "
                        + "and the optional `ID` filter."
                ),
                (since: "7.0.0", change: "Added `resp`, `multi-mem`, `rbs` and `rbp` fields."),
                (since: "7.0.3", change: "Added `ssub` field."),
            ],
            tips: ["nondeterministic_output"],
            arguments: listArguments,
            handler: list),
    ]

    private static let noEvictToUnpause: [CommandDescriptor] = [
        CommandDescriptor(
            "no-evict", arity: 3, flags: [own, .admin], group: .connection, since: "7.0.0",
            summary: "Sets the client eviction mode of the connection.",
            arguments: [oneOf("enabled", words: ["on", "off"])],
            handler: noEvict),
        CommandDescriptor(
            "no-touch", arity: 3, flags: own, group: .connection, since: "7.2.0",
            summary:
                "Controls whether commands sent by the client affect the LRU/LFU "
                + "of accessed keys.",
            arguments: [oneOf("enabled", words: ["on", "off"])],
            handler: noTouch),
        CommandDescriptor(
            "pause", arity: -3, flags: [own, .admin], group: .connection, since: "3.0.0",
            summary: "Suspends commands processing.",
            history: [
                (
                    since: "6.2.0",
                    change: "`CLIENT PAUSE WRITE` mode added along with the `mode` option."
                )
            ],
            arguments: [
                ArgumentDescription("timeout", .integer),
                oneOf("mode", .optional, since: "6.2.0", words: ["write", "all"]),
            ],
            handler: pause),
        CommandDescriptor(
            "reply", arity: 3, flags: own, group: .connection, since: "3.2.0",
            summary: "Instructs the server whether to reply to commands.",
            arguments: [oneOf("action", words: ["on", "off", "skip"])],
            handler: reply),
        CommandDescriptor(
            "setinfo", arity: 4, flags: own, group: .connection, since: "7.2.0",
            summary: "Sets information specific to the client or connection.",
            tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
            arguments: [
                ArgumentDescription(
                    "attr", .oneof, [],
                    [
                        ArgumentDescription("libname", .string, token: "LIB-NAME"),
                        ArgumentDescription("libver", .string, token: "LIB-VER"),
                    ])
            ],
            handler: setInfo),
        CommandDescriptor(
            "setname", arity: 3, flags: own, group: .connection, since: "2.6.9",
            summary: "Sets the connection name.",
            tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
            arguments: [ArgumentDescription("connection-name", .string)],
            handler: setName),
        CommandDescriptor(
            "tracking", arity: -3, flags: own, group: .connection, since: "6.0.0",
            summary: "Controls server-assisted client-side caching for the connection.",
            complexity: "O(1). Some options may introduce additional complexity.",
            arguments: trackingArguments,
            handler: tracking),
        CommandDescriptor(
            "trackinginfo", arity: 2, flags: own, group: .connection, since: "6.2.0",
            summary:
                "Returns information about server-assisted client-side caching for "
                + "the connection.",
            handler: trackingInfo),
        CommandDescriptor(
            "unblock", arity: -3, flags: [own, .admin, .keyspace], group: .connection,
            since: "5.0.0",
            summary: "Unblocks a client blocked by a blocking command from a different connection.",
            complexity: "O(log N) where N is the number of client connections",
            arguments: [
                ArgumentDescription("client-id", .integer),
                oneOf("unblock-type", .optional, words: ["timeout", "error"]),
            ],
            handler: unblock),
        CommandDescriptor(
            "unpause", arity: 2, flags: [own, .admin], group: .connection, since: "6.2.0",
            summary: "Resumes processing commands from paused clients.",
            complexity: "O(N) Where N is the number of paused clients",
            handler: unpause),
    ]

    // MARK: Arguments

    private static let killArguments = [
        ArgumentDescription(
            "filter", .oneof, [],
            [
                ArgumentDescription(
                    "old-format", .string, deprecatedSince: "2.8.12", displayText: "ip:port"),
                ArgumentDescription("new-format", .oneof, .multiple, killFilters),
            ])
    ]

    private static let killFilters = [
        ArgumentDescription("client-id", .integer, token: "ID", .optional, since: "2.8.12"),
        ArgumentDescription(
            "client-type", .oneof, token: "TYPE", .optional, since: "2.8.12",
            [
                ArgumentDescription("normal", .pureToken, token: "NORMAL"),
                ArgumentDescription("master", .pureToken, token: "MASTER", since: "3.2.0"),
                ArgumentDescription("slave", .pureToken, token: "SLAVE"),
                ArgumentDescription("replica", .pureToken, token: "REPLICA", since: "5.0.0"),
                ArgumentDescription("pubsub", .pureToken, token: "PUBSUB"),
            ]),
        ArgumentDescription("username", .string, token: "USER", .optional),
        ArgumentDescription("addr", .string, token: "ADDR", .optional, displayText: "ip:port"),
        ArgumentDescription(
            "laddr", .string, token: "LADDR", .optional, since: "6.2.0", displayText: "ip:port"),
        oneOf("skipme", token: "SKIPME", .optional, words: ["yes", "no"]),
        ArgumentDescription("maxage", .integer, token: "MAXAGE", .optional, since: "7.4.0"),
    ]

    private static let listArguments = [
        oneOf(
            "client-type", token: "TYPE", .optional, since: "5.0.0",
            words: ["normal", "master", "replica", "pubsub"]),
        ArgumentDescription(
            "client-id", .integer, token: "ID", [.optional, .multiple], since: "6.2.0"),
    ]

    private static let trackingArguments = [
        oneOf("status", words: ["on", "off"]),
        ArgumentDescription("client-id", .integer, token: "REDIRECT", .optional),
        ArgumentDescription(
            "prefix", .string, token: "PREFIX", [.optional, .multiple, .multipleToken]),
        ArgumentDescription("bcast", .pureToken, token: "BCAST", .optional),
        ArgumentDescription("optin", .pureToken, token: "OPTIN", .optional),
        ArgumentDescription("optout", .pureToken, token: "OPTOUT", .optional),
        ArgumentDescription("noloop", .pureToken, token: "NOLOOP", .optional),
    ]

    /// One of some words.
    private static func oneOf(
        _ name: String, token: String? = nil, _ flags: ArgumentDescription.Flags = [],
        since: String? = nil, words: [String]
    ) -> ArgumentDescription {
        ArgumentDescription(
            name, .oneof, token: token, flags, since: since,
            words.map { ArgumentDescription($0, .pureToken, token: $0.uppercased()) })
    }
}
