// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension StreamCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "xadd", arity: -5, flags: [.write, .denyOutOfMemory, .fast], group: .stream,
            since: "5.0.0",
            summary: "Appends a new message to a stream. Creates the key if it doesn't exist.",
            complexity: "O(1) when adding a new entry, O(N) when trimming where N being "
                + "the number of entries evicted.",
            history: [
                (
                    since: "6.2.0",
                    change: "Added the `NOMKSTREAM` option, `MINID` trimming strategy and the "
                        + "`LIMIT` option."
                ),
                (since: "7.0.0", change: "Added support for the `<ms>-*` explicit ID form."),
            ], categories: [.stream],
            keys: [
                KeySpecification(
                    [.readWrite, .update], first: 1,
                    notes: "UPDATE instead of INSERT because of the optional trimming feature")
            ], tips: ["nondeterministic_output"],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "nomkstream", .pureToken, token: "NOMKSTREAM", .optional, since: "6.2.0"),
                ArgumentDescription(
                    "trim", .block, .optional,
                    [
                        ArgumentDescription(
                            "strategy", .oneof, [],
                            [
                                ArgumentDescription("maxlen", .pureToken, token: "MAXLEN"),
                                ArgumentDescription(
                                    "minid", .pureToken, token: "MINID", since: "6.2.0"),
                            ]),
                        ArgumentDescription(
                            "operator", .oneof, .optional,
                            [
                                ArgumentDescription("equal", .pureToken, token: "="),
                                ArgumentDescription("approximately", .pureToken, token: "~"),
                            ]),
                        ArgumentDescription("threshold", .string),
                        ArgumentDescription(
                            "count", .integer, token: "LIMIT", .optional, since: "6.2.0"),
                    ]),
                ArgumentDescription(
                    "id-selector", .oneof, [],
                    [
                        ArgumentDescription("auto-id", .pureToken, token: "*"),
                        ArgumentDescription("id", .string),
                    ]),
                ArgumentDescription(
                    "data", .block, .multiple,
                    [
                        ArgumentDescription("field", .string),
                        ArgumentDescription("value", .string),
                    ]),
            ], keyHandler: xadd),
        CommandDescriptor(
            "xlen", arity: 2, flags: [.readOnly, .fast], group: .stream, since: "5.0.0",
            summary: "Returns the number of messages in a stream.", categories: [.stream],
            keys: [
                KeySpecification([.readOnly], first: 1)
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0)
            ], keyHandler: xlen),
        CommandDescriptor(
            "xdel", arity: -3, flags: [.write, .fast], group: .stream, since: "5.0.0",
            summary: "Returns the number of messages after removing them from a stream.",
            complexity: "O(1) for each single item to delete in the stream, regardless of "
                + "the stream size.", categories: [.stream],
            keys: [
                KeySpecification([.readWrite, .delete], first: 1)
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("id", .string, .multiple),
            ], keyHandler: xdel),
        CommandDescriptor(
            "xtrim", arity: -4, flags: .write, group: .stream, since: "5.0.0",
            summary: "Deletes messages from the beginning of a stream.",
            complexity: "O(N), with N being the number of evicted entries. Constant times "
                + "are very small however, since entries are organized in macro "
                + "nodes containing multiple entries that can be released with a "
                + "single deallocation.",
            history: [
                (
                    since: "6.2.0",
                    change: "Added the `MINID` trimming strategy and the `LIMIT` option."
                )
            ], categories: [.stream],
            keys: [
                KeySpecification([.readWrite, .delete], first: 1)
            ], tips: ["nondeterministic_output"],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "trim", .block, [],
                    [
                        ArgumentDescription(
                            "strategy", .oneof, [],
                            [
                                ArgumentDescription("maxlen", .pureToken, token: "MAXLEN"),
                                ArgumentDescription(
                                    "minid", .pureToken, token: "MINID", since: "6.2.0"),
                            ]),
                        ArgumentDescription(
                            "operator", .oneof, .optional,
                            [
                                ArgumentDescription("equal", .pureToken, token: "="),
                                ArgumentDescription("approximately", .pureToken, token: "~"),
                            ]),
                        ArgumentDescription("threshold", .string),
                        ArgumentDescription(
                            "count", .integer, token: "LIMIT", .optional, since: "6.2.0"),
                    ]),
            ], keyHandler: xtrim),
        CommandDescriptor(
            "xsetid", arity: -3, flags: [.write, .denyOutOfMemory, .fast], group: .stream,
            since: "5.0.0", summary: "An internal command for replicating stream values.",
            history: [
                (
                    since: "7.0.0",
                    change: "Added the `entries_added` and `max_deleted_entry_id` arguments."
                )
            ], categories: [.stream],
            keys: [
                KeySpecification([.readWrite, .update], first: 1)
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("last-id", .string),
                ArgumentDescription(
                    "entries-added", .integer, token: "ENTRIESADDED", .optional, since: "7.0.0"),
                ArgumentDescription(
                    "max-deleted-id", .string, token: "MAXDELETEDID", .optional, since: "7.0.0"),
            ], keyHandler: xsetid),
        CommandDescriptor(
            "xdelex", arity: -5, flags: [.write, .fast], group: .stream, since: "8.2.0",
            summary: "Deletes one or multiple entries from the stream.",
            complexity: "O(1) for each single item to delete in the stream, regardless of "
                + "the stream size.", categories: [.stream],
            keys: [
                KeySpecification([.readWrite, .delete], first: 1)
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                policyArgument,
                idsArgument,
            ], keyHandler: xdelex),
        CommandDescriptor(
            "xackdel", arity: -6, flags: [.write, .fast], group: .stream, since: "8.2.0",
            summary: "Acknowledges and deletes one or multiple messages for a stream "
                + "consumer group.", complexity: "O(1) for each message ID processed.",
            categories: [.stream],
            keys: [
                KeySpecification([.readWrite, .delete], first: 1)
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("group", .string),
                policyArgument,
                idsArgument,
            ], keyHandler: xackdel),
        CommandDescriptor(
            "xcfgset", arity: -4, flags: [.write, .fast], group: .stream, since: "8.6.0",
            summary: "Sets the IDMP configuration parameters for a stream.", categories: [.stream],
            keys: [
                KeySpecification([.readWrite, .update], first: 1)
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("idmp-duration", .integer, token: "IDMP-DURATION", .optional),
                ArgumentDescription("idmp-maxsize", .integer, token: "IDMP-MAXSIZE", .optional),
            ], keyHandler: xcfgset),
    ]

    private static let policyArgument = ArgumentDescription(
        "condition", .oneof, .optional,
        [
            ArgumentDescription("keepref", .pureToken, token: "KEEPREF"),
            ArgumentDescription("delref", .pureToken, token: "DELREF"),
            ArgumentDescription("acked", .pureToken, token: "ACKED"),
        ])

    private static let idsArgument = ArgumentDescription(
        "ids", .block, token: "IDS", [],
        [
            ArgumentDescription("numids", .integer),
            ArgumentDescription("id", .string, .multiple),
        ])
}
