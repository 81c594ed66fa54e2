// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// SLOWLOG.
enum SlowlogCommands {
    private static let defaultCount = 10

    static func get(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard arguments.count <= 3 else { throw .wrongSubcommandUse(arguments) }
        var count = defaultCount
        if arguments.count == 3 {
            guard let number = Int(strictDecimal: arguments[2]), number >= -1 else {
                throw ReplyError("ERR count should be greater than or equal to -1")
            }
            count = number == -1 ? .max : number
        }
        let entries = session.server.slowlog.latest(count)
        session.reply.arrayHeader(entries.count)
        for entry in entries { write(entry, to: session.reply) }
    }

    private static func write(_ entry: Slowlog.Entry, to reply: ReplyWriter) {
        reply.arrayHeader(6)
        reply.integer(entry.id)
        reply.integer(entry.time)
        reply.integer(entry.microseconds)
        reply.arrayHeader(entry.arguments.count)
        for argument in entry.arguments { reply.bulk(argument) }
        reply.bulk(entry.address)
        reply.bulk(entry.clientName)
    }

    static func len(_ session: Session, _ arguments: Arguments) {
        session.reply.integer(session.server.slowlog.count)
    }

    static func reset(_ session: Session, _ arguments: Arguments) {
        session.server.slowlog.reset()
        session.reply.ok()
    }

    static func help(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(
            arguments,
            [
                "GET [<count>]",
                "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
                "    Entries are made of:",
                "    id, timestamp, time in microseconds, arguments array, client IP and port,",
                "    client name",
                "LEN",
                "    Return the length of the slowlog.",
                "RESET",
                "    Reset the slowlog.",
            ])
    }
}
