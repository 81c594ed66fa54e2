// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension DatabaseCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "dbsize", arity: 1, flags: [.readOnly, .fast], group: .server, since: "1.0.0",
            summary: "Returns the number of keys in the database.", categories: [.keyspace],
            tips: ["request_policy:all_shards", "response_policy:agg_sum"], keyHandler: dbsize),
        CommandDescriptor(
            "flushall", arity: -1, flags: .write, group: .server, since: "1.0.0",
            summary: "Removes all keys from all databases.",
            complexity: "O(N) where N is the total number of keys in all databases",
            history: [
                (since: "4.0.0", change: "Added the `ASYNC` flushing mode modifier."),
                (since: "6.2.0", change: "Added the `SYNC` flushing mode modifier."),
            ], categories: [.dangerous, .keyspace],
            tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
            arguments: [
                ArgumentDescription(
                    "flush-type", .oneof, .optional,
                    [
                        ArgumentDescription("async", .pureToken, token: "ASYNC", since: "4.0.0"),
                        ArgumentDescription("sync", .pureToken, token: "SYNC", since: "6.2.0"),
                    ])
            ], keyHandler: flushall),
        CommandDescriptor(
            "flushdb", arity: -1, flags: .write, group: .server, since: "1.0.0",
            summary: "Remove all keys from the current database.",
            complexity: "O(N) where N is the number of keys in the selected database",
            history: [
                (since: "4.0.0", change: "Added the `ASYNC` flushing mode modifier."),
                (since: "6.2.0", change: "Added the `SYNC` flushing mode modifier."),
            ], categories: [.dangerous, .keyspace],
            tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
            arguments: [
                ArgumentDescription(
                    "flush-type", .oneof, .optional,
                    [
                        ArgumentDescription("async", .pureToken, token: "ASYNC", since: "4.0.0"),
                        ArgumentDescription("sync", .pureToken, token: "SYNC", since: "6.2.0"),
                    ])
            ], keyHandler: flushdb),
        CommandDescriptor(
            "swapdb", arity: 3, flags: [.write, .fast], group: .server, since: "4.0.0",
            summary: "Swaps two databases.",
            complexity: "O(N) where N is the count of clients watching or blocking on "
                + "keys from both databases.", categories: [.dangerous, .keyspace],
            arguments: [
                ArgumentDescription("index1", .integer), ArgumentDescription("index2", .integer),
            ], keyHandler: swapdb),
    ]
}
