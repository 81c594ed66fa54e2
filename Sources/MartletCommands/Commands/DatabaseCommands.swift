// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// DBSIZE, FLUSHALL, FLUSHDB and SWAPDB: what concerns databases as a whole.
enum DatabaseCommands {
    static func dbsize(_ context: KeyContext, _ arguments: Arguments) {
        context.reply.integer(context.database.count)
    }

    static func flushall(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try checkMode(arguments)
        for database in context.keyspace.databases where database.count > 0 {
            remove(database, context)
        }
        // Even of nothing: whatever the log begins with is gone.
        context.keyspace.countChanges()
        context.reply.ok()
    }

    static func flushdb(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        try checkMode(arguments)
        remove(context.database, context)
        context.reply.ok()
    }

    /// SYNC and ASYNC are the same: the keys are gone at once, and their memory is released
    /// elsewhere.
    private static func checkMode(_ arguments: Arguments) throws(ReplyError) {
        guard arguments.count > 1 else { return }
        guard arguments.count == 2, arguments[1].isWord("sync") || arguments[1].isWord("async")
        else { throw .syntax }
    }

    private static func remove(_ database: Database, _ context: KeyContext) {
        let (keys, count) = context.keyspace.removeAll(of: database)
        context.keyspace.countChanges(count)
        context.server.gate.release(keys)
    }

    static func swapdb(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let databases = context.keyspace.databases
        let first = try index(arguments[1], "ERR invalid first DB index")
        let second = try index(arguments[2], "ERR invalid second DB index")
        guard databases.indices.contains(first), databases.indices.contains(second) else {
            throw .noSuchDatabase
        }
        context.keyspace.exchangeKeys(of: databases[first], and: databases[second])
        context.keyspace.countChanges()
        context.reply.ok()
    }

    private static func index(
        _ argument: UnsafeRawBufferPointer, _ message: String
    ) throws(ReplyError) -> Int {
        guard let index = Int(strictDecimal: argument), Int32(exactly: index) != nil else {
            throw ReplyError(message)
        }
        return index
    }
}
