// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension ModuleCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "module", arity: -2, group: .server, since: "4.0.0",
            summary: "A container for module commands.",
            complexity: "Depends on subcommand.",
            subcommands: [
                CommandDescriptor(
                    "help", arity: 2, flags: [.loading, .stale], group: .server, since: "5.0.0",
                    summary: "Returns helpful text about the different subcommands.",
                    handler: help),
                CommandDescriptor(
                    "list", arity: 2, flags: [.admin, .noScript], group: .server, since: "4.0.0",
                    summary: "Returns all loaded modules.",
                    complexity: "O(N) where N is the number of loaded modules.",
                    tips: ["nondeterministic_output_order"],
                    handler: list),
                CommandDescriptor(
                    "load", arity: -3, flags: [.admin, .noScript, .noAsyncLoading, .protected],
                    group: .server, since: "4.0.0",
                    summary: "Loads a module.",
                    arguments: [
                        ArgumentDescription("path", .string),
                        ArgumentDescription("arg", .string, [.optional, .multiple]),
                    ],
                    handler: refuse),
                CommandDescriptor(
                    "loadex", arity: -3, flags: [.admin, .noScript, .noAsyncLoading, .protected],
                    group: .server, since: "7.0.0",
                    summary: "Loads a module using extended parameters.",
                    arguments: [
                        ArgumentDescription("path", .string),
                        ArgumentDescription(
                            "configs", .block, token: "CONFIG",
                            [.optional, .multiple, .multipleToken],
                            [
                                ArgumentDescription("name", .string),
                                ArgumentDescription("value", .string),
                            ]),
                        ArgumentDescription(
                            "args", .string, token: "ARGS", [.optional, .multiple]),
                    ],
                    handler: refuse),
                CommandDescriptor(
                    "unload", arity: 3, flags: [.admin, .noScript, .noAsyncLoading, .protected],
                    group: .server, since: "4.0.0",
                    summary: "Unloads a module.",
                    arguments: [
                        ArgumentDescription("name", .string)
                    ],
                    handler: refuse),
            ])
    ]
}
