// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// An error reply: its code and its text, as Redis words them.
///
/// The texts that several commands share stand here; a text that belongs to one command stands
/// beside that command.
package struct ReplyError: Error, Sendable {
    /// With the code (`ERR`, `NOAUTH` …) in front, without `-` and line end.
    package let message: [UInt8]

    package init(_ message: String) {
        self.message = Array(message.utf8)
    }

    package init(bytes: [UInt8]) {
        message = bytes
    }

    /// The code: what INFO errorstats counts by, and what decides whether it is an error at all.
    package var code: String {
        String(decoding: message.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
    }

    static let syntax = ReplyError("ERR syntax error")
    package static let notAnInteger = ReplyError("ERR value is not an integer or out of range")
    package static let busy = ReplyError(
        "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.")
    package static let busyWithFunction = ReplyError(
        "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.")
    static let loading = ReplyError("LOADING Redis is loading the dataset in memory")
    package static let outOfMemory = ReplyError(
        "OOM command not allowed when used memory > 'maxmemory'.")
    static func logRefuses(because reason: String) -> ReplyError {
        ReplyError("MISCONF Errors writing to the AOF file: \(reason)")
    }

    static let unblocked = ReplyError("UNBLOCKED client unblocked via CLIENT UNBLOCK")
    static let wrongType = ReplyError(
        "WRONGTYPE Operation against a key holding the wrong kind of value")
    static let authenticationRequired = ReplyError("NOAUTH Authentication required.")
    static let wrongPassword = ReplyError(
        "WRONGPASS invalid username-password pair or user is disabled.")
    static let transactionAborted = ReplyError(
        "EXECABORT Transaction discarded because of previous errors.")
    static let notAllowedInTransaction = ReplyError("ERR Command not allowed inside a transaction")

    static let notAllowedForMonitor = ReplyError("ERR Replica can't interact with the keyspace")

    /// EXEC itself was refused.
    static func transactionDiscarded(because error: ReplyError) -> ReplyError {
        let code = Array("ERR ".utf8)
        let reason =
            error.message.starts(with: code) ? error.message.dropFirst(4) : error.message[...]
        return ReplyError(
            bytes: Array("EXECABORT Transaction discarded because of: ".utf8) + reason)
    }

    static func wrongArgumentCount(_ fullName: String) -> ReplyError {
        ReplyError("ERR wrong number of arguments for '\(fullName)' command")
    }

    static func notAllowedWhileSubscribed(_ fullName: String) -> ReplyError {
        ReplyError(
            "ERR Can't execute '\(fullName)': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / "
                + "QUIT / RESET are allowed in this context")
    }

    /// The text names the arguments too, as far as 128 bytes reach.
    static func unknownCommand(_ arguments: Arguments) -> ReplyError {
        var text = Array("ERR unknown command '".utf8)
        text += arguments[0].cString(upTo: 128)
        text += Array("', with args beginning with: ".utf8)
        var shown = 0
        for index in 1..<max(1, arguments.count) where shown < 128 {
            let argument = arguments[index].cString(upTo: 128 - shown)
            text += Array("'".utf8) + argument + Array("' ".utf8)
            shown += argument.count + 3
        }
        return ReplyError(bytes: text)
    }

    /// The subcommand exists, but does not take so many arguments.
    static func wrongSubcommandUse(_ arguments: Arguments) -> ReplyError {
        var text = Array("ERR unknown subcommand or wrong number of arguments for '".utf8)
        text += arguments[1].cString(upTo: 128)
        text += Array("'. Try ".utf8) + arguments[0].cString(upTo: 128).map(uppercased)
        text += Array(" HELP.".utf8)
        return ReplyError(bytes: text)
    }

    static func unknownSubcommand(_ arguments: Arguments) -> ReplyError {
        var text = Array("ERR unknown subcommand '".utf8)
        text += arguments[1].cString(upTo: 128)
        text += Array("'. Try ".utf8) + arguments[0].cString(upTo: 128).map(uppercased)
        text += Array(" HELP.".utf8)
        return ReplyError(bytes: text)
    }
}

private func uppercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte & ~0x20 : byte
}

extension UnsafeRawBufferPointer {
    /// The bytes in front of the first NUL, `limit` at the most: what C's `%.*s` shows.
    func cString(upTo limit: Int) -> [UInt8] {
        Array(prefix(limit).prefix { $0 != 0 })
    }
}
