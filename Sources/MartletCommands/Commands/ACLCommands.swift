// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletConfiguration
import RESP

/// ACL, for a server with one user, `default`, who may do everything and whose password is the
/// setting `requirepass`. Refused attempts to authenticate are not kept: the log is empty.
enum ACLCommands {
    private static let userName = "default"

    static func whoAmI(_ session: Session, _ arguments: Arguments) {
        session.reply.bulk(userName)
    }

    static func users(_ session: Session, _ arguments: Arguments) {
        session.reply.arrayHeader(1)
        session.reply.bulk(userName)
    }

    static func listAll(_ session: Session, _ arguments: Arguments) {
        let password = passwordHash(session).map { "#\($0)" } ?? "nopass"
        session.reply.arrayHeader(1)
        session.reply.bulk("user \(userName) on \(password) ~* &* +@all")
    }

    static func getUser(_ session: Session, _ arguments: Arguments) {
        guard isDefaultUser(arguments[2]) else { return session.reply.null() }
        let reply = session.reply
        let password = passwordHash(session)
        let flags = password == nil ? ["on", "nopass"] : ["on"]
        reply.mapHeader(6)
        reply.bulk("flags")
        reply.setHeader(flags.count)
        for flag in flags { reply.bulk(flag) }
        reply.bulk("passwords")
        reply.arrayHeader(password == nil ? 0 : 1)
        if let password { reply.bulk(password) }
        for (name, value) in [("commands", "+@all"), ("keys", "~*"), ("channels", "&*")] {
            reply.bulk(name)
            reply.bulk(value)
        }
        reply.bulk("selectors")
        reply.arrayHeader(0)
    }

    /// SETUSER, LOAD and SAVE.
    static func refuse(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        throw ReplyError(
            "ERR Martlet has the user 'default' alone, whose password is the setting requirepass")
    }

    static func deleteUser(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        for index in 2..<arguments.count where isDefaultUser(arguments[index]) {
            throw ReplyError("ERR The 'default' user cannot be removed")
        }
        session.reply.integer(0)
    }

    static func log(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard arguments.count <= 3 else { throw .wrongSubcommandUse(arguments) }
        if arguments.count == 3 {
            if arguments[2].isWord("reset") { return session.reply.ok() }
            guard Int(strictDecimal: arguments[2]) != nil else { throw .notAnInteger }
        }
        session.reply.arrayHeader(0)
    }

    // MARK: Categories

    static func categories(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard arguments.count <= 3 else { throw .wrongSubcommandUse(arguments) }
        guard arguments.count == 3 else {
            session.reply.arrayHeader(CommandCategory.allCases.count)
            for category in CommandCategory.allCases { session.reply.bulk(category.rawValue) }
            return
        }
        let name = String(decoding: arguments[2], as: UTF8.self).lowercased()
        guard let category = CommandCategory(rawValue: name) else {
            let text = Array("ERR Unknown category '".utf8) + arguments[2].cString(upTo: 128)
            throw ReplyError(bytes: text + Array("'".utf8))
        }
        let commands = session.server.commands.withSubcommands.filter {
            $0.descriptor.allCategories.contains(category)
        }
        session.reply.arrayHeader(commands.count)
        for command in commands { session.reply.bulk(command.fullName) }
    }

    static func dryRun(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard isDefaultUser(arguments[2]) else {
            let text = Array("ERR User '".utf8) + Array(arguments[2])
            throw ReplyError(bytes: text + Array("' not found".utf8))
        }
        let argumentCount = arguments.count - 3
        guard
            let command = session.server.commands.command(calledBy: arguments.dropFirst(3))
        else {
            let text = Array("ERR Command '".utf8) + Array(arguments[3])
            throw ReplyError(bytes: text + Array("' not found".utf8))
        }
        guard command.accepts(argumentCount: argumentCount) else {
            throw .wrongArgumentCount(command.fullName)
        }
        session.reply.ok()
    }

    // MARK: Passwords

    private static let passwordBitCountMax = 4096

    /// Four bits to a hexadecimal digit.
    static func generatePassword(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard arguments.count <= 3 else { throw .wrongSubcommandUse(arguments) }
        var bitCount = 256
        if arguments.count == 3 {
            guard let number = Int(strictDecimal: arguments[2]) else { throw .notAnInteger }
            guard (1...passwordBitCountMax).contains(number) else {
                throw ReplyError(
                    "ERR ACL GENPASS argument must be the number of bits for the output "
                        + "password, a positive number up to \(passwordBitCountMax)")
            }
            bitCount = number
        }
        var generator = SystemRandomNumberGenerator()
        let digits = (0..<((bitCount + 3) / 4)).map { _ in
            String(Int.random(in: 0..<16, using: &generator), radix: 16)
        }
        session.reply.bulk(digits.joined())
    }

    /// The password's hash as ACL shows it, or nil without a password.
    private static func passwordHash(_ session: Session) -> String? {
        let password = session.server.configuration.configuration.requirepass
        return password.isEmpty ? nil : SHA256.hexadecimalDigest(of: password)
    }

    /// Names of users are exact.
    private static func isDefaultUser(_ name: UnsafeRawBufferPointer) -> Bool {
        name.elementsEqual(userName.utf8)
    }

    static func help(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(
            arguments,
            [
                "CAT [<category>]",
                "    List all commands that belong to <category>, or all command categories",
                "    when no category is specified.",
                "DELUSER <username> [<username> ...]",
                "    Delete a list of users.",
                "DRYRUN <username> <command> [<arg> ...]",
                "    Returns whether the user can execute the given command without executing "
                    + "the command.",
                "GETUSER <username>",
                "    Get the user's details.",
                "GENPASS [<bits>]",
                "    Generate a secure 256-bit user password. The optional `bits` argument can",
                "    be used to specify a different size.",
                "LIST",
                "    Show users details in config file format.",
                "LOAD",
                "    Reload users from the ACL file.",
                "LOG [<count> | RESET]",
                "    Show the ACL log entries.",
                "SAVE",
                "    Save the current config to the ACL file.",
                "SETUSER <username> <rule> [<rule> ...]",
                "    Create or modify a user with the specified rules.",
                "USERS",
                "    List all the registered usernames.",
                "WHOAMI",
                "    Return the current connection username.",
            ])
    }
}
