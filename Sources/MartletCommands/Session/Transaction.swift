// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP
import Synchronization

/// What a client has queued since MULTI.
struct Transaction {
    struct QueuedCommand {
        let command: Command
        let arguments: OwnedArguments
    }

    var commands: [QueuedCommand] = []
    /// Of all its commands.
    var flags: CommandFlags = []
    /// An error while queueing: EXEC will refuse.
    var isAborted = false
    /// In bytes.
    var byteCount = 0
}

extension Session {
    func queue(_ command: Command, _ arguments: Arguments) {
        // As in Redis, nothing is kept of a transaction that cannot be executed.
        if !transaction!.isAborted {
            let owned = OwnedArguments(arguments)
            transaction!.commands.append(
                Transaction.QueuedCommand(command: command, arguments: owned))
            transaction!.flags.formUnion(command.flags)
            transaction!.byteCount += owned.byteCount
            recordTransaction()
        }
        reply.simpleString("QUEUED")
    }

    func beginTransaction() {
        transaction = Transaction()
        recordTransaction()
    }

    /// Forgets the queued commands and the watched keys.
    func discardTransaction() {
        transaction = nil
        recordTransaction()
        unwatchSoon()
    }

    /// Called while the keyspace is held.
    func watchKey(_ key: UnsafeRawBufferPointer) {
        let keyspace = keyContext.keyspace
        let watch = watch ?? KeyWatch()
        self.watch = watch
        keyspace.watch(KeyName(key), in: keyspace.databases[selectedDatabase], watch)
        record.watchedKeyCount.store(watch.count, ordering: .relaxed)
    }

    /// Forgets the watched keys. The keyspace does so at once if nobody holds it.
    func unwatchSoon() {
        guard let watch else { return }
        self.watch = nil
        record.watchedKeyCount.store(0, ordering: .relaxed)
        if context.holdsKeyspace {
            keyContext.keyspace.unwatch(watch)
        } else {
            server.gate.perform { $0.unwatch(watch) }
        }
    }

    private func recordTransaction() {
        record.queuedCommandCount.store(transaction?.commands.count ?? -1, ordering: .relaxed)
        record.queuedCommandByteCount.store(transaction?.byteCount ?? 0, ordering: .relaxed)
        if transaction == nil { record.remove(.transaction) } else { record.insert(.transaction) }
    }
}
