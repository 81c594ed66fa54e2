// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension ObjectCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "object", arity: -2, group: .generic, since: "2.2.3",
            summary: "A container for object introspection commands.",
            complexity: "Depends on subcommand.",
            subcommands: [
                CommandDescriptor(
                    "encoding", arity: 3, flags: .readOnly, group: .generic, since: "2.2.3",
                    summary: "Returns the internal encoding of an object.", categories: [.keyspace],
                    keys: [KeySpecification([.readOnly], first: 2)],
                    tips: ["nondeterministic_output"],
                    arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: encoding
                ),
                CommandDescriptor(
                    "freq", arity: 3, flags: .readOnly, group: .generic, since: "4.0.0",
                    summary: "Returns the logarithmic access frequency counter of an object.",
                    categories: [.keyspace], keys: [KeySpecification([.readOnly], first: 2)],
                    tips: ["nondeterministic_output"],
                    arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: freq),
                CommandDescriptor(
                    "help", arity: 2, flags: [.loading, .stale], group: .generic, since: "6.2.0",
                    summary: "Returns helpful text about the different subcommands.",
                    categories: [.keyspace], handler: help),
                CommandDescriptor(
                    "idletime", arity: 3, flags: .readOnly, group: .generic, since: "2.2.3",
                    summary: "Returns the time since the last access to an object.",
                    categories: [.keyspace], keys: [KeySpecification([.readOnly], first: 2)],
                    tips: ["nondeterministic_output"],
                    arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: idletime
                ),
                CommandDescriptor(
                    "refcount", arity: 3, flags: .readOnly, group: .generic, since: "2.2.3",
                    summary: "Returns the reference count of a value of a key.",
                    categories: [.keyspace], keys: [KeySpecification([.readOnly], first: 2)],
                    tips: ["nondeterministic_output"],
                    arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: refcount
                ),
            ])
    ]
}
