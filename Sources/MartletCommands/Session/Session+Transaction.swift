// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// How EXEC runs
//
//   EXEC ─▶ commands, one after the other, on the shard ──────────────────────▶ reply
//                │                                     ▲
//                └─ one takes long (a script, a        │
//                   command that visits very much) ─▶ slow queue
//
// The transaction is one step for everybody who looks at keys: it holds the keyspace from its first
// command to its last, wherever they run. The session is parked while one of them runs beside the
// loop, which serves others meanwhile, and the replies so far stay here: they leave together, when
// the log position of the whole is known.
//
// A transaction that publishes or subscribes holds all stripes besides, so that no message comes in
// between. While a script of it runs it does not: Pub/Sub goes on.

import MartletCore
import RESP

/// A transaction that was begun.
private final class TransactionRun: @unchecked Sendable {
    let session: Session
    let transaction: Transaction
    var nextIndex = 0
    /// Before it was interrupted.
    var replies: [Slice] = []
    /// Whether messages to the client itself wait for the reply.
    var isDeferring = false

    init(_ session: Session, _ transaction: Transaction) {
        self.session = session
        self.transaction = transaction
    }

    var isOnKeys: Bool { transaction.flags.contains(.keyspace) }
}

extension Session {
    /// Runs the queued commands as one step: no message comes in between, and no subscription of
    /// anyone changes. CLIENT LIST shows the transaction until it is done.
    func executeTransaction(_ transaction: Transaction) {
        let run = TransactionRun(self, transaction)
        if run.isOnKeys {
            // What was replied before does not wait for it, if it is interrupted.
            commitReplies()
            context.holdReplies(of: self)
        }
        reply.arrayHeader(transaction.commands.count)
        if run.isOnKeys { keyContext.beginTransaction() }
        guard runCommands(of: run) else { return interrupt(run, postponeReply()) }
        endTransaction(run)
    }

    private func endTransaction(_ run: TransactionRun) {
        discardTransaction()
    }

    /// Ends the step for the log, unless it goes on elsewhere, and publishes what it has to tell.
    private func endStep(of run: TransactionRun) {
        guard run.isOnKeys, interruption == nil else { return }
        keyContext.endTransaction()
        keyContext.publishMessages()
    }

    /// - Returns: false if one of them is to be run where it may take long.
    private func runCommands(of run: TransactionRun) -> Bool {
        isInsideExec = true
        if run.transaction.flags.contains(.pubSub) {
            broker.withAllStripes(from: context.shard) {
                if run.nextIndex == 0 { deliverEarlierMessages() }
                runCommandsAlone(of: run)
                endStep(of: run)
            }
        } else {
            runCommandsAlone(of: run)
            endStep(of: run)
        }
        isInsideExec = false
        return interruption == nil
    }

    private func runCommandsAlone(of run: TransactionRun) {
        let commands = run.transaction.commands
        while run.nextIndex < commands.count, interruption == nil {
            let queued = commands[run.nextIndex]
            run.nextIndex += 1
            // The rest of what a client that is gone asked for concerns nobody.
            if hasEnded, !queued.command.concernsOthers { continue }
            queued.arguments.withArguments { call(queued.command, $0) }
        }
    }

    // MARK: Taking long

    private func interrupt(_ run: TransactionRun, _ pending: PendingReply) {
        guard let work = interruption else { preconditionFailure("nothing takes long") }
        interruption = nil
        isTransactionInterrupted = true
        run.replies += keyContext.takeReply()
        run.isDeferring = outlet.isDeferring
        context.holdsKeyspace = false
        server.gate.performForHolder { [context] in
            let late = work()
            context.shard.mailbox.post { _ in run.session.resume(run, with: late, pending) }
        }
    }

    /// Goes on behind the command that took long.
    private func resume(_ run: TransactionRun, with late: LateReply, _ pending: PendingReply) {
        isTransactionInterrupted = false
        context.beginHolding(server.gate.heldKeyspace)
        reply.version = outlet.version
        if let error = late.error {
            replyError(error)
            let command = run.transaction.commands[run.nextIndex - 1].command
            context.commandStatistics[command.index].failed.add(1)
        } else {
            late.bytes.withUnsafeBytes { reply.raw($0) }
        }
        guard runCommands(of: run) else { return interrupt(run, pending) }
        run.replies += keyContext.takeReply()
        endTransaction(run)
        keyContext.finish()
        context.leaveHeldKeyspace(self)
        pending.complete { session in
            run.replies.forEach { session.reply.raw($0.bytes) }
            guard run.isDeferring else { return }
            session.commitReplies()
            session.outlet.endDeferring()
            session.context.shard.drainDeliveries()
        }
    }

    /// What was published before the transaction comes before its reply: behind the reply it
    /// might come after the confirmation of an UNSUBSCRIBE.
    private func deliverEarlierMessages() {
        let isDeferring = outlet.isDeferring
        if isDeferring { outlet.endDeferring() }
        context.shard.drainDeliveries()
        if isDeferring { outlet.beginDeferring() }
    }
}

extension Command {
    /// Whether it does more than change, or ask about, the client that sent it.
    fileprivate var concernsOthers: Bool {
        !flags.isDisjoint(with: [.keyspace, .publishes, .write])
    }
}
