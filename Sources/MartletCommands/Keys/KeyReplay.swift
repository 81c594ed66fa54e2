// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// Executes what a log holds, in the keyspace of a server that has not told a log of it yet.
///
/// Nothing expires meanwhile: what did has its DEL in the log, and what comes in front of that
/// must find the key.
package final class KeyReplay {
    private let context: KeyContext

    /// Called while the gate is held or before the server starts, as `replay` and `end` are.
    package init(_ server: ServerContext) {
        context = KeyContext(server: server, shard: server.gateContext.shard, reply: ReplyWriter())
        context.keyspace.stopTime()
    }

    /// Executes one command; SELECT too, but no MULTI and EXEC.
    ///
    /// - Throws: the error reply, if there is one: what is in a log cannot fail.
    package func replay(_ arguments: Arguments) throws(ReplyError) {
        defer { context.reply.discard() }
        if arguments[0].isWord("select"), arguments.count == 2 {
            let index = try context.integer(arguments[1])
            guard context.keyspace.databases.indices.contains(index) else { throw .noSuchDatabase }
            return context.select(index)
        }
        try context.run(try context.server.commands.commandOnKeys(arguments), arguments)
    }

    /// Takes a line of the log that Redis skips.
    package func annotate(_ line: UnsafeRawBufferPointer) {
        context.load(annotation: line)
    }

    /// Has time go on.
    package func end() {
        context.keyspace.forgetEvents()
        context.keyspace.setTime(context.server.clock.wall() / 1000)
        context.server.setAlarm()
    }
}
