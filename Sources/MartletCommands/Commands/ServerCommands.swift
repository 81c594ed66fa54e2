// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletConfiguration
import MartletCore
import RESP
import Synchronization

/// INFO, TIME, SHUTDOWN and what else concerns the server as a whole.
enum ServerCommands {
    static func info(_ session: Session, _ arguments: Arguments) {
        let names = (1..<arguments.count).map { Array(arguments[$0]) }
        let sections = InfoReport.Section.named(names)
        session.reply.verbatim(InfoReport(session).text(of: sections))
    }

    static func time(_ session: Session, _ arguments: Arguments) {
        let now = session.server.clock.wall()
        session.reply.arrayHeader(2)
        session.reply.bulk(String(now / 1_000_000))
        session.reply.bulk(String(now % 1_000_000))
    }

    static func role(_ session: Session, _ arguments: Arguments) {
        session.reply.arrayHeader(3)
        session.reply.bulk("master")
        session.reply.integer(0)
        session.reply.arrayHeader(0)
    }

    /// When everything was on disk last as far as somebody asked: since SAVE, BGSAVE, a rewrite
    /// of the log, or the start.
    static func lastSave(_ session: Session, _ arguments: Arguments) {
        let server = session.server
        session.reply.integer(
            (server.log?.facts.lastSaveTime ?? server.startedAt) / 1_000_000)
    }

    // MARK: SHUTDOWN

    private struct ShutdownOptions: OptionSet {
        let rawValue: Int
        static let noSave = ShutdownOptions(rawValue: 1)
        static let save = ShutdownOptions(rawValue: 2)
        static let now = ShutdownOptions(rawValue: 4)
        static let force = ShutdownOptions(rawValue: 8)
    }

    /// Nothing needs saving, waiting for or forcing: the options are checked and make no
    /// difference.
    static func shutdown(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        var options: ShutdownOptions = []
        var isAbort = false
        for index in 1..<arguments.count {
            switch arguments[index] {
            case let word where word.isWord("nosave"): options.insert(.noSave)
            case let word where word.isWord("save"): options.insert(.save)
            case let word where word.isWord("now"): options.insert(.now)
            case let word where word.isWord("force"): options.insert(.force)
            case let word where word.isWord("abort"): isAbort = true
            default: throw .syntax
            }
        }
        if isAbort && !options.isEmpty || options.isSuperset(of: [.noSave, .save]) {
            throw .syntax
        }
        // A shutdown that has begun executes nothing more, so none is ever there to be called off.
        if isAbort { throw ReplyError("ERR No shutdown in progress.") }
        // No reply, and nothing that the client has sent after this is executed.
        session.park()
        session.server.host?.shutDown()
    }
}
