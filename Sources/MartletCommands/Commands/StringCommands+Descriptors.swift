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
            "setnx", arity: 3, flags: [.write, .denyOutOfMemory, .fast], group: .string,
            since: "1.0.0",
            summary: "Sets the string value of a key only when the key doesn't exist.",
            categories: [.string], keys: [KeySpecification([.overwrite, .insert], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("value", .string),
            ], keyHandler: setnx),
        CommandDescriptor(
            "setex", arity: 4, flags: [.write, .denyOutOfMemory], group: .string, since: "2.0.0",
            summary: "Sets the string value and expiration time of a key. Creates the "
                + "key if it doesn't exist.", categories: [.string],
            keys: [KeySpecification([.overwrite, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("seconds", .integer), ArgumentDescription("value", .string),
            ], keyHandler: setex),
        CommandDescriptor(
            "psetex", arity: 4, flags: [.write, .denyOutOfMemory], group: .string, since: "2.6.0",
            summary: "Sets both string value and expiration time in milliseconds of a "
                + "key. The key is created if it doesn't exist.", categories: [.string],
            keys: [KeySpecification([.overwrite, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("milliseconds", .integer),
                ArgumentDescription("value", .string),
            ], keyHandler: psetex),
        CommandDescriptor(
            "getset", arity: 3, flags: [.write, .denyOutOfMemory, .fast], group: .string,
            since: "1.0.0",
            summary: "Returns the previous string value of a key after setting it to a "
                + "new value.", categories: [.string],
            keys: [KeySpecification([.readWrite, .access, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("value", .string),
            ], keyHandler: getset),
        CommandDescriptor(
            "getdel", arity: 2, flags: [.write, .fast], group: .string, since: "6.2.0",
            summary: "Returns the string value of a key after deleting the key.",
            categories: [.string],
            keys: [KeySpecification([.readWrite, .access, .delete], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: getdel),
        CommandDescriptor(
            "getex", arity: -2, flags: [.write, .fast], group: .string, since: "6.2.0",
            summary: "Returns the string value of a key after setting its expiration " + "time.",
            categories: [.string],
            keys: [
                KeySpecification(
                    [.readWrite, .access, .update], first: 1,
                    notes: "RW and UPDATE because it changes the TTL")
            ],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "expiration", .oneof, .optional,
                    [
                        ArgumentDescription("seconds", .integer, token: "EX"),
                        ArgumentDescription("milliseconds", .integer, token: "PX"),
                        ArgumentDescription("unix-time-seconds", .unixTime, token: "EXAT"),
                        ArgumentDescription("unix-time-milliseconds", .unixTime, token: "PXAT"),
                        ArgumentDescription("persist", .pureToken, token: "PERSIST"),
                    ]),
            ], keyHandler: getex),
        CommandDescriptor(
            "mget", arity: -2, flags: [.readOnly, .fast], group: .string, since: "1.0.0",
            summary: "Atomically returns the string values of one or more keys.",
            complexity: "O(N) where N is the number of keys to retrieve.", categories: [.string],
            keys: [KeySpecification([.readOnly, .access], first: 1, lastOffset: -1)],
            tips: ["request_policy:multi_shard"],
            arguments: [ArgumentDescription("key", .key, .multiple, keyIndex: 0)], keyHandler: mget),
        CommandDescriptor(
            "mset", arity: -3, flags: [.write, .denyOutOfMemory], group: .string, since: "1.0.1",
            summary: "Atomically creates or modifies the string values of one or more " + "keys.",
            complexity: "O(N) where N is the number of keys to set.", categories: [.string],
            keys: [KeySpecification([.overwrite, .update], first: 1, lastOffset: -1, step: 2)],
            tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
            arguments: [
                ArgumentDescription(
                    "data", .block, .multiple,
                    [
                        ArgumentDescription("key", .key, keyIndex: 0),
                        ArgumentDescription("value", .string),
                    ])
            ], keyHandler: mset),
        CommandDescriptor(
            "msetnx", arity: -3, flags: [.write, .denyOutOfMemory], group: .string, since: "1.0.1",
            summary: "Atomically modifies the string values of one or more keys only "
                + "when all keys don't exist.",
            complexity: "O(N) where N is the number of keys to set.", categories: [.string],
            keys: [KeySpecification([.overwrite, .insert], first: 1, lastOffset: -1, step: 2)],
            arguments: [
                ArgumentDescription(
                    "data", .block, .multiple,
                    [
                        ArgumentDescription("key", .key, keyIndex: 0),
                        ArgumentDescription("value", .string),
                    ])
            ], keyHandler: msetnx),
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
        CommandDescriptor(
            "incrbyfloat", arity: 3, flags: [.write, .denyOutOfMemory, .fast], group: .string,
            since: "2.6.0",
            summary: "Increments the floating point value of a key by a number. Uses 0 "
                + "as initial value if the key doesn't exist.", categories: [.string],
            keys: [KeySpecification([.readWrite, .access, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("increment", .double),
            ], keyHandler: incrbyfloat),
        CommandDescriptor(
            "append", arity: 3, flags: [.write, .denyOutOfMemory, .fast], group: .string,
            since: "2.0.0",
            summary: "Appends a string to the value of a key. Creates the key if it "
                + "doesn't exist.",
            complexity: "O(1). The amortized time complexity is O(1) assuming the "
                + "appended value is small and the already present value is of any "
                + "size, since the dynamic string library used by the server will "
                + "double the free space available on every reallocation.", categories: [.string],
            keys: [KeySpecification([.readWrite, .insert], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("value", .string),
            ], keyHandler: append),
        CommandDescriptor(
            "strlen", arity: 2, flags: [.readOnly, .fast], group: .string, since: "2.2.0",
            summary: "Returns the length of a string value.", categories: [.string],
            keys: [KeySpecification([.readOnly], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: strlen),
        CommandDescriptor(
            "getrange", arity: 4, flags: .readOnly, group: .string, since: "2.4.0",
            summary: "Returns a substring of the string stored at a key.",
            complexity: "O(N) where N is the length of the returned string. The "
                + "complexity is ultimately determined by the returned length, but "
                + "because creating a substring from an existing string is very "
                + "cheap, it can be considered O(1) for small strings.", categories: [.string],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("start", .integer), ArgumentDescription("end", .integer),
            ], keyHandler: getrange),
        CommandDescriptor(
            "substr", arity: 4, flags: .readOnly, group: .string, since: "1.0.0",
            summary: "Returns a substring from a string value.",
            complexity: "O(N) where N is the length of the returned string. The "
                + "complexity is ultimately determined by the returned length, but "
                + "because creating a substring from an existing string is very "
                + "cheap, it can be considered O(1) for small strings.", categories: [.string],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("start", .integer), ArgumentDescription("end", .integer),
            ], keyHandler: substr),
        CommandDescriptor(
            "setrange", arity: 4, flags: [.write, .denyOutOfMemory], group: .string, since: "2.2.0",
            summary: "Overwrites a part of a string value with another by an offset. "
                + "Creates the key if it doesn't exist.",
            complexity: "O(1), not counting the time taken to copy the new string in "
                + "place. Usually, this string is very small so the amortized "
                + "complexity is O(1). Otherwise, complexity is O(M) with M being "
                + "the length of the value argument.", categories: [.string],
            keys: [KeySpecification([.readWrite, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("offset", .integer), ArgumentDescription("value", .string),
            ], keyHandler: setrange),
        CommandDescriptor(
            "lcs", arity: -3, flags: .readOnly, group: .string, since: "7.0.0",
            summary: "Finds the longest common substring.",
            complexity: "O(N*M) where N and M are the lengths of s1 and s2, respectively",
            categories: [.string],
            keys: [KeySpecification([.readOnly, .access], first: 1, lastOffset: 1)],
            arguments: [
                ArgumentDescription("key1", .key, keyIndex: 0),
                ArgumentDescription("key2", .key, keyIndex: 0),
                ArgumentDescription("len", .pureToken, token: "LEN", .optional),
                ArgumentDescription("idx", .pureToken, token: "IDX", .optional),
                ArgumentDescription("min-match-len", .integer, token: "MINMATCHLEN", .optional),
                ArgumentDescription("withmatchlen", .pureToken, token: "WITHMATCHLEN", .optional),
            ], keyHandler: lcs),
    ]
}
