// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands

extension ScriptCommands {
    package var descriptors: [CommandDescriptor] {
        [
            evalDescriptor(
                "eval", summary: "Executes a server-side Lua script.",
                notes: "We cannot tell how the keys will be used so we assume the worst, RW and "
                    + "UPDATE"),
            evalDescriptor(
                "evalsha", summary: "Executes a server-side Lua script by SHA1 digest.",
                isBySHA1: true),
            evalDescriptor(
                "eval_ro", summary: "Executes a read-only server-side Lua script.",
                isReadOnly: true,
                notes: "We cannot tell how the keys will be used so we assume the worst, RO and "
                    + "ACCESS"),
            evalDescriptor(
                "evalsha_ro",
                summary: "Executes a read-only server-side Lua script by SHA1 digest.",
                isBySHA1: true, isReadOnly: true),
            CommandDescriptor(
                "script", arity: -2, group: .scripting, since: "2.6.0",
                summary: "A container for Lua scripts management commands.",
                complexity: "Depends on subcommand.", subcommands: subcommands),
        ] + functionDescriptors
    }

    private func evalDescriptor(
        _ name: String, summary: String, isBySHA1: Bool = false, isReadOnly: Bool = false,
        notes: String? = nil
    ) -> CommandDescriptor {
        var flags: CommandFlags = [
            .noScript, .stale, .skipMonitor, .noMandatoryKeys, .movableKeys, .keyspace,
        ]
        flags.formUnion(isReadOnly ? .readOnly : .mayReplicate)
        return CommandDescriptor(
            name, arity: -3, flags: flags, group: .scripting,
            since: isReadOnly ? "7.0.0" : "2.6.0", summary: summary,
            complexity: "Depends on the script that is executed.",
            keys: [
                KeySpecification(
                    isReadOnly ? [.readOnly, .access] : [.readWrite, .access, .update],
                    first: 2, countIndex: 0, firstKey: 1, notes: notes)
            ],
            arguments: [
                ArgumentDescription(isBySHA1 ? "sha1" : "script", .string),
                ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, [.optional, .multiple], keyIndex: 0),
                ArgumentDescription("arg", .string, [.optional, .multiple]),
            ],
            handler: { [self] session, arguments throws(ReplyError) in
                try eval(session, arguments, isBySHA1: isBySHA1, isReadOnly: isReadOnly)
            })
    }

    private var subcommands: [CommandDescriptor] {
        [
            debugDescriptor, existsDescriptor, flushDescriptor,
            CommandDescriptor(
                "help", arity: 2, flags: [.loading, .stale], group: .scripting, since: "5.0.0",
                summary: "Returns helpful text about the different subcommands.", handler: help),
            CommandDescriptor(
                "kill", arity: 2, flags: [.noScript, .allowBusy], group: .scripting,
                since: "2.6.0", summary: "Terminates a server-side Lua script during execution.",
                tips: ["request_policy:all_shards", "response_policy:one_succeeded"],
                handler: kill),
            CommandDescriptor(
                "load", arity: 3, flags: [.noScript, .stale, .keyspace], group: .scripting,
                since: "2.6.0", summary: "Loads a server-side Lua script to the script cache.",
                complexity: "O(N) with N being the length in bytes of the script body.",
                tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
                arguments: [ArgumentDescription("script", .string)], handler: load),
        ]
    }

    private var debugDescriptor: CommandDescriptor {
        CommandDescriptor(
            "debug", arity: 3, flags: [.noScript], group: .scripting, since: "3.2.0",
            summary: "Sets the debug mode of server-side Lua scripts.",
            arguments: [
                ArgumentDescription(
                    "mode", .oneof, [],
                    [
                        ArgumentDescription("yes", .pureToken, token: "YES"),
                        ArgumentDescription("sync", .pureToken, token: "SYNC"),
                        ArgumentDescription("no", .pureToken, token: "NO"),
                    ])
            ],
            handler: debug)
    }

    private var existsDescriptor: CommandDescriptor {
        CommandDescriptor(
            "exists", arity: -3, flags: [.noScript, .keyspace], group: .scripting,
            since: "2.6.0",
            summary: "Determines whether server-side Lua scripts exist in the script cache.",
            complexity: "O(N) with N being the number of scripts to check (so checking a single "
                + "script is an O(1) operation).",
            tips: ["request_policy:all_shards", "response_policy:agg_logical_and"],
            arguments: [ArgumentDescription("sha1", .string, .multiple)], handler: exists)
    }

    private var flushDescriptor: CommandDescriptor {
        CommandDescriptor(
            "flush", arity: -2, flags: [.noScript, .keyspace], group: .scripting,
            since: "2.6.0", summary: "Removes all server-side Lua scripts from the script cache.",
            complexity: "O(N) with N being the number of scripts in cache",
            history: [
                (since: "6.2.0", change: "Added the `ASYNC` and `SYNC` flushing mode modifiers.")
            ],
            tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
            arguments: [
                ArgumentDescription(
                    "flush-type", .oneof, .optional, since: "6.2.0",
                    [
                        ArgumentDescription("async", .pureToken, token: "ASYNC"),
                        ArgumentDescription("sync", .pureToken, token: "SYNC"),
                    ])
            ],
            handler: flush)
    }
}
