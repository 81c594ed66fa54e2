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
    ]
}
