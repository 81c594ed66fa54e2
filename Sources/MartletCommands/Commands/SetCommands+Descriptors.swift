// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension SetCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "sadd", arity: -3, flags: [.write, .denyOutOfMemory, .fast], group: .set,
            since: "1.0.0",
            summary: "Adds one or more members to a set. Creates the key if it doesn't " + "exist.",
            complexity: "O(1) for each element added, so O(N) to add N elements when the "
                + "command is called with multiple arguments.",
            history: [(since: "2.4.0", change: "Accepts multiple `member` arguments.")],
            categories: [.set], keys: [KeySpecification([.readWrite, .insert], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("member", .string, .multiple),
            ], keyHandler: sadd),
        CommandDescriptor(
            "srem", arity: -3, flags: [.write, .fast], group: .set, since: "1.0.0",
            summary: "Removes one or more members from a set. Deletes the set if the "
                + "last member was removed.",
            complexity: "O(N) where N is the number of members to be removed.",
            history: [(since: "2.4.0", change: "Accepts multiple `member` arguments.")],
            categories: [.set], keys: [KeySpecification([.readWrite, .delete], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("member", .string, .multiple),
            ], keyHandler: srem),
        CommandDescriptor(
            "smove", arity: 4, flags: [.write, .fast], group: .set, since: "1.0.0",
            summary: "Moves a member from one set to another.", categories: [.set],
            keys: [
                KeySpecification([.readWrite, .access, .delete], first: 1),
                KeySpecification([.readWrite, .insert], first: 2),
            ],
            arguments: [
                ArgumentDescription("source", .key, keyIndex: 0),
                ArgumentDescription("destination", .key, keyIndex: 1),
                ArgumentDescription("member", .string),
            ], keyHandler: smove),
        CommandDescriptor(
            "sismember", arity: 3, flags: [.readOnly, .fast], group: .set, since: "1.0.0",
            summary: "Determines whether a member belongs to a set.", categories: [.set],
            keys: [KeySpecification([.readOnly], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("member", .string),
            ], keyHandler: sismember),
        CommandDescriptor(
            "smismember", arity: -3, flags: [.readOnly, .fast], group: .set, since: "6.2.0",
            summary: "Determines whether multiple members belong to a set.",
            complexity: "O(N) where N is the number of elements being checked for " + "membership",
            categories: [.set], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("member", .string, .multiple),
            ], keyHandler: smismember),
        CommandDescriptor(
            "scard", arity: 2, flags: [.readOnly, .fast], group: .set, since: "1.0.0",
            summary: "Returns the number of members in a set.", categories: [.set],
            keys: [KeySpecification([.readOnly], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: scard),
        CommandDescriptor(
            "smembers", arity: 2, flags: .readOnly, group: .set, since: "1.0.0",
            summary: "Returns all members of a set.",
            complexity: "O(N) where N is the set cardinality.", categories: [.set],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            tips: ["nondeterministic_output_order"],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: smembers),
        CommandDescriptor(
            "spop", arity: -2, flags: [.write, .fast], group: .set, since: "1.0.0",
            summary: "Returns one or more random members from a set after removing "
                + "them. Deletes the set if the last member was popped.",
            complexity: "Without the count argument O(1), otherwise O(N) where N is the "
                + "value of the passed count.",
            history: [(since: "3.2.0", change: "Added the `count` argument.")], categories: [.set],
            keys: [KeySpecification([.readWrite, .access, .delete], first: 1)],
            tips: ["nondeterministic_output"],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("count", .integer, .optional, since: "3.2.0"),
            ], keyHandler: spop),
        CommandDescriptor(
            "srandmember", arity: -2, flags: .readOnly, group: .set, since: "1.0.0",
            summary: "Gets one or multiple random members from a set.",
            complexity: "Without the count argument O(1), otherwise O(N) where N is the "
                + "absolute value of the passed count.",
            history: [(since: "2.6.0", change: "Added the optional `count` argument.")],
            categories: [.set], keys: [KeySpecification([.readOnly, .access], first: 1)],
            tips: ["nondeterministic_output"],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("count", .integer, .optional, since: "2.6.0"),
            ], keyHandler: srandmember),
        CommandDescriptor(
            "sscan", arity: -3, flags: .readOnly, group: .set, since: "2.8.0",
            summary: "Iterates over members of a set.",
            complexity: "O(1) for every call. O(N) for a complete iteration, including "
                + "enough command calls for the cursor to return back to 0. N is "
                + "the number of elements inside the collection.", categories: [.set],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            tips: ["nondeterministic_output"],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("cursor", .integer),
                ArgumentDescription("pattern", .pattern, token: "MATCH", .optional),
                ArgumentDescription("count", .integer, token: "COUNT", .optional),
            ], keyHandler: sscan),
        CommandDescriptor(
            "sinter", arity: -2, flags: .readOnly, group: .set, since: "1.0.0",
            summary: "Returns the intersect of multiple sets.",
            complexity: "O(N*M) worst case where N is the cardinality of the smallest set "
                + "and M is the number of sets.", categories: [.set],
            keys: [KeySpecification([.readOnly, .access], first: 1, lastOffset: -1)],
            tips: ["nondeterministic_output_order"],
            arguments: [ArgumentDescription("key", .key, .multiple, keyIndex: 0)],
            keyHandler: sinter),
        CommandDescriptor(
            "sintercard", arity: -3, flags: [.readOnly, .movableKeys], group: .set, since: "7.0.0",
            summary: "Returns the number of members of the intersect of multiple sets.",
            complexity: "O(N*M) worst case where N is the cardinality of the smallest set "
                + "and M is the number of sets.", categories: [.set],
            keys: [
                KeySpecification(
                    [.readOnly, .access], first: 1, countIndex: 0, firstKey: 1, step: 1)
            ],
            arguments: [
                ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription("limit", .integer, token: "LIMIT", .optional),
            ], keyHandler: sintercard),
        CommandDescriptor(
            "sinterstore", arity: -3, flags: [.write, .denyOutOfMemory], group: .set,
            since: "1.0.0", summary: "Stores the intersect of multiple sets in a key.",
            complexity: "O(N*M) worst case where N is the cardinality of the smallest set "
                + "and M is the number of sets.", categories: [.set],
            keys: [
                KeySpecification([.overwrite, .update], first: 1),
                KeySpecification([.readOnly, .access], first: 2, lastOffset: -1),
            ],
            arguments: [
                ArgumentDescription("destination", .key, keyIndex: 0),
                ArgumentDescription("key", .key, .multiple, keyIndex: 1),
            ], keyHandler: sinterstore),
        CommandDescriptor(
            "sunion", arity: -2, flags: .readOnly, group: .set, since: "1.0.0",
            summary: "Returns the union of multiple sets.",
            complexity: "O(N) where N is the total number of elements in all given sets.",
            categories: [.set],
            keys: [KeySpecification([.readOnly, .access], first: 1, lastOffset: -1)],
            tips: ["nondeterministic_output_order"],
            arguments: [ArgumentDescription("key", .key, .multiple, keyIndex: 0)],
            keyHandler: sunion),
        CommandDescriptor(
            "sunionstore", arity: -3, flags: [.write, .denyOutOfMemory], group: .set,
            since: "1.0.0", summary: "Stores the union of multiple sets in a key.",
            complexity: "O(N) where N is the total number of elements in all given sets.",
            categories: [.set],
            keys: [
                KeySpecification([.overwrite, .update], first: 1),
                KeySpecification([.readOnly, .access], first: 2, lastOffset: -1),
            ],
            arguments: [
                ArgumentDescription("destination", .key, keyIndex: 0),
                ArgumentDescription("key", .key, .multiple, keyIndex: 1),
            ], keyHandler: sunionstore),
        CommandDescriptor(
            "sdiff", arity: -2, flags: .readOnly, group: .set, since: "1.0.0",
            summary: "Returns the difference of multiple sets.",
            complexity: "O(N) where N is the total number of elements in all given sets.",
            categories: [.set],
            keys: [KeySpecification([.readOnly, .access], first: 1, lastOffset: -1)],
            tips: ["nondeterministic_output_order"],
            arguments: [ArgumentDescription("key", .key, .multiple, keyIndex: 0)], keyHandler: sdiff
        ),
        CommandDescriptor(
            "sdiffstore", arity: -3, flags: [.write, .denyOutOfMemory], group: .set, since: "1.0.0",
            summary: "Stores the difference of multiple sets in a key.",
            complexity: "O(N) where N is the total number of elements in all given sets.",
            categories: [.set],
            keys: [
                KeySpecification([.overwrite, .update], first: 1),
                KeySpecification([.readOnly, .access], first: 2, lastOffset: -1),
            ],
            arguments: [
                ArgumentDescription("destination", .key, keyIndex: 0),
                ArgumentDescription("key", .key, .multiple, keyIndex: 1),
            ], keyHandler: sdiffstore),
    ]
}
