// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// COMMAND: what the server says of its own commands.
enum CommandCommands {
    static func all(_ session: Session, _ arguments: Arguments) {
        let commands = session.server.commands.commands
        session.reply.arrayHeader(commands.count)
        for command in commands { CommandInfo.write(command, to: session.reply) }
    }

    static func count(_ session: Session, _ arguments: Arguments) {
        session.reply.integer(session.server.commands.commands.count)
    }

    static func info(_ session: Session, _ arguments: Arguments) {
        guard arguments.count > 2 else { return all(session, arguments) }
        session.reply.arrayHeader(arguments.count - 2)
        for index in 2..<arguments.count {
            if let command = session.server.commands.command(fullName: arguments[index]) {
                CommandInfo.write(command, to: session.reply)
            } else {
                session.reply.null()
            }
        }
    }

    /// Commands that do not exist are left out.
    static func docs(_ session: Session, _ arguments: Arguments) {
        var commands = session.server.commands.commands
        if arguments.count > 2 {
            commands = (2..<arguments.count).compactMap {
                session.server.commands.command(fullName: arguments[$0])
            }
        }
        session.reply.mapHeader(commands.count)
        for command in commands {
            session.reply.bulk(command.fullName)
            CommandDocumentation.write(command, to: session.reply)
        }
    }

    // MARK: LIST

    static func list(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        var isListed: (Command) -> Bool = { _ in true }
        if arguments.count > 2 {
            guard arguments.count == 5, arguments[2].isWord("filterby") else { throw .syntax }
            let value = Array(arguments[4])
            switch arguments[3] {
            case let filter where filter.isWord("module"):
                // There are no modules.
                isListed = { _ in false }
            case let filter where filter.isWord("aclcat"):
                let name = String(decoding: value, as: UTF8.self).lowercased()
                let category = CommandCategory(rawValue: name)
                isListed = { command in
                    category.map(command.descriptor.allCategories.contains) ?? false
                }
            case let filter where filter.isWord("pattern"):
                let glob = Glob(value, ignoringCase: true)
                isListed = { glob.matches(Array($0.fullName.utf8)) }
            default:
                throw .syntax
            }
        }
        let names = session.server.commands.withSubcommands.filter(isListed).map(\.fullName)
        session.reply.arrayHeader(names.count)
        for name in names { session.reply.bulk(name) }
    }

    // MARK: GETKEYS

    static func getKeys(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        let keys = try keys(session, arguments)
        session.reply.arrayHeader(keys.count)
        for key in keys { session.reply.bulk(arguments[key.index]) }
    }

    static func getKeysAndFlags(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        let keys = try keys(session, arguments)
        session.reply.arrayHeader(keys.count)
        for key in keys {
            session.reply.arrayHeader(2)
            session.reply.bulk(arguments[key.index])
            session.reply.setHeader(key.flags.count)
            for flag in key.flags { session.reply.simpleString(flag.rawValue) }
        }
    }

    /// The keys of the command that stands behind GETKEYS, where they stand among `arguments`.
    private static func keys(
        _ session: Session, _ arguments: Arguments
    ) throws(ReplyError) -> [(index: Int, flags: [KeySpecification.Flag])] {
        let table = session.server.commands
        let argumentCount = arguments.count - 2
        guard let command = table.command(calledBy: arguments.dropFirst(2)) else {
            throw ReplyError("ERR Invalid command specified")
        }
        let specifications = command.descriptor.keys.filter(\.isKey)
        guard !specifications.isEmpty else {
            throw ReplyError("ERR The command has no key arguments")
        }
        guard command.accepts(argumentCount: argumentCount) else {
            throw ReplyError("ERR Invalid number of arguments specified for command")
        }
        var found: [(index: Int, flags: [KeySpecification.Flag])] = []
        for specification in specifications {
            guard let indices = specification.indices(arguments.dropFirst(2)) else {
                throw ReplyError("ERR Invalid arguments specified for command")
            }
            found += indices.map { (index: $0 + 2, flags: specification.flags) }
        }
        return found
    }

    static func help(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(
            arguments,
            [
                "(no subcommand)",
                "    Return details about all commands.",
                "COUNT",
                "    Return the total number of commands in this server.",
                "LIST",
                "    Return a list of all commands in this server.",
                "INFO [<command-name> ...]",
                "    Return details about multiple commands.",
                "    If no command names are given, documentation details for all",
                "    commands are returned.",
                "DOCS [<command-name> ...]",
                "    Return documentation details about multiple commands.",
                "    If no command names are given, documentation details for all",
                "    commands are returned.",
                "GETKEYS <full-command>",
                "    Return the keys from a full command.",
                "GETKEYSANDFLAGS <full-command>",
                "    Return the keys and the access flags from a full command.",
            ])
    }
}

extension CommandTable {
    /// All commands, each in front of its subcommands.
    var withSubcommands: [Command] { commands.flatMap { [$0] + $0.subcommands } }

    /// A command by its name as COMMAND writes it: `get`, `client|kill`.
    func command(fullName: UnsafeRawBufferPointer) -> Command? {
        let parts = fullName.split(
            separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
        guard let name = parts.first, parts.count <= 2,
            let command = find(UnsafeRawBufferPointer(rebasing: name))?.takeUnretainedValue()
        else { return nil }
        guard parts.count == 2 else { return command }
        return command.subcommand(UnsafeRawBufferPointer(rebasing: parts[1]))
    }
}
