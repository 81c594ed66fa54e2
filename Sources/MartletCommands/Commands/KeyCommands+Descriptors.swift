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
    ]
}
