// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension ExpiryCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "expire", arity: -3, flags: [.write, .fast], group: .generic, since: "1.0.0",
            summary: "Sets the expiration time of a key in seconds.",
            history: [(since: "7.0.0", change: "Added options: `NX`, `XX`, `GT` and `LT`.")],
            categories: [.keyspace], keys: [KeySpecification([.readWrite, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("seconds", .integer),
                ArgumentDescription(
                    "condition", .oneof, .optional, since: "7.0.0",
                    [
                        ArgumentDescription("nx", .pureToken, token: "NX"),
                        ArgumentDescription("xx", .pureToken, token: "XX"),
                        ArgumentDescription("gt", .pureToken, token: "GT"),
                        ArgumentDescription("lt", .pureToken, token: "LT"),
                    ]),
            ], keyHandler: expire),
        CommandDescriptor(
            "pexpire", arity: -3, flags: [.write, .fast], group: .generic, since: "2.6.0",
            summary: "Sets the expiration time of a key in milliseconds.",
            history: [(since: "7.0.0", change: "Added options: `NX`, `XX`, `GT` and `LT`.")],
            categories: [.keyspace], keys: [KeySpecification([.readWrite, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("milliseconds", .integer),
                ArgumentDescription(
                    "condition", .oneof, .optional, since: "7.0.0",
                    [
                        ArgumentDescription("nx", .pureToken, token: "NX"),
                        ArgumentDescription("xx", .pureToken, token: "XX"),
                        ArgumentDescription("gt", .pureToken, token: "GT"),
                        ArgumentDescription("lt", .pureToken, token: "LT"),
                    ]),
            ], keyHandler: pexpire),
        CommandDescriptor(
            "expireat", arity: -3, flags: [.write, .fast], group: .generic, since: "1.2.0",
            summary: "Sets the expiration time of a key to a Unix timestamp.",
            history: [(since: "7.0.0", change: "Added options: `NX`, `XX`, `GT` and `LT`.")],
            categories: [.keyspace], keys: [KeySpecification([.readWrite, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("unix-time-seconds", .unixTime),
                ArgumentDescription(
                    "condition", .oneof, .optional, since: "7.0.0",
                    [
                        ArgumentDescription("nx", .pureToken, token: "NX"),
                        ArgumentDescription("xx", .pureToken, token: "XX"),
                        ArgumentDescription("gt", .pureToken, token: "GT"),
                        ArgumentDescription("lt", .pureToken, token: "LT"),
                    ]),
            ], keyHandler: expireat),
        CommandDescriptor(
            "pexpireat", arity: -3, flags: [.write, .fast], group: .generic, since: "2.6.0",
            summary: "Sets the expiration time of a key to a Unix milliseconds " + "timestamp.",
            history: [(since: "7.0.0", change: "Added options: `NX`, `XX`, `GT` and `LT`.")],
            categories: [.keyspace], keys: [KeySpecification([.readWrite, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("unix-time-milliseconds", .unixTime),
                ArgumentDescription(
                    "condition", .oneof, .optional, since: "7.0.0",
                    [
                        ArgumentDescription("nx", .pureToken, token: "NX"),
                        ArgumentDescription("xx", .pureToken, token: "XX"),
                        ArgumentDescription("gt", .pureToken, token: "GT"),
                        ArgumentDescription("lt", .pureToken, token: "LT"),
                    ]),
            ], keyHandler: pexpireat),
        CommandDescriptor(
            "ttl", arity: 2, flags: [.readOnly, .fast], group: .generic, since: "1.0.0",
            summary: "Returns the expiration time in seconds of a key.",
            history: [(since: "2.8.0", change: "Added the -2 reply.")], categories: [.keyspace],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            tips: ["nondeterministic_output"],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: ttl),
        CommandDescriptor(
            "pttl", arity: 2, flags: [.readOnly, .fast], group: .generic, since: "2.6.0",
            summary: "Returns the expiration time in milliseconds of a key.",
            history: [(since: "2.8.0", change: "Added the -2 reply.")], categories: [.keyspace],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            tips: ["nondeterministic_output"],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: pttl),
        CommandDescriptor(
            "expiretime", arity: 2, flags: [.readOnly, .fast], group: .generic, since: "7.0.0",
            summary: "Returns the expiration time of a key as a Unix timestamp.",
            categories: [.keyspace], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: expiretime),
        CommandDescriptor(
            "pexpiretime", arity: 2, flags: [.readOnly, .fast], group: .generic, since: "7.0.0",
            summary: "Returns the expiration time of a key as a Unix milliseconds " + "timestamp.",
            categories: [.keyspace], keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: pexpiretime),
        CommandDescriptor(
            "persist", arity: 2, flags: [.write, .fast], group: .generic, since: "2.2.0",
            summary: "Removes the expiration time of a key.", categories: [.keyspace],
            keys: [KeySpecification([.readWrite, .update], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: persist),
    ]
}
