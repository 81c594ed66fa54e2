// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension SortedSetCommands {
    static let rangeDescriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "zrange", arity: -4, flags: .readOnly, group: .sortedSet, since: "1.2.0",
            summary: "Returns members in a sorted set within a range of indexes.",
            complexity: "O(log(N)+M) with N being the number of elements in the sorted "
                + "set and M the number of elements returned.",
            history: [
                (since: "6.2.0", change: "Added the `REV`, `BYSCORE`, `BYLEX` and `LIMIT` options.")
            ], categories: [.sortedSet], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("start", .string), ArgumentDescription("stop", .string),
                ArgumentDescription(
                    "sortby", .oneof, .optional, since: "6.2.0",
                    [
                        ArgumentDescription("byscore", .pureToken, token: "BYSCORE"),
                        ArgumentDescription("bylex", .pureToken, token: "BYLEX"),
                    ]),
                ArgumentDescription("rev", .pureToken, token: "REV", .optional, since: "6.2.0"),
                ArgumentDescription(
                    "limit", .block, token: "LIMIT", .optional, since: "6.2.0",
                    [
                        ArgumentDescription("offset", .integer),
                        ArgumentDescription("count", .integer),
                    ]),
                ArgumentDescription("withscores", .pureToken, token: "WITHSCORES", .optional),
            ], keyHandler: zrange),
        CommandDescriptor(
            "zrevrange", arity: -4, flags: .readOnly, group: .sortedSet, since: "1.2.0",
            summary: "Returns members in a sorted set within a range of indexes in "
                + "reverse order.",
            complexity: "O(log(N)+M) with N being the number of elements in the sorted "
                + "set and M the number of elements returned.", categories: [.sortedSet],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("start", .integer), ArgumentDescription("stop", .integer),
                ArgumentDescription("withscores", .pureToken, token: "WITHSCORES", .optional),
            ], keyHandler: zrevrange),
        CommandDescriptor(
            "zrangebyscore", arity: -4, flags: .readOnly, group: .sortedSet, since: "1.0.5",
            summary: "Returns members in a sorted set within a range of scores.",
            complexity: "O(log(N)+M) with N being the number of elements in the sorted "
                + "set and M the number of elements being returned. If M is "
                + "constant (e.g. always asking for the first 10 elements with "
                + "LIMIT), you can consider it O(log(N)).",
            history: [(since: "2.0.0", change: "Added the `WITHSCORES` modifier.")],
            categories: [.sortedSet], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0), ArgumentDescription("min", .double),
                ArgumentDescription("max", .double),
                ArgumentDescription(
                    "withscores", .pureToken, token: "WITHSCORES", .optional, since: "2.0.0"),
                ArgumentDescription(
                    "limit", .block, token: "LIMIT", .optional,
                    [
                        ArgumentDescription("offset", .integer),
                        ArgumentDescription("count", .integer),
                    ]),
            ], keyHandler: zrangebyscore),
        CommandDescriptor(
            "zrevrangebyscore", arity: -4, flags: .readOnly, group: .sortedSet, since: "2.2.0",
            summary: "Returns members in a sorted set within a range of scores in "
                + "reverse order.",
            complexity: "O(log(N)+M) with N being the number of elements in the sorted "
                + "set and M the number of elements being returned. If M is "
                + "constant (e.g. always asking for the first 10 elements with "
                + "LIMIT), you can consider it O(log(N)).",
            history: [(since: "2.1.6", change: "`min` and `max` can be exclusive.")],
            categories: [.sortedSet], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0), ArgumentDescription("max", .double),
                ArgumentDescription("min", .double),
                ArgumentDescription("withscores", .pureToken, token: "WITHSCORES", .optional),
                ArgumentDescription(
                    "limit", .block, token: "LIMIT", .optional,
                    [
                        ArgumentDescription("offset", .integer),
                        ArgumentDescription("count", .integer),
                    ]),
            ], keyHandler: zrevrangebyscore),
        CommandDescriptor(
            "zrangebylex", arity: -4, flags: .readOnly, group: .sortedSet, since: "2.8.9",
            summary: "Returns members in a sorted set within a lexicographical range.",
            complexity: "O(log(N)+M) with N being the number of elements in the sorted "
                + "set and M the number of elements being returned. If M is "
                + "constant (e.g. always asking for the first 10 elements with "
                + "LIMIT), you can consider it O(log(N)).", categories: [.sortedSet],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0), ArgumentDescription("min", .string),
                ArgumentDescription("max", .string),
                ArgumentDescription(
                    "limit", .block, token: "LIMIT", .optional,
                    [
                        ArgumentDescription("offset", .integer),
                        ArgumentDescription("count", .integer),
                    ]),
            ], keyHandler: zrangebylex),
        CommandDescriptor(
            "zrevrangebylex", arity: -4, flags: .readOnly, group: .sortedSet, since: "2.8.9",
            summary: "Returns members in a sorted set within a lexicographical range "
                + "in reverse order.",
            complexity: "O(log(N)+M) with N being the number of elements in the sorted "
                + "set and M the number of elements being returned. If M is "
                + "constant (e.g. always asking for the first 10 elements with "
                + "LIMIT), you can consider it O(log(N)).", categories: [.sortedSet],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0), ArgumentDescription("max", .string),
                ArgumentDescription("min", .string),
                ArgumentDescription(
                    "limit", .block, token: "LIMIT", .optional,
                    [
                        ArgumentDescription("offset", .integer),
                        ArgumentDescription("count", .integer),
                    ]),
            ], keyHandler: zrevrangebylex),
        CommandDescriptor(
            "zrangestore", arity: -5, flags: [.write, .denyOutOfMemory], group: .sortedSet,
            since: "6.2.0", summary: "Stores a range of members from sorted set in a key.",
            complexity: "O(log(N)+M) with N being the number of elements in the sorted "
                + "set and M the number of elements stored into the destination " + "key.",
            categories: [.sortedSet],
            keys: [
                KeySpecification([.overwrite, .update], first: 1),
                KeySpecification([.readOnly, .access], first: 2),
            ],
            arguments: [
                ArgumentDescription("dst", .key, keyIndex: 0),
                ArgumentDescription("src", .key, keyIndex: 1), ArgumentDescription("min", .string),
                ArgumentDescription("max", .string),
                ArgumentDescription(
                    "sortby", .oneof, .optional,
                    [
                        ArgumentDescription("byscore", .pureToken, token: "BYSCORE"),
                        ArgumentDescription("bylex", .pureToken, token: "BYLEX"),
                    ]), ArgumentDescription("rev", .pureToken, token: "REV", .optional),
                ArgumentDescription(
                    "limit", .block, token: "LIMIT", .optional,
                    [
                        ArgumentDescription("offset", .integer),
                        ArgumentDescription("count", .integer),
                    ]),
            ], keyHandler: zrangestore),
        CommandDescriptor(
            "zinter", arity: -3, flags: [.readOnly, .movableKeys], group: .sortedSet,
            since: "6.2.0", summary: "Returns the intersect of multiple sorted sets.",
            complexity: "O(N*K)+O(M*log(M)) worst case with N being the smallest input "
                + "sorted set, K being the number of input sorted sets and M being "
                + "the number of elements in the resulting sorted set.", categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readOnly, .access], first: 1, countIndex: 0, firstKey: 1, step: 1)
            ],
            arguments: [
                ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription("weight", .integer, token: "WEIGHTS", [.optional, .multiple]),
                ArgumentDescription(
                    "aggregate", .oneof, token: "AGGREGATE", .optional,
                    [
                        ArgumentDescription("sum", .pureToken, token: "SUM"),
                        ArgumentDescription("min", .pureToken, token: "MIN"),
                        ArgumentDescription("max", .pureToken, token: "MAX"),
                    ]),
                ArgumentDescription("withscores", .pureToken, token: "WITHSCORES", .optional),
            ], keyHandler: zinter),
        CommandDescriptor(
            "zintercard", arity: -3, flags: [.readOnly, .movableKeys], group: .sortedSet,
            since: "7.0.0",
            summary: "Returns the number of members of the intersect of multiple " + "sorted sets.",
            complexity: "O(N*K) worst case with N being the smallest input sorted set, K "
                + "being the number of input sorted sets.", categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readOnly, .access], first: 1, countIndex: 0, firstKey: 1, step: 1)
            ],
            arguments: [
                ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription("limit", .integer, token: "LIMIT", .optional),
            ], keyHandler: zintercard),
        CommandDescriptor(
            "zinterstore", arity: -4, flags: [.write, .denyOutOfMemory, .movableKeys],
            group: .sortedSet, since: "2.0.0",
            summary: "Stores the intersect of multiple sorted sets in a key.",
            complexity: "O(N*K)+O(M*log(M)) worst case with N being the smallest input "
                + "sorted set, K being the number of input sorted sets and M being "
                + "the number of elements in the resulting sorted set.", categories: [.sortedSet],
            keys: [
                KeySpecification([.overwrite, .update], first: 1),
                KeySpecification(
                    [.readOnly, .access], first: 2, countIndex: 0, firstKey: 1, step: 1),
            ],
            arguments: [
                ArgumentDescription("destination", .key, keyIndex: 0),
                ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, .multiple, keyIndex: 1),
                ArgumentDescription("weight", .integer, token: "WEIGHTS", [.optional, .multiple]),
                ArgumentDescription(
                    "aggregate", .oneof, token: "AGGREGATE", .optional,
                    [
                        ArgumentDescription("sum", .pureToken, token: "SUM"),
                        ArgumentDescription("min", .pureToken, token: "MIN"),
                        ArgumentDescription("max", .pureToken, token: "MAX"),
                    ]),
            ], keyHandler: zinterstore),
        CommandDescriptor(
            "zunion", arity: -3, flags: [.readOnly, .movableKeys], group: .sortedSet,
            since: "6.2.0", summary: "Returns the union of multiple sorted sets.",
            complexity: "O(N)+O(M*log(M)) with N being the sum of the sizes of the input "
                + "sorted sets, and M being the number of elements in the resulting "
                + "sorted set.", categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readOnly, .access], first: 1, countIndex: 0, firstKey: 1, step: 1)
            ],
            arguments: [
                ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription("weight", .integer, token: "WEIGHTS", [.optional, .multiple]),
                ArgumentDescription(
                    "aggregate", .oneof, token: "AGGREGATE", .optional,
                    [
                        ArgumentDescription("sum", .pureToken, token: "SUM"),
                        ArgumentDescription("min", .pureToken, token: "MIN"),
                        ArgumentDescription("max", .pureToken, token: "MAX"),
                    ]),
                ArgumentDescription("withscores", .pureToken, token: "WITHSCORES", .optional),
            ], keyHandler: zunion),
        CommandDescriptor(
            "zunionstore", arity: -4, flags: [.write, .denyOutOfMemory, .movableKeys],
            group: .sortedSet, since: "2.0.0",
            summary: "Stores the union of multiple sorted sets in a key.",
            complexity: "O(N)+O(M log(M)) with N being the sum of the sizes of the input "
                + "sorted sets, and M being the number of elements in the resulting "
                + "sorted set.", categories: [.sortedSet],
            keys: [
                KeySpecification([.overwrite, .update], first: 1),
                KeySpecification(
                    [.readOnly, .access], first: 2, countIndex: 0, firstKey: 1, step: 1),
            ],
            arguments: [
                ArgumentDescription("destination", .key, keyIndex: 0),
                ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, .multiple, keyIndex: 1),
                ArgumentDescription("weight", .integer, token: "WEIGHTS", [.optional, .multiple]),
                ArgumentDescription(
                    "aggregate", .oneof, token: "AGGREGATE", .optional,
                    [
                        ArgumentDescription("sum", .pureToken, token: "SUM"),
                        ArgumentDescription("min", .pureToken, token: "MIN"),
                        ArgumentDescription("max", .pureToken, token: "MAX"),
                    ]),
            ], keyHandler: zunionstore),
        CommandDescriptor(
            "zdiff", arity: -3, flags: [.readOnly, .movableKeys], group: .sortedSet, since: "6.2.0",
            summary: "Returns the difference between multiple sorted sets.",
            complexity: "O(L + (N-K)log(N)) worst case where L is the total number of "
                + "elements in all the sets, N is the size of the first set, and K "
                + "is the size of the result set.", categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readOnly, .access], first: 1, countIndex: 0, firstKey: 1, step: 1)
            ],
            arguments: [
                ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription("withscores", .pureToken, token: "WITHSCORES", .optional),
            ], keyHandler: zdiff),
        CommandDescriptor(
            "zdiffstore", arity: -4, flags: [.write, .denyOutOfMemory, .movableKeys],
            group: .sortedSet, since: "6.2.0",
            summary: "Stores the difference of multiple sorted sets in a key.",
            complexity: "O(L + (N-K)log(N)) worst case where L is the total number of "
                + "elements in all the sets, N is the size of the first set, and K "
                + "is the size of the result set.", categories: [.sortedSet],
            keys: [
                KeySpecification([.overwrite, .update], first: 1),
                KeySpecification(
                    [.readOnly, .access], first: 2, countIndex: 0, firstKey: 1, step: 1),
            ],
            arguments: [
                ArgumentDescription("destination", .key, keyIndex: 0),
                ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, .multiple, keyIndex: 1),
            ], keyHandler: zdiffstore),
    ]
}
