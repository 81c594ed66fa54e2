// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension StreamReadCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "xrange", arity: -4, flags: .readOnly, group: .stream, since: "5.0.0",
            summary: "Returns the messages from a stream within a range of IDs.",
            complexity: "O(N) with N being the number of elements being returned. If N is "
                + "constant (e.g. always asking for the first 10 elements with "
                + "COUNT), you can consider it O(1).",
            history: [
                (since: "6.2.0", change: "Added exclusive ranges.")
            ], categories: [.stream],
            keys: [
                KeySpecification([.readOnly, .access], first: 1)
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("start", .string),
                ArgumentDescription("end", .string),
                ArgumentDescription("count", .integer, token: "COUNT", .optional),
            ], keyHandler: StreamRangeCommands.xrange),
        CommandDescriptor(
            "xrevrange", arity: -4, flags: .readOnly, group: .stream, since: "5.0.0",
            summary: "Returns the messages from a stream within a range of IDs in reverse order.",
            complexity: "O(N) with N being the number of elements returned. If N is "
                + "constant (e.g. always asking for the first 10 elements with "
                + "COUNT), you can consider it O(1).",
            history: [
                (since: "6.2.0", change: "Added exclusive ranges.")
            ], categories: [.stream],
            keys: [
                KeySpecification([.readOnly, .access], first: 1)
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("end", .string),
                ArgumentDescription("start", .string),
                ArgumentDescription("count", .integer, token: "COUNT", .optional),
            ], keyHandler: StreamRangeCommands.xrevrange),
        CommandDescriptor(
            "xread", arity: -4, flags: [.readOnly, .blocking, .movableKeys], group: .stream,
            since: "5.0.0",
            summary: "Returns messages from multiple streams with IDs greater than the "
                + "ones requested. Blocks until a message is available otherwise.", complexity: nil,
            categories: [.stream],
            keys: [
                KeySpecification(
                    [.readOnly, .access], keyword: "STREAMS", startFrom: 1, lastOffset: -1, limit: 2
                )
            ],
            arguments: [
                ArgumentDescription("count", .integer, token: "COUNT", .optional),
                ArgumentDescription("milliseconds", .integer, token: "BLOCK", .optional),
                ArgumentDescription(
                    "streams", .block, token: "STREAMS", [],
                    [
                        ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                        ArgumentDescription("id", .string, .multiple),
                    ]),
            ], keyHandler: xread),
        CommandDescriptor(
            "xreadgroup", arity: -7, flags: [.write, .blocking, .movableKeys], group: .stream,
            since: "5.0.0",
            summary: "Returns new or historical messages from a stream for a consumer "
                + "in a group. Blocks until a message is available otherwise.",
            complexity: "For each stream mentioned: O(M) with M being the number of "
                + "elements returned. If M is constant (e.g. always asking for the "
                + "first 10 elements with COUNT), you can consider it O(1). On the "
                + "other side when XREADGROUP blocks, XADD will pay the O(N) time in "
                + "order to serve the N clients blocked on the stream getting new "
                + "data.", categories: [.stream],
            keys: [
                KeySpecification(
                    [.readOnly, .access], keyword: "STREAMS", startFrom: 4, lastOffset: -1, limit: 2
                )
            ],
            arguments: [
                ArgumentDescription(
                    "group-block", .block, token: "GROUP", [],
                    [
                        ArgumentDescription("group", .string),
                        ArgumentDescription("consumer", .string),
                    ]),
                ArgumentDescription("count", .integer, token: "COUNT", .optional),
                ArgumentDescription("milliseconds", .integer, token: "BLOCK", .optional),
                ArgumentDescription("noack", .pureToken, token: "NOACK", .optional),
                ArgumentDescription(
                    "streams", .block, token: "STREAMS", [],
                    [
                        ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                        ArgumentDescription("id", .string, .multiple),
                    ]),
            ], keyHandler: StreamGroupReadCommands.xreadgroup),
    ]
}
