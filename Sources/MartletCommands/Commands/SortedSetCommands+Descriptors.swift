// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension SortedSetCommands {
    static let descriptors = memberDescriptors + rangeDescriptors

    private static let memberDescriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "zadd", arity: -4, flags: [.write, .denyOutOfMemory, .fast], group: .sortedSet,
            since: "1.2.0",
            summary: "Adds one or more members to a sorted set, or updates their "
                + "scores. Creates the key if it doesn't exist.",
            complexity: "O(log(N)) for each item added, where N is the number of elements "
                + "in the sorted set.",
            history: [
                (since: "2.4.0", change: "Accepts multiple elements."),
                (since: "3.0.2", change: "Added the `XX`, `NX`, `CH` and `INCR` options."),
                (since: "6.2.0", change: "Added the `GT` and `LT` options."),
            ], categories: [.sortedSet], keys: [KeySpecification([.readWrite, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "condition", .oneof, .optional, since: "3.0.2",
                    [
                        ArgumentDescription("nx", .pureToken, token: "NX"),
                        ArgumentDescription("xx", .pureToken, token: "XX"),
                    ]),
                ArgumentDescription(
                    "comparison", .oneof, .optional, since: "6.2.0",
                    [
                        ArgumentDescription("gt", .pureToken, token: "GT"),
                        ArgumentDescription("lt", .pureToken, token: "LT"),
                    ]),
                ArgumentDescription("change", .pureToken, token: "CH", .optional, since: "3.0.2"),
                ArgumentDescription(
                    "increment", .pureToken, token: "INCR", .optional, since: "3.0.2"),
                ArgumentDescription(
                    "data", .block, .multiple,
                    [
                        ArgumentDescription("score", .double),
                        ArgumentDescription("member", .string),
                    ]),
            ], keyHandler: zadd),
        CommandDescriptor(
            "zincrby", arity: 4, flags: [.write, .denyOutOfMemory, .fast], group: .sortedSet,
            since: "1.2.0", summary: "Increments the score of a member in a sorted set.",
            complexity: "O(log(N)) where N is the number of elements in the sorted set.",
            categories: [.sortedSet],
            keys: [KeySpecification([.readWrite, .access, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("increment", .integer), ArgumentDescription("member", .string),
            ], keyHandler: zincrby),
        CommandDescriptor(
            "zrem", arity: -3, flags: [.write, .fast], group: .sortedSet, since: "1.2.0",
            summary: "Removes one or more members from a sorted set. Deletes the "
                + "sorted set if all members were removed.",
            complexity: "O(M*log(N)) with N being the number of elements in the sorted "
                + "set and M the number of elements to be removed.",
            history: [(since: "2.4.0", change: "Accepts multiple elements.")],
            categories: [.sortedSet], keys: [KeySpecification([.readWrite, .delete], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("member", .string, .multiple),
            ], keyHandler: zrem),
        CommandDescriptor(
            "zremrangebyscore", arity: 4, flags: .write, group: .sortedSet, since: "1.2.0",
            summary: "Removes members in a sorted set within a range of scores. "
                + "Deletes the sorted set if all members were removed.",
            complexity: "O(log(N)+M) with N being the number of elements in the sorted "
                + "set and M the number of elements removed by the operation.",
            categories: [.sortedSet], keys: [KeySpecification([.readWrite, .delete], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0), ArgumentDescription("min", .double),
                ArgumentDescription("max", .double),
            ], keyHandler: zremrangebyscore),
        CommandDescriptor(
            "zremrangebyrank", arity: 4, flags: .write, group: .sortedSet, since: "2.0.0",
            summary: "Removes members in a sorted set within a range of indexes. "
                + "Deletes the sorted set if all members were removed.",
            complexity: "O(log(N)+M) with N being the number of elements in the sorted "
                + "set and M the number of elements removed by the operation.",
            categories: [.sortedSet], keys: [KeySpecification([.readWrite, .delete], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("start", .integer), ArgumentDescription("stop", .integer),
            ], keyHandler: zremrangebyrank),
        CommandDescriptor(
            "zremrangebylex", arity: 4, flags: .write, group: .sortedSet, since: "2.8.9",
            summary: "Removes members in a sorted set within a lexicographical range. "
                + "Deletes the sorted set if all members were removed.",
            complexity: "O(log(N)+M) with N being the number of elements in the sorted "
                + "set and M the number of elements removed by the operation.",
            categories: [.sortedSet], keys: [KeySpecification([.readWrite, .delete], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0), ArgumentDescription("min", .string),
                ArgumentDescription("max", .string),
            ], keyHandler: zremrangebylex),
        CommandDescriptor(
            "zcard", arity: 2, flags: [.readOnly, .fast], group: .sortedSet, since: "1.2.0",
            summary: "Returns the number of members in a sorted set.", categories: [.sortedSet],
            keys: [KeySpecification([.readOnly], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: zcard),
        CommandDescriptor(
            "zcount", arity: 4, flags: [.readOnly, .fast], group: .sortedSet, since: "2.0.0",
            summary: "Returns the count of members in a sorted set that have scores "
                + "within a range.",
            complexity: "O(log(N)) with N being the number of elements in the sorted set.",
            categories: [.sortedSet], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0), ArgumentDescription("min", .double),
                ArgumentDescription("max", .double),
            ], keyHandler: zcount),
        CommandDescriptor(
            "zlexcount", arity: 4, flags: [.readOnly, .fast], group: .sortedSet, since: "2.8.9",
            summary: "Returns the number of members in a sorted set within a "
                + "lexicographical range.",
            complexity: "O(log(N)) with N being the number of elements in the sorted set.",
            categories: [.sortedSet], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0), ArgumentDescription("min", .string),
                ArgumentDescription("max", .string),
            ], keyHandler: zlexcount),
        CommandDescriptor(
            "zscore", arity: 3, flags: [.readOnly, .fast], group: .sortedSet, since: "1.2.0",
            summary: "Returns the score of a member in a sorted set.", categories: [.sortedSet],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("member", .string),
            ], keyHandler: zscore),
        CommandDescriptor(
            "zmscore", arity: -3, flags: [.readOnly, .fast], group: .sortedSet, since: "6.2.0",
            summary: "Returns the score of one or more members in a sorted set.",
            complexity: "O(N) where N is the number of members being requested.",
            categories: [.sortedSet], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("member", .string, .multiple),
            ], keyHandler: zmscore),
        CommandDescriptor(
            "zrank", arity: -3, flags: [.readOnly, .fast], group: .sortedSet, since: "2.0.0",
            summary: "Returns the index of a member in a sorted set ordered by "
                + "ascending scores.", complexity: "O(log(N))",
            history: [(since: "7.2.0", change: "Added the optional `WITHSCORE` argument.")],
            categories: [.sortedSet], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("member", .string),
                ArgumentDescription("withscore", .pureToken, token: "WITHSCORE", .optional),
            ], keyHandler: zrank),
        CommandDescriptor(
            "zrevrank", arity: -3, flags: [.readOnly, .fast], group: .sortedSet, since: "2.0.0",
            summary: "Returns the index of a member in a sorted set ordered by "
                + "descending scores.", complexity: "O(log(N))",
            history: [(since: "7.2.0", change: "Added the optional `WITHSCORE` argument.")],
            categories: [.sortedSet], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("member", .string),
                ArgumentDescription("withscore", .pureToken, token: "WITHSCORE", .optional),
            ], keyHandler: zrevrank),
        CommandDescriptor(
            "zpopmin", arity: -2, flags: [.write, .fast], group: .sortedSet, since: "5.0.0",
            summary: "Returns the lowest-scoring members from a sorted set after "
                + "removing them. Deletes the sorted set if the last member was " + "popped.",
            complexity: "O(log(N)*M) with N being the number of elements in the sorted "
                + "set, and M being the number of elements popped.", categories: [.sortedSet],
            keys: [KeySpecification([.readWrite, .access, .delete], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("count", .integer, .optional),
            ], keyHandler: zpopmin),
        CommandDescriptor(
            "zpopmax", arity: -2, flags: [.write, .fast], group: .sortedSet, since: "5.0.0",
            summary: "Returns the highest-scoring members from a sorted set after "
                + "removing them. Deletes the sorted set if the last member was " + "popped.",
            complexity: "O(log(N)*M) with N being the number of elements in the sorted "
                + "set, and M being the number of elements popped.", categories: [.sortedSet],
            keys: [KeySpecification([.readWrite, .access, .delete], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("count", .integer, .optional),
            ], keyHandler: zpopmax),
        CommandDescriptor(
            "bzpopmin", arity: -3, flags: [.write, .noScript, .blocking, .fast], group: .sortedSet,
            since: "5.0.0",
            summary: "Removes and returns the member with the lowest score from one or "
                + "more sorted sets. Blocks until a member is available otherwise. "
                + "Deletes the sorted set if the last element was popped.",
            complexity: "O(log(N)) with N being the number of elements in the sorted set.",
            history: [
                (
                    since: "6.0.0",
                    change: "`timeout` is interpreted as a double instead of an integer."
                )
            ], categories: [.sortedSet],
            keys: [KeySpecification([.readWrite, .access, .delete], first: 1, lastOffset: -2)],
            arguments: [
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription("timeout", .double),
            ], keyHandler: bzpopmin),
        CommandDescriptor(
            "bzpopmax", arity: -3, flags: [.write, .noScript, .blocking, .fast], group: .sortedSet,
            since: "5.0.0",
            summary: "Removes and returns the member with the highest score from one "
                + "or more sorted sets. Blocks until a member is available "
                + "otherwise. Deletes the sorted set if the last element was " + "popped.",
            complexity: "O(log(N)) with N being the number of elements in the sorted set.",
            history: [
                (
                    since: "6.0.0",
                    change: "`timeout` is interpreted as a double instead of an integer."
                )
            ], categories: [.sortedSet],
            keys: [KeySpecification([.readWrite, .access, .delete], first: 1, lastOffset: -2)],
            arguments: [
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription("timeout", .double),
            ], keyHandler: bzpopmax),
        CommandDescriptor(
            "zmpop", arity: -4, flags: [.write, .movableKeys], group: .sortedSet, since: "7.0.0",
            summary: "Returns the highest- or lowest-scoring members from one or more "
                + "sorted sets after removing them. Deletes the sorted set if the "
                + "last member was popped.",
            complexity: "O(K) + O(M*log(N)) where K is the number of provided keys, N "
                + "being the number of elements in the sorted set, and M being the "
                + "number of elements popped.", categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readWrite, .access, .delete], first: 1, countIndex: 0, firstKey: 1, step: 1)
            ],
            arguments: [
                ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription(
                    "where", .oneof, [],
                    [
                        ArgumentDescription("min", .pureToken, token: "MIN"),
                        ArgumentDescription("max", .pureToken, token: "MAX"),
                    ]), ArgumentDescription("count", .integer, token: "COUNT", .optional),
            ], keyHandler: zmpop),
        CommandDescriptor(
            "bzmpop", arity: -5, flags: [.write, .blocking, .movableKeys], group: .sortedSet,
            since: "7.0.0",
            summary: "Removes and returns a member by score from one or more sorted "
                + "sets. Blocks until a member is available otherwise. Deletes the "
                + "sorted set if the last element was popped.",
            complexity: "O(K) + O(M*log(N)) where K is the number of provided keys, N "
                + "being the number of elements in the sorted set, and M being the "
                + "number of elements popped.", categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readWrite, .access, .delete], first: 2, countIndex: 0, firstKey: 1, step: 1)
            ],
            arguments: [
                ArgumentDescription("timeout", .double), ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription(
                    "where", .oneof, [],
                    [
                        ArgumentDescription("min", .pureToken, token: "MIN"),
                        ArgumentDescription("max", .pureToken, token: "MAX"),
                    ]), ArgumentDescription("count", .integer, token: "COUNT", .optional),
            ], keyHandler: bzmpop),
        CommandDescriptor(
            "zscan", arity: -3, flags: .readOnly, group: .sortedSet, since: "2.8.0",
            summary: "Iterates over members and scores of a sorted set.",
            complexity: "O(1) for every call. O(N) for a complete iteration, including "
                + "enough command calls for the cursor to return back to 0. N is "
                + "the number of elements inside the collection.", categories: [.sortedSet],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            tips: ["nondeterministic_output"],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("cursor", .integer),
                ArgumentDescription("pattern", .pattern, token: "MATCH", .optional),
                ArgumentDescription("count", .integer, token: "COUNT", .optional),
                ArgumentDescription("noscores", .pureToken, token: "NOSCORES", .optional),
            ], keyHandler: zscan),
        CommandDescriptor(
            "zrandmember", arity: -2, flags: .readOnly, group: .sortedSet, since: "6.2.0",
            summary: "Returns one or more random members from a sorted set.",
            complexity: "O(N) where N is the number of members returned", categories: [.sortedSet],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            tips: ["nondeterministic_output"],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "options", .block, .optional,
                    [
                        ArgumentDescription("count", .integer),
                        ArgumentDescription(
                            "withscores", .pureToken, token: "WITHSCORES", .optional),
                    ]),
            ], keyHandler: zrandmember),
    ]
}
