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
        let owned = OwnedArguments(arguments)
        transaction!.commands.append(
            Transaction.QueuedCommand(command: command, arguments: owned))
        transaction!.flags.formUnion(command.flags)
        transaction!.byteCount += owned.byteCount
        recordTransaction()
        record.lastCommand.store(command.index, ordering: .relaxed)
        reply.simpleString("QUEUED")
    }

    func recordTransaction() {
        record.queuedCommandCount.store(transaction?.commands.count ?? -1, ordering: .relaxed)
        record.queuedCommandByteCount.store(transaction?.byteCount ?? 0, ordering: .relaxed)
    }

    func discardTransaction() {
        transaction = nil
        recordTransaction()
    }

    /// Runs the queued commands as one step: no message comes in between, and no subscription of
    /// anyone changes.
    func executeTransaction(_ transaction: Transaction) {
        reply.arrayHeader(transaction.commands.count)
        isInsideExec = true
        defer { isInsideExec = false }
        let run = { [self] in
            for queued in transaction.commands {
                queued.arguments.withArguments { call(queued.command, $0) }
            }
        }
        if transaction.flags.contains(.pubSub) {
            broker.withAllStripes(from: context.shard, run)
        } else {
            run()
        }
    }
}
