// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// MULTI, EXEC, DISCARD, WATCH and UNWATCH.
enum TransactionCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "multi", arity: 1, flags: [.noScript, .loading, .stale, .fast, .allowBusy, .transactional],
            group: .transactions, since: "1.2.0", summary: "Starts a transaction.",
            handler: multi),
        CommandDescriptor(
            "exec", arity: 1,
            flags: [.noScript, .loading, .stale, .skipSlowlog, .transactional, .publishes],
            group: .transactions, since: "1.2.0",
            summary: "Executes all commands in a transaction.",
            complexity: "Depends on commands in the transaction",
            handler: exec),
    ]

    static func multi(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard session.transaction == nil else {
            throw ReplyError("ERR MULTI calls can not be nested")
        }
        session.transaction = Transaction()
        session.recordTransaction()
        session.record.insert(.transaction)
        session.reply.ok()
    }

    static func exec(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard let transaction = session.transaction else {
            throw ReplyError("ERR EXEC without MULTI")
        }
        session.discardTransaction()
        if transaction.isAborted { throw .transactionAborted }
        session.executeTransaction(transaction)
    }
}
