// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension BitCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "setbit", arity: 4, flags: [.write, .denyOutOfMemory], group: .bitmap, since: "2.2.0",
            summary: "Sets or clears the bit at offset of the string value. Creates "
                + "the key if it doesn't exist.", categories: [.bitmap],
            keys: [KeySpecification([.readWrite, .access, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("offset", .integer), ArgumentDescription("value", .integer),
            ], keyHandler: setbit),
        CommandDescriptor(
            "getbit", arity: 3, flags: [.readOnly, .fast], group: .bitmap, since: "2.2.0",
            summary: "Returns a bit value by offset.", categories: [.bitmap],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("offset", .integer),
            ], keyHandler: getbit),
        CommandDescriptor(
            "bitcount", arity: -2, flags: .readOnly, group: .bitmap, since: "2.6.0",
            summary: "Counts the number of set bits (population counting) in a string.",
            complexity: "O(N)", history: [(since: "7.0.0", change: "Added the `BYTE|BIT` option.")],
            categories: [.bitmap], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "range", .block, .optional,
                    [
                        ArgumentDescription("start", .integer),
                        ArgumentDescription(
                            "end-unit-block", .block, .optional,
                            [
                                ArgumentDescription("end", .integer),
                                ArgumentDescription(
                                    "unit", .oneof, .optional, since: "7.0.0",
                                    [
                                        ArgumentDescription("byte", .pureToken, token: "BYTE"),
                                        ArgumentDescription("bit", .pureToken, token: "BIT"),
                                    ]),
                            ]),
                    ]),
            ], keyHandler: bitcount),
        CommandDescriptor(
            "bitpos", arity: -3, flags: .readOnly, group: .bitmap, since: "2.8.7",
            summary: "Finds the first set (1) or clear (0) bit in a string.", complexity: "O(N)",
            history: [(since: "7.0.0", change: "Added the `BYTE|BIT` option.")],
            categories: [.bitmap], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0), ArgumentDescription("bit", .integer),
                ArgumentDescription(
                    "range", .block, .optional,
                    [
                        ArgumentDescription("start", .integer),
                        ArgumentDescription(
                            "end-unit-block", .block, .optional,
                            [
                                ArgumentDescription("end", .integer),
                                ArgumentDescription(
                                    "unit", .oneof, .optional, since: "7.0.0",
                                    [
                                        ArgumentDescription("byte", .pureToken, token: "BYTE"),
                                        ArgumentDescription("bit", .pureToken, token: "BIT"),
                                    ]),
                            ]),
                    ]),
            ], keyHandler: bitpos),
        CommandDescriptor(
            "bitop", arity: -4, flags: [.write, .denyOutOfMemory], group: .bitmap, since: "2.6.0",
            summary: "Performs bitwise operations on multiple strings, and stores the " + "result.",
            complexity: "O(N)", categories: [.bitmap],
            keys: [
                KeySpecification([.overwrite, .update], first: 2),
                KeySpecification([.readOnly, .access], first: 3, lastOffset: -1),
            ],
            arguments: [
                ArgumentDescription(
                    "operation", .oneof, [],
                    [
                        ArgumentDescription("and", .pureToken, token: "AND"),
                        ArgumentDescription("or", .pureToken, token: "OR"),
                        ArgumentDescription("xor", .pureToken, token: "XOR"),
                        ArgumentDescription("not", .pureToken, token: "NOT"),
                    ]), ArgumentDescription("destkey", .key, keyIndex: 0),
                ArgumentDescription("key", .key, .multiple, keyIndex: 1),
            ], keyHandler: bitop),
        CommandDescriptor(
            "bitfield", arity: -2, flags: [.write, .denyOutOfMemory], group: .bitmap,
            since: "3.2.0", summary: "Performs arbitrary bitfield integer operations on strings.",
            complexity: "O(1) for each subcommand specified", categories: [.bitmap],
            keys: [
                KeySpecification(
                    [.readWrite, .access, .update, .variableFlags], first: 1,
                    notes: "This command allows both access and modification of the key")
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "operation", .oneof, [.optional, .multiple],
                    [
                        ArgumentDescription(
                            "get-block", .block, token: "GET", [],
                            [
                                ArgumentDescription("encoding", .string),
                                ArgumentDescription("offset", .integer),
                            ]),
                        ArgumentDescription(
                            "write", .block, [],
                            [
                                ArgumentDescription(
                                    "overflow-block", .oneof, token: "OVERFLOW", .optional,
                                    [
                                        ArgumentDescription("wrap", .pureToken, token: "WRAP"),
                                        ArgumentDescription("sat", .pureToken, token: "SAT"),
                                        ArgumentDescription("fail", .pureToken, token: "FAIL"),
                                    ]),
                                ArgumentDescription(
                                    "write-operation", .oneof, [],
                                    [
                                        ArgumentDescription(
                                            "set-block", .block, token: "SET", [],
                                            [
                                                ArgumentDescription("encoding", .string),
                                                ArgumentDescription("offset", .integer),
                                                ArgumentDescription("value", .integer),
                                            ]),
                                        ArgumentDescription(
                                            "incrby-block", .block, token: "INCRBY", [],
                                            [
                                                ArgumentDescription("encoding", .string),
                                                ArgumentDescription("offset", .integer),
                                                ArgumentDescription("increment", .integer),
                                            ]),
                                    ]),
                            ]),
                    ]),
            ], keyHandler: bitfield),
        CommandDescriptor(
            "bitfield_ro", arity: -2, flags: [.readOnly, .fast], group: .bitmap, since: "6.0.0",
            summary: "Performs arbitrary read-only bitfield integer operations on " + "strings.",
            complexity: "O(1) for each subcommand specified", categories: [.bitmap],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "get-block", .block, token: "GET", [.optional, .multiple, .multipleToken],
                    [
                        ArgumentDescription("encoding", .string),
                        ArgumentDescription("offset", .integer),
                    ]),
            ], keyHandler: bitfieldRo),
    ]
}
