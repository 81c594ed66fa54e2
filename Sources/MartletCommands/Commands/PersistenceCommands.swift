// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// Commands on what is on disk.
///
/// There are no snapshots: the log is all there is. SAVE waits until everything that was written
/// is on disk, whatever `appendfsync` says, and BGSAVE begins that.
enum PersistenceCommands {
    private static let logDisabled = ReplyError("ERR There is nothing to save to: appendonly is no")

    static func rewriteLog(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard let log = session.server.log, log.facts.isEnabled else { throw logDisabled }
        if let reason = log.startRewrite() { throw ReplyError("ERR \(reason)") }
        session.reply.simpleString("Background append only file rewriting started")
    }

    static func save(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard let log = session.server.log, log.facts.isEnabled else { throw logDisabled }
        let pending = session.postponeReply()
        log.save { failure in
            pending.post { session in
                if let failure {
                    session.replyError(ReplyError("ERR \(failure)"))
                } else {
                    session.reply.ok()
                }
            }
        }
    }

    static func backgroundSave(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        if arguments.count > 2 || arguments.count == 2 && !arguments[1].isWord("schedule") {
            throw .syntax
        }
        guard let log = session.server.log, log.facts.isEnabled else { throw logDisabled }
        log.save { _ in }
        session.reply.simpleString("Background saving started")
    }
}

extension PersistenceCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "bgrewriteaof", arity: 1, flags: [.admin, .noScript, .noAsyncLoading], group: .server,
            since: "1.0.0",
            summary: "Asynchronously rewrites the append-only file to disk.",
            handler: rewriteLog),
        CommandDescriptor(
            "bgsave", arity: -1, flags: [.admin, .noScript, .noAsyncLoading], group: .server,
            since: "1.0.0",
            summary: "Asynchronously saves the database(s) to disk.",
            history: [(since: "3.2.2", change: "Added the `SCHEDULE` option.")],
            arguments: [
                ArgumentDescription(
                    "schedule", .pureToken, token: "SCHEDULE", .optional, since: "3.2.2")
            ],
            handler: backgroundSave),
        CommandDescriptor(
            "save", arity: 1, flags: [.admin, .noScript, .noAsyncLoading, .noMulti],
            group: .server, since: "1.0.0",
            summary: "Synchronously saves the database(s) to disk.",
            complexity: "O(N) where N is the total number of keys in all databases",
            handler: save),
    ]
}
