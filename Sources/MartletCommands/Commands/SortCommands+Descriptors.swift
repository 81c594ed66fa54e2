// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension SortCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "sort", arity: -2, flags: [.write, .denyOutOfMemory, .movableKeys], group: .generic,
            since: "1.0.0",
            summary: "Sorts the elements in a list, a set, or a sorted set, optionally "
                + "storing the result.",
            complexity: "O(N+M*log(M)) where N is the number of elements in the list or "
                + "set to sort, and M the number of returned elements. When the "
                + "elements are not sorted, complexity is O(N).",
            categories: [.dangerous, .list, .set, .sortedSet],
            keys: [
                KeySpecification([.readOnly, .access], first: 1),
                KeySpecification(
                    unknown: [.readOnly, .access],
                    notes: "For the optional BY/GET keyword. It is marked 'unknown' because "
                        + "the key names derive from the content of the key we sort"),
                KeySpecification(
                    unknown: [.overwrite, .update],
                    notes: "For the optional STORE keyword. It is marked 'unknown' because "
                        + "the keyword can appear anywhere in the argument array",
                    find: SortOptions.destination),
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "by-pattern", .pattern, token: "BY", .optional, displayText: "pattern",
                    keyIndex: 1),
                ArgumentDescription(
                    "limit", .block, token: "LIMIT", .optional,
                    [
                        ArgumentDescription("offset", .integer),
                        ArgumentDescription("count", .integer),
                    ]),
                ArgumentDescription(
                    "get-pattern", .pattern, token: "GET", [.optional, .multiple, .multipleToken],
                    displayText: "pattern", keyIndex: 1),
                ArgumentDescription(
                    "order", .oneof, .optional,
                    [
                        ArgumentDescription("asc", .pureToken, token: "ASC"),
                        ArgumentDescription("desc", .pureToken, token: "DESC"),
                    ]), ArgumentDescription("sorting", .pureToken, token: "ALPHA", .optional),
                ArgumentDescription("destination", .key, token: "STORE", .optional, keyIndex: 2),
            ], keyHandler: sort),
        CommandDescriptor(
            "sort_ro", arity: -2, flags: [.readOnly, .movableKeys], group: .generic, since: "7.0.0",
            summary: "Returns the sorted elements of a list, a set, or a sorted set.",
            complexity: "O(N+M*log(M)) where N is the number of elements in the list or "
                + "set to sort, and M the number of returned elements. When the "
                + "elements are not sorted, complexity is O(N).",
            categories: [.dangerous, .list, .set, .sortedSet],
            keys: [
                KeySpecification([.readOnly, .access], first: 1),
                KeySpecification(
                    unknown: [.readOnly, .access],
                    notes: "For the optional BY/GET keyword. It is marked 'unknown' because "
                        + "the key names derive from the content of the key we sort"),
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "by-pattern", .pattern, token: "BY", .optional, displayText: "pattern",
                    keyIndex: 1),
                ArgumentDescription(
                    "limit", .block, token: "LIMIT", .optional,
                    [
                        ArgumentDescription("offset", .integer),
                        ArgumentDescription("count", .integer),
                    ]),
                ArgumentDescription(
                    "get-pattern", .pattern, token: "GET", [.optional, .multiple, .multipleToken],
                    displayText: "pattern", keyIndex: 1),
                ArgumentDescription(
                    "order", .oneof, .optional,
                    [
                        ArgumentDescription("asc", .pureToken, token: "ASC"),
                        ArgumentDescription("desc", .pureToken, token: "DESC"),
                    ]), ArgumentDescription("sorting", .pureToken, token: "ALPHA", .optional),
            ], keyHandler: sortRo),
    ]
}
