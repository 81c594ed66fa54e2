// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension HashCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "hset", arity: -4, flags: [.write, .denyOutOfMemory, .fast], group: .hash,
            since: "2.0.0", summary: "Creates or modifies the value of a field in a hash.",
            complexity: "O(1) for each field/value pair added, so O(N) to add N "
                + "field/value pairs when the command is called with multiple "
                + "field/value pairs.",
            history: [(since: "4.0.0", change: "Accepts multiple `field` and `value` arguments.")],
            categories: [.hash], keys: [KeySpecification([.readWrite, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "data", .block, .multiple,
                    [ArgumentDescription("field", .string), ArgumentDescription("value", .string)]),
            ], keyHandler: hset),
        CommandDescriptor(
            "hmset", arity: -4, flags: [.write, .denyOutOfMemory, .fast], group: .hash,
            since: "2.0.0", summary: "Sets the values of multiple fields.",
            complexity: "O(N) where N is the number of fields being set.", categories: [.hash],
            keys: [KeySpecification([.readWrite, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "data", .block, .multiple,
                    [ArgumentDescription("field", .string), ArgumentDescription("value", .string)]),
            ], keyHandler: hmset),
        CommandDescriptor(
            "hsetnx", arity: 4, flags: [.write, .denyOutOfMemory, .fast], group: .hash,
            since: "2.0.0",
            summary: "Sets the value of a field in a hash only when the field doesn't " + "exist.",
            categories: [.hash], keys: [KeySpecification([.readWrite, .insert], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("field", .string), ArgumentDescription("value", .string),
            ], keyHandler: hsetnx),
        CommandDescriptor(
            "hget", arity: 3, flags: [.readOnly, .fast], group: .hash, since: "2.0.0",
            summary: "Returns the value of a field in a hash.", categories: [.hash],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("field", .string),
            ], keyHandler: hget),
        CommandDescriptor(
            "hmget", arity: -3, flags: [.readOnly, .fast], group: .hash, since: "2.0.0",
            summary: "Returns the values of all fields in a hash.",
            complexity: "O(N) where N is the number of fields being requested.",
            categories: [.hash], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("field", .string, .multiple),
            ], keyHandler: hmget),
        CommandDescriptor(
            "hdel", arity: -3, flags: [.write, .fast], group: .hash, since: "2.0.0",
            summary: "Deletes one or more fields and their values from a hash. Deletes "
                + "the hash if no fields remain.",
            complexity: "O(N) where N is the number of fields to be removed.",
            history: [(since: "2.4.0", change: "Accepts multiple `field` arguments.")],
            categories: [.hash], keys: [KeySpecification([.readWrite, .delete], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("field", .string, .multiple),
            ], keyHandler: hdel),
        CommandDescriptor(
            "hlen", arity: 2, flags: [.readOnly, .fast], group: .hash, since: "2.0.0",
            summary: "Returns the number of fields in a hash.", categories: [.hash],
            keys: [KeySpecification([.readOnly], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: hlen),
        CommandDescriptor(
            "hstrlen", arity: 3, flags: [.readOnly, .fast], group: .hash, since: "3.2.0",
            summary: "Returns the length of the value of a field.", categories: [.hash],
            keys: [KeySpecification([.readOnly], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("field", .string),
            ], keyHandler: hstrlen),
        CommandDescriptor(
            "hexists", arity: 3, flags: [.readOnly, .fast], group: .hash, since: "2.0.0",
            summary: "Determines whether a field exists in a hash.", categories: [.hash],
            keys: [KeySpecification([.readOnly], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("field", .string),
            ], keyHandler: hexists),
        CommandDescriptor(
            "hkeys", arity: 2, flags: .readOnly, group: .hash, since: "2.0.0",
            summary: "Returns all fields in a hash.",
            complexity: "O(N) where N is the size of the hash.", categories: [.hash],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            tips: ["nondeterministic_output_order"],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: hkeys),
        CommandDescriptor(
            "hvals", arity: 2, flags: .readOnly, group: .hash, since: "2.0.0",
            summary: "Returns all values in a hash.",
            complexity: "O(N) where N is the size of the hash.", categories: [.hash],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            tips: ["nondeterministic_output_order"],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: hvals),
        CommandDescriptor(
            "hgetall", arity: 2, flags: .readOnly, group: .hash, since: "2.0.0",
            summary: "Returns all fields and values in a hash.",
            complexity: "O(N) where N is the size of the hash.", categories: [.hash],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            tips: ["nondeterministic_output_order"],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: hgetall),
        CommandDescriptor(
            "hincrby", arity: 4, flags: [.write, .denyOutOfMemory, .fast], group: .hash,
            since: "2.0.0",
            summary: "Increments the integer value of a field in a hash by a number. "
                + "Uses 0 as initial value if the field doesn't exist.", categories: [.hash],
            keys: [KeySpecification([.readWrite, .access, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("field", .string), ArgumentDescription("increment", .integer),
            ], keyHandler: hincrby),
        CommandDescriptor(
            "hincrbyfloat", arity: 4, flags: [.write, .denyOutOfMemory, .fast], group: .hash,
            since: "2.6.0",
            summary: "Increments the floating point value of a field by a number. Uses "
                + "0 as initial value if the field doesn't exist.", categories: [.hash],
            keys: [KeySpecification([.readWrite, .access, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("field", .string), ArgumentDescription("increment", .double),
            ], keyHandler: hincrbyfloat),
        CommandDescriptor(
            "hscan", arity: -3, flags: .readOnly, group: .hash, since: "2.8.0",
            summary: "Iterates over fields and values of a hash.",
            complexity: "O(1) for every call. O(N) for a complete iteration, including "
                + "enough command calls for the cursor to return back to 0. N is "
                + "the number of elements inside the collection.", categories: [.hash],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            tips: ["nondeterministic_output"],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("cursor", .integer),
                ArgumentDescription("pattern", .pattern, token: "MATCH", .optional),
                ArgumentDescription("count", .integer, token: "COUNT", .optional),
                ArgumentDescription("novalues", .pureToken, token: "NOVALUES", .optional),
            ], keyHandler: hscan),
        CommandDescriptor(
            "hrandfield", arity: -2, flags: .readOnly, group: .hash, since: "6.2.0",
            summary: "Returns one or more random fields from a hash.",
            complexity: "O(N) where N is the number of fields returned", categories: [.hash],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            tips: ["nondeterministic_output"],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "options", .block, .optional,
                    [
                        ArgumentDescription("count", .integer),
                        ArgumentDescription(
                            "withvalues", .pureToken, token: "WITHVALUES", .optional),
                    ]),
            ], keyHandler: hrandfield),
    ]
}
