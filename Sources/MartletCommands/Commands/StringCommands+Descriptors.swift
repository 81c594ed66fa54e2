// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension StringCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "get", arity: 2, flags: [.readOnly, .fast], group: .string, since: "1.0.0",
            summary: "Returns the string value of a key.", categories: [.string],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: get),
        CommandDescriptor(
            "set", arity: -3, flags: [.write, .denyOutOfMemory], group: .string, since: "1.0.0",
            summary: "Sets the string value of a key, ignoring its type. The key is "
                + "created if it doesn't exist.",
            history: [
                (since: "2.6.12", change: "Added the `EX`, `PX`, `NX` and `XX` options."),
                (since: "6.0.0", change: "Added the `KEEPTTL` option."),
                (since: "6.2.0", change: "Added the `GET`, `EXAT` and `PXAT` option."),
                (since: "7.0.0", change: "Allowed the `NX` and `GET` options to be used together."),
            ], categories: [.string],
            keys: [
                KeySpecification(
                    [.readWrite, .access, .update, .variableFlags], first: 1,
                    notes: "RW and ACCESS due to the optional `GET` argument")
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("value", .string),
                ArgumentDescription(
                    "condition", .oneof, .optional,
                    [
                        ArgumentDescription("nx", .pureToken, token: "NX", since: "2.6.12"),
                        ArgumentDescription("xx", .pureToken, token: "XX", since: "2.6.12"),
                    ]),
                ArgumentDescription("get", .pureToken, token: "GET", .optional, since: "6.2.0"),
                ArgumentDescription(
                    "expiration", .oneof, .optional,
                    [
                        ArgumentDescription("seconds", .integer, token: "EX", since: "2.6.12"),
                        ArgumentDescription("milliseconds", .integer, token: "PX", since: "2.6.12"),
                        ArgumentDescription(
                            "unix-time-seconds", .unixTime, token: "EXAT", since: "6.2.0"),
                        ArgumentDescription(
                            "unix-time-milliseconds", .unixTime, token: "PXAT", since: "6.2.0"),
                        ArgumentDescription(
                            "keepttl", .pureToken, token: "KEEPTTL", since: "6.0.0"),
                    ]),
            ], keyHandler: set),
        CommandDescriptor(
            "incr", arity: 2, flags: [.write, .denyOutOfMemory, .fast], group: .string,
            since: "1.0.0",
            summary: "Increments the integer value of a key by one. Uses 0 as initial "
                + "value if the key doesn't exist.", categories: [.string],
            keys: [KeySpecification([.readWrite, .access, .update], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: incr),
        CommandDescriptor(
            "decr", arity: 2, flags: [.write, .denyOutOfMemory, .fast], group: .string,
            since: "1.0.0",
            summary: "Decrements the integer value of a key by one. Uses 0 as initial "
                + "value if the key doesn't exist.", categories: [.string],
            keys: [KeySpecification([.readWrite, .access, .update], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: decr),
        CommandDescriptor(
            "incrby", arity: 3, flags: [.write, .denyOutOfMemory, .fast], group: .string,
            since: "1.0.0",
            summary: "Increments the integer value of a key by a number. Uses 0 as "
                + "initial value if the key doesn't exist.", categories: [.string],
            keys: [KeySpecification([.readWrite, .access, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("increment", .integer),
            ], keyHandler: incrby),
        CommandDescriptor(
            "decrby", arity: 3, flags: [.write, .denyOutOfMemory, .fast], group: .string,
            since: "1.0.0",
            summary: "Decrements the integer value of a key by a number. Uses 0 as "
                + "initial value if the key doesn't exist.", categories: [.string],
            keys: [KeySpecification([.readWrite, .access, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("decrement", .integer),
            ], keyHandler: decrby),
    ]
}
