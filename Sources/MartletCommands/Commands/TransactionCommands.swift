// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// MULTI, EXEC, DISCARD, WATCH and UNWATCH.
enum TransactionCommands {
    private static let plain: CommandFlags = [.noScript, .loading, .stale, .fast, .allowBusy]

    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "discard", arity: 1, flags: [plain, .transactional, .endsTransaction],
            group: .transactions, since: "2.0.0", summary: "Discards a transaction.",
            complexity: "O(N), when N is the number of queued commands",
            handler: discard),
        CommandDescriptor(
            "exec", arity: 1,
            flags: [
                .noScript, .loading, .stale, .skipSlowlog, .transactional, .publishes,
                .endsTransaction,
            ],
            group: .transactions, since: "1.2.0",
            summary: "Executes all commands in a transaction.",
            complexity: "Depends on commands in the transaction",
            handler: exec),
        CommandDescriptor(
            "multi", arity: 1, flags: [plain, .transactional],
            group: .transactions, since: "1.2.0", summary: "Starts a transaction.",
            handler: multi),
        CommandDescriptor(
            "unwatch", arity: 1, flags: [plain, .keyspace],
            group: .transactions, since: "2.2.0",
            summary: "Forgets about watched keys of a transaction.",
            handler: unwatch),
        CommandDescriptor(
            "watch", arity: -2, flags: [plain, .transactional, .keyspace],
            group: .transactions, since: "2.2.0",
            summary: "Monitors changes to keys to determine the execution of a transaction.",
            complexity: "O(1) for every key.",
            keys: [KeySpecification([.readOnly], first: 1, lastOffset: -1)],
            arguments: [ArgumentDescription("key", .key, .multiple, keyIndex: 0)],
            handler: watch),
    ]

    static func multi(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard session.transaction == nil else {
            throw ReplyError("ERR MULTI calls can not be nested")
        }
        session.beginTransaction()
        session.reply.ok()
    }

    static func exec(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard let transaction = session.transaction else {
            throw ReplyError("ERR EXEC without MULTI")
        }
        guard !transaction.isAborted else {
            session.discardTransaction()
            throw .transactionAborted
        }
        if let watch = session.watch {
            let isBroken = session.keyContext.keyspace.isBroken(watch)
            session.unwatchSoon()
            if isBroken {
                session.discardTransaction()
                return session.reply.nullArray()
            }
        }
        session.executeTransaction(transaction)
    }

    static func discard(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard session.transaction != nil else { throw ReplyError("ERR DISCARD without MULTI") }
        session.discardTransaction()
        session.reply.ok()
    }

    static func watch(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard session.transaction == nil else {
            throw ReplyError("ERR WATCH inside MULTI is not allowed")
        }
        for index in 1..<arguments.count { session.watchKey(arguments[index]) }
        session.reply.ok()
    }

    static func unwatch(_ session: Session, _ arguments: Arguments) {
        session.unwatchSoon()
        session.reply.ok()
    }
}
