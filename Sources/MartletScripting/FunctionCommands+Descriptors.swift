// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands

extension ScriptCommands {
    var functionDescriptors: [CommandDescriptor] {
        [
            callDescriptor(
                "fcall", summary: "Invokes a function.",
                notes: "We cannot tell how the keys will be used so we assume the worst, RW and "
                    + "UPDATE"),
            callDescriptor(
                "fcall_ro", summary: "Invokes a read-only function.", isReadOnly: true,
                notes: "We cannot tell how the keys will be used so we assume the worst, RO and "
                    + "ACCESS"),
            CommandDescriptor(
                "function", arity: -2, group: .scripting, since: "7.0.0",
                summary: "A container for function commands.",
                complexity: "Depends on subcommand.", subcommands: functionSubcommands),
        ]
    }

    private func callDescriptor(
        _ name: String, summary: String, isReadOnly: Bool = false, notes: String
    ) -> CommandDescriptor {
        var flags: CommandFlags = [
            .noScript, .stale, .skipMonitor, .noMandatoryKeys, .movableKeys, .keyspace,
        ]
        flags.formUnion(isReadOnly ? .readOnly : .mayReplicate)
        return CommandDescriptor(
            name, arity: -3, flags: flags, group: .scripting, since: "7.0.0", summary: summary,
            complexity: "Depends on the function that is executed.",
            keys: [
                KeySpecification(
                    isReadOnly ? [.readOnly, .access] : [.readWrite, .access, .update],
                    first: 2, countIndex: 0, firstKey: 1, notes: notes)
            ],
            arguments: [
                ArgumentDescription("function", .string),
                ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, [.optional, .multiple], keyIndex: 0),
                ArgumentDescription("arg", .string, [.optional, .multiple]),
            ],
            handler: { [self] session, arguments throws(ReplyError) in
                try callFunction(session, arguments, isReadOnly: isReadOnly)
            })
    }

    private var functionSubcommands: [CommandDescriptor] {
        [
            CommandDescriptor(
                "delete", arity: 3, flags: [.write, .noScript], group: .scripting,
                since: "7.0.0", summary: "Deletes a library and its functions.",
                complexity: "O(1)",
                tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
                arguments: [ArgumentDescription("library-name", .string)],
                keyHandler: deleteLibrary),
            functionFlushDescriptor,
            CommandDescriptor(
                "help", arity: 2, flags: [.loading, .stale], group: .scripting, since: "7.0.0",
                summary: "Returns helpful text about the different subcommands.",
                complexity: "O(1)", handler: functionHelp),
            CommandDescriptor(
                "kill", arity: 2, flags: [.noScript, .allowBusy], group: .scripting,
                since: "7.0.0", summary: "Terminates a function during execution.",
                complexity: "O(1)",
                tips: ["request_policy:all_shards", "response_policy:one_succeeded"],
                handler: killFunction),
            functionListDescriptor, functionLoadDescriptor,
            CommandDescriptor(
                "stats", arity: 2, flags: [.noScript, .allowBusy], group: .scripting,
                since: "7.0.0",
                summary: "Returns information about a function during execution.",
                complexity: "O(1)",
                tips: [
                    "nondeterministic_output", "request_policy:all_shards",
                    "response_policy:special",
                ],
                handler: functionStats),
        ]
    }

    private var functionFlushDescriptor: CommandDescriptor {
        CommandDescriptor(
            "flush", arity: -2, flags: [.write, .noScript], group: .scripting, since: "7.0.0",
            summary: "Deletes all libraries and functions.",
            complexity: "O(N) where N is the number of functions deleted",
            tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
            arguments: [
                ArgumentDescription(
                    "flush-type", .oneof, .optional,
                    [
                        ArgumentDescription("async", .pureToken, token: "ASYNC"),
                        ArgumentDescription("sync", .pureToken, token: "SYNC"),
                    ])
            ],
            keyHandler: flushLibraries)
    }

    private var functionListDescriptor: CommandDescriptor {
        CommandDescriptor(
            "list", arity: -2, flags: .noScript, group: .scripting, since: "7.0.0",
            summary: "Returns information about all libraries.",
            complexity: "O(N) where N is the number of functions",
            tips: ["nondeterministic_output_order"],
            arguments: [
                ArgumentDescription(
                    "library-name-pattern", .string, token: "LIBRARYNAME", .optional),
                ArgumentDescription("withcode", .pureToken, token: "WITHCODE", .optional),
            ],
            keyHandler: listLibraries)
    }

    private var functionLoadDescriptor: CommandDescriptor {
        CommandDescriptor(
            "load", arity: -3, flags: [.write, .denyOutOfMemory, .noScript], group: .scripting,
            since: "7.0.0", summary: "Creates a library.",
            complexity: "O(1) (considering compilation time is redundant)",
            tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
            arguments: [
                ArgumentDescription("replace", .pureToken, token: "REPLACE", .optional),
                ArgumentDescription("function-code", .string),
            ],
            keyHandler: loadLibrary)
    }
}
