// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension StreamGroupCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "xgroup", arity: -2, group: .stream, since: "5.0.0",
            summary: "A container for consumer groups commands.",
            complexity: "Depends on subcommand.",
            subcommands: [
                CommandDescriptor(
                    "create", arity: -5, flags: [.write, .denyOutOfMemory], group: .stream,
                    since: "5.0.0", summary: "Creates a consumer group.",
                    history: [
                        (since: "7.0.0", change: "Added the `entries_read` named argument.")
                    ], categories: [.stream],
                    keys: [
                        KeySpecification([.readWrite, .insert], first: 2)
                    ],
                    arguments: [
                        ArgumentDescription("key", .key, keyIndex: 0),
                        ArgumentDescription("group", .string),
                        ArgumentDescription(
                            "id-selector", .oneof, [],
                            [
                                ArgumentDescription("id", .string),
                                ArgumentDescription("new-id", .pureToken, token: "$"),
                            ]),
                        ArgumentDescription("mkstream", .pureToken, token: "MKSTREAM", .optional),
                        ArgumentDescription(
                            "entriesread", .integer, token: "ENTRIESREAD", .optional,
                            displayText: "entries-read"),
                    ], keyHandler: create),
                CommandDescriptor(
                    "createconsumer", arity: 5, flags: [.write, .denyOutOfMemory], group: .stream,
                    since: "6.2.0", summary: "Creates a consumer in a consumer group.",
                    categories: [.stream],
                    keys: [
                        KeySpecification([.readWrite, .insert], first: 2)
                    ],
                    arguments: [
                        ArgumentDescription("key", .key, keyIndex: 0),
                        ArgumentDescription("group", .string),
                        ArgumentDescription("consumer", .string),
                    ], keyHandler: createconsumer),
                CommandDescriptor(
                    "delconsumer", arity: 5, flags: .write, group: .stream, since: "5.0.0",
                    summary: "Deletes a consumer from a consumer group.", categories: [.stream],
                    keys: [
                        KeySpecification([.readWrite, .delete], first: 2)
                    ],
                    arguments: [
                        ArgumentDescription("key", .key, keyIndex: 0),
                        ArgumentDescription("group", .string),
                        ArgumentDescription("consumer", .string),
                    ], keyHandler: delconsumer),
                CommandDescriptor(
                    "destroy", arity: 4, flags: .write, group: .stream, since: "5.0.0",
                    summary: "Destroys a consumer group.",
                    complexity: "O(N) where N is the number of entries in the group's pending "
                        + "entries list (PEL).", categories: [.stream],
                    keys: [
                        KeySpecification([.readWrite, .delete], first: 2)
                    ],
                    arguments: [
                        ArgumentDescription("key", .key, keyIndex: 0),
                        ArgumentDescription("group", .string),
                    ], keyHandler: destroy),
                CommandDescriptor(
                    "help", arity: 2, flags: [.loading, .stale], group: .stream, since: "5.0.0",
                    summary: "Returns helpful text about the different subcommands.",
                    categories: [.stream], handler: help),
                CommandDescriptor(
                    "setid", arity: -5, flags: .write, group: .stream, since: "5.0.0",
                    summary: "Sets the last-delivered ID of a consumer group.",
                    history: [
                        (since: "7.0.0", change: "Added the optional `entries_read` argument.")
                    ], categories: [.stream],
                    keys: [
                        KeySpecification([.readWrite, .update], first: 2)
                    ],
                    arguments: [
                        ArgumentDescription("key", .key, keyIndex: 0),
                        ArgumentDescription("group", .string),
                        ArgumentDescription(
                            "id-selector", .oneof, [],
                            [
                                ArgumentDescription("id", .string),
                                ArgumentDescription("new-id", .pureToken, token: "$"),
                            ]),
                        ArgumentDescription(
                            "entriesread", .integer, token: "ENTRIESREAD", .optional,
                            displayText: "entries-read"),
                    ], keyHandler: setid),
            ]),
        CommandDescriptor(
            "xack", arity: -4, flags: [.write, .fast], group: .stream, since: "5.0.0",
            summary: "Returns the number of messages that were successfully "
                + "acknowledged by the consumer group member of a stream.",
            complexity: "O(1) for each message ID processed.", categories: [.stream],
            keys: [
                KeySpecification([.readWrite, .update], first: 1)
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("group", .string),
                ArgumentDescription("id", .string, .multiple),
            ], keyHandler: xack),
        CommandDescriptor(
            "xpending", arity: -3, flags: .readOnly, group: .stream, since: "5.0.0",
            summary: "Returns the information and entries from a stream consumer "
                + "group's pending entries list.",
            complexity: "O(N) with N being the number of elements returned, so asking for "
                + "a small fixed number of entries per call is O(1). O(M), where M "
                + "is the total number of entries scanned when used with the IDLE "
                + "filter. When the command returns just the summary and the list of "
                + "consumers is small, it runs in O(1) time; otherwise, an "
                + "additional O(N) time for iterating every consumer.",
            history: [
                (since: "6.2.0", change: "Added the `IDLE` option and exclusive range intervals.")
            ], categories: [.stream],
            keys: [
                KeySpecification([.readOnly, .access], first: 1)
            ], tips: ["nondeterministic_output"],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("group", .string),
                ArgumentDescription(
                    "filters", .block, .optional,
                    [
                        ArgumentDescription(
                            "min-idle-time", .integer, token: "IDLE", .optional, since: "6.2.0"),
                        ArgumentDescription("start", .string),
                        ArgumentDescription("end", .string),
                        ArgumentDescription("count", .integer),
                        ArgumentDescription("consumer", .string, .optional),
                    ]),
            ], keyHandler: StreamPendingCommands.xpending),
        CommandDescriptor(
            "xclaim", arity: -6, flags: [.write, .fast], group: .stream, since: "5.0.0",
            summary: "Changes, or acquires, ownership of a message in a consumer group, "
                + "as if the message was delivered to a consumer group member.",
            complexity:
                "O(log N) with N being the number of messages in the PEL of the consumer group.",
            categories: [.stream],
            keys: [
                KeySpecification([.readWrite, .update], first: 1)
            ], tips: ["nondeterministic_output"],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("group", .string),
                ArgumentDescription("consumer", .string),
                ArgumentDescription("min-idle-time", .string),
                ArgumentDescription("id", .string, .multiple),
                ArgumentDescription("ms", .integer, token: "IDLE", .optional),
                ArgumentDescription("unix-time-milliseconds", .unixTime, token: "TIME", .optional),
                ArgumentDescription("count", .integer, token: "RETRYCOUNT", .optional),
                ArgumentDescription("force", .pureToken, token: "FORCE", .optional),
                ArgumentDescription("justid", .pureToken, token: "JUSTID", .optional),
                ArgumentDescription("lastid", .string, token: "LASTID", .optional),
            ], keyHandler: StreamClaimCommands.xclaim),
        CommandDescriptor(
            "xautoclaim", arity: -6, flags: [.write, .fast], group: .stream, since: "6.2.0",
            summary: "Changes, or acquires, ownership of messages in a consumer group, "
                + "as if the messages were delivered to a consumer group member.",
            complexity: "O(1) if COUNT is small.",
            history: [
                (
                    since: "7.0.0",
                    change: "Added an element to the reply array, containing deleted entries "
                        + "the command cleared from the PEL"
                )
            ], categories: [.stream],
            keys: [
                KeySpecification([.readWrite, .delete], first: 1)
            ], tips: ["nondeterministic_output"],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("group", .string),
                ArgumentDescription("consumer", .string),
                ArgumentDescription("min-idle-time", .string),
                ArgumentDescription("start", .string),
                ArgumentDescription("count", .integer, token: "COUNT", .optional),
                ArgumentDescription("justid", .pureToken, token: "JUSTID", .optional),
            ], keyHandler: StreamClaimCommands.xautoclaim),
        CommandDescriptor(
            "xinfo", arity: -2, group: .stream, since: "5.0.0",
            summary: "A container for stream introspection commands.",
            complexity: "Depends on subcommand.",
            subcommands: [
                CommandDescriptor(
                    "consumers", arity: 4, flags: .readOnly, group: .stream, since: "5.0.0",
                    summary: "Returns a list of the consumers in a consumer group.",
                    history: [
                        (
                            since: "7.2.0",
                            change: "Added the `inactive` field, and changed the meaning of `idle`."
                        )
                    ], categories: [.stream],
                    keys: [
                        KeySpecification([.readOnly, .access], first: 2)
                    ], tips: ["nondeterministic_output"],
                    arguments: [
                        ArgumentDescription("key", .key, keyIndex: 0),
                        ArgumentDescription("group", .string),
                    ], keyHandler: StreamInfoCommands.consumers),
                CommandDescriptor(
                    "groups", arity: 3, flags: .readOnly, group: .stream, since: "5.0.0",
                    summary: "Returns a list of the consumer groups of a stream.",
                    history: [
                        (since: "7.0.0", change: "Added the `entries-read` and `lag` fields")
                    ], categories: [.stream],
                    keys: [
                        KeySpecification([.readOnly, .access], first: 2)
                    ],
                    arguments: [
                        ArgumentDescription("key", .key, keyIndex: 0)
                    ], keyHandler: StreamInfoCommands.groups),
                CommandDescriptor(
                    "help", arity: 2, flags: [.loading, .stale], group: .stream, since: "5.0.0",
                    summary: "Returns helpful text about the different subcommands.",
                    categories: [.stream], handler: StreamInfoCommands.help),
                CommandDescriptor(
                    "stream", arity: -3, flags: .readOnly, group: .stream, since: "5.0.0",
                    summary: "Returns information about a stream.",
                    history: [
                        (since: "6.0.0", change: "Added the `FULL` modifier."),
                        (
                            since: "7.0.0",
                            change: "Added the `max-deleted-entry-id`, `entries-added`, "
                                + "`recorded-first-entry-id`, `entries-read` and `lag` fields"
                        ),
                        (
                            since: "7.2.0",
                            change:
                                "Added the `active-time` field, and changed the meaning of `seen-time`."
                        ),
                    ], categories: [.stream],
                    keys: [
                        KeySpecification([.readOnly, .access], first: 2)
                    ],
                    arguments: [
                        ArgumentDescription("key", .key, keyIndex: 0),
                        ArgumentDescription(
                            "full-block", .block, .optional,
                            [
                                ArgumentDescription("full", .pureToken, token: "FULL"),
                                ArgumentDescription("count", .integer, token: "COUNT", .optional),
                            ]),
                    ], keyHandler: StreamInfoCommands.stream),
            ]),
    ]
}
