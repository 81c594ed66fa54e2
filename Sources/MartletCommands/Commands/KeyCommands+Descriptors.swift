// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension KeyCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "del", arity: -2, flags: .write, group: .generic, since: "1.0.0",
            summary: "Deletes one or more keys.",
            complexity: "O(N) where N is the number of keys that will be removed. When a "
                + "key to remove holds a value other than a string, the individual "
                + "complexity for this key is O(M) where M is the number of "
                + "elements in the list, set, sorted set or hash. Removing a single "
                + "key that holds a string value is O(1).", categories: [.keyspace],
            keys: [KeySpecification([.remove, .delete], first: 1, lastOffset: -1)],
            tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
            arguments: [ArgumentDescription("key", .key, .multiple, keyIndex: 0)], keyHandler: del),
        CommandDescriptor(
            "unlink", arity: -2, flags: [.write, .fast], group: .generic, since: "4.0.0",
            summary: "Asynchronously deletes one or more keys.",
            complexity: "O(1) for each key removed regardless of its size. Then the "
                + "command does O(N) work in a different thread in order to reclaim "
                + "memory, where N is the number of allocations the deleted objects "
                + "where composed of.", categories: [.keyspace],
            keys: [KeySpecification([.remove, .delete], first: 1, lastOffset: -1)],
            tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
            arguments: [ArgumentDescription("key", .key, .multiple, keyIndex: 0)],
            keyHandler: unlink),
        CommandDescriptor(
            "exists", arity: -2, flags: [.readOnly, .fast], group: .generic, since: "1.0.0",
            summary: "Determines whether one or more keys exist.",
            complexity: "O(N) where N is the number of keys to check.",
            history: [(since: "3.0.3", change: "Accepts multiple `key` arguments.")],
            categories: [.keyspace],
            keys: [KeySpecification([.readOnly], first: 1, lastOffset: -1)],
            tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
            arguments: [ArgumentDescription("key", .key, .multiple, keyIndex: 0)],
            keyHandler: exists),
        CommandDescriptor(
            "type", arity: 2, flags: [.readOnly, .fast], group: .generic, since: "1.0.0",
            summary: "Determines the type of value stored at a key.", categories: [.keyspace],
            keys: [KeySpecification([.readOnly], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: type),
        CommandDescriptor(
            "touch", arity: -2, flags: [.readOnly, .fast], group: .generic, since: "3.2.1",
            summary: "Returns the number of existing keys out of those specified after "
                + "updating the time they were last accessed.",
            complexity: "O(N) where N is the number of keys that will be touched.",
            categories: [.keyspace],
            keys: [KeySpecification([.readOnly], first: 1, lastOffset: -1)],
            tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
            arguments: [ArgumentDescription("key", .key, .multiple, keyIndex: 0)], keyHandler: touch
        ),
        CommandDescriptor(
            "rename", arity: 3, flags: .write, group: .generic, since: "1.0.0",
            summary: "Renames a key and overwrites the destination.", categories: [.keyspace],
            keys: [
                KeySpecification([.readWrite, .access, .delete], first: 1),
                KeySpecification([.overwrite, .update], first: 2),
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("newkey", .key, keyIndex: 1),
            ], keyHandler: rename),
        CommandDescriptor(
            "renamenx", arity: 3, flags: [.write, .fast], group: .generic, since: "1.0.0",
            summary: "Renames a key only when the target key name doesn't exist.",
            history: [
                (
                    since: "3.2.0",
                    change: "The command no longer returns an error when source and "
                        + "destination names are the same."
                )
            ], categories: [.keyspace],
            keys: [
                KeySpecification([.readWrite, .access, .delete], first: 1),
                KeySpecification([.overwrite, .insert], first: 2),
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("newkey", .key, keyIndex: 1),
            ], keyHandler: renamenx),
        CommandDescriptor(
            "copy", arity: -3, flags: [.write, .denyOutOfMemory], group: .generic, since: "6.2.0",
            summary: "Copies the value of a key to a new key.",
            complexity: "O(N) worst case for collections, where N is the number of nested "
                + "items. O(1) for string values.", categories: [.keyspace],
            keys: [
                KeySpecification([.readOnly, .access], first: 1),
                KeySpecification([.overwrite, .update], first: 2),
            ],
            arguments: [
                ArgumentDescription("source", .key, keyIndex: 0),
                ArgumentDescription("destination", .key, keyIndex: 1),
                ArgumentDescription("destination-db", .integer, token: "DB", .optional),
                ArgumentDescription("replace", .pureToken, token: "REPLACE", .optional),
            ], keyHandler: copy),
        CommandDescriptor(
            "move", arity: 3, flags: [.write, .fast], group: .generic, since: "1.0.0",
            summary: "Moves a key to another database.", categories: [.keyspace],
            keys: [KeySpecification([.readWrite, .access, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0), ArgumentDescription("db", .integer),
            ], keyHandler: move),
        CommandDescriptor(
            "randomkey", arity: 1, flags: .readOnly, group: .generic, since: "1.0.0",
            summary: "Returns a random key name from the database.", categories: [.keyspace],
            tips: [
                "request_policy:all_shards", "response_policy:special", "nondeterministic_output",
            ], keyHandler: randomkey),
        CommandDescriptor(
            "keys", arity: 2, flags: .readOnly, group: .generic, since: "1.0.0",
            summary: "Returns all key names that match a pattern.",
            complexity: "O(N) with N being the number of keys in the database, under the "
                + "assumption that the key names in the database and the given "
                + "pattern have limited length.", categories: [.dangerous, .keyspace],
            tips: ["request_policy:all_shards", "nondeterministic_output_order"],
            arguments: [ArgumentDescription("pattern", .pattern)], keyHandler: keys),
        CommandDescriptor(
            "scan", arity: -2, flags: .readOnly, group: .generic, since: "2.8.0",
            summary: "Iterates over the key names in the database.",
            complexity: "O(1) for every call. O(N) for a complete iteration, including "
                + "enough command calls for the cursor to return back to 0. N is "
                + "the number of elements inside the collection.",
            history: [(since: "6.0.0", change: "Added the `TYPE` subcommand.")],
            categories: [.keyspace],
            tips: ["nondeterministic_output", "request_policy:special", "response_policy:special"],
            arguments: [
                ArgumentDescription("cursor", .integer),
                ArgumentDescription("pattern", .pattern, token: "MATCH", .optional),
                ArgumentDescription("count", .integer, token: "COUNT", .optional),
                ArgumentDescription("type", .string, token: "TYPE", .optional, since: "6.0.0"),
            ], keyHandler: scan),
    ]
}
