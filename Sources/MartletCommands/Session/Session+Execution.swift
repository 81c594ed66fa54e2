// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP
import Synchronization

extension Session {
    /// Executes, queues or refuses one request, by the rules of Redis's `processCommand` and in
    /// their order.
    ///
    /// - Returns: false if the session is parked and the request is to be offered again.
    func process(_ arguments: Arguments) -> Bool {
        guard let command = server.commands.command(arguments[0]) else {
            reject(.unknownCommand(arguments), command: nil)
            return true
        }
        let called: Command
        if command.subcommands.isEmpty {
            called = command
        } else if arguments.count > 1 {
            guard let subcommand = command.subcommand(arguments[1]) else {
                reject(.unknownSubcommand(arguments), command: nil)
                return true
            }
            called = subcommand
        } else {
            called = command
        }
        if let error = objection(to: called, arguments) {
            reject(error, command: called)
            return true
        }
        if server.pause.isActive, mustWait(called) {
            park()
            return false
        }
        if transaction != nil, !called.flags.contains(.transactional) {
            queue(called, arguments)
        } else {
            call(called, arguments)
        }
        advanceReplyMode()
        return true
    }

    /// Why the command is refused before it runs, or nil.
    private func objection(to command: Command, _ arguments: Arguments) -> ReplyError? {
        guard command.handler != nil, command.accepts(argumentCount: arguments.count) else {
            return .wrongArgumentCount(command.fullName)
        }
        if isAuthenticationRequired, !command.flags.contains(.noAuthentication) {
            return .authenticationRequired
        }
        if transaction != nil, command.flags.contains(.noMulti) {
            return .notAllowedInTransaction
        }
        if outlet.version == .resp2, outlet.hasPubSubSubscriptions,
            !command.flags.contains(.allowedWhileSubscribed)
        {
            return .notAllowedWhileSubscribed(command.fullName)
        }
        return nil
    }

    private func reject(_ error: ReplyError, command: Command?) {
        transaction?.isAborted = true
        if let command { context.commandStatistics[command.index].rejected.add(1) }
        replyError(error)
        commitRepliesInMode()
        advanceReplyMode()
    }

    private func mustWait(_ command: Command) -> Bool {
        var flags = command.flags
        if let transaction, command.descriptor.name == "exec" {
            flags.formUnion(transaction.flags)
        }
        return server.pause.isPaused(
            writing: flags.contains(.write) || flags.contains(.mayReplicate))
    }

    /// Runs a command and counts it.
    func call(_ command: Command, _ arguments: Arguments) {
        let begin = server.clock.monotonic()
        let defers = command.flags.contains(.publishes) && outlet.hasSubscriptions && !isInsideExec
        if replyMode != .on { commitRepliesInMode() }
        if defers {
            commitReplies()
            outlet.beginDeferring()
        }
        do throws(ReplyError) {
            try command.handler!(self, arguments)
        } catch {
            replyError(error)
            context.commandStatistics[command.index].failed.add(1)
        }
        if defers {
            commitReplies()
            outlet.endDeferring()
        }
        let elapsed = server.clock.monotonic() &- begin
        let statistics = context.commandStatistics[command.index]
        statistics.calls.add(1)
        statistics.nanoseconds.add(Int(elapsed))
        context.shard.statistics.commandsProcessed.add(1)
        record.lastCommand.store(command.index, ordering: .relaxed)
        record.lastInteraction.store(context.now / 1_000_000, ordering: .relaxed)
        report(command, arguments, nanoseconds: Int(elapsed))
    }

    /// Tells SLOWLOG and the monitors.
    private func report(_ command: Command, _ arguments: Arguments, nanoseconds: Int) {
        let threshold = context.configuration.slowlogLogSlowerThan
        if threshold >= 0, nanoseconds >= threshold * 1000,
            !command.flags.contains(.skipSlowlog)
        {
            server.slowlog.add(
                Slowlog.shortened(arguments, redacting: redactedArguments),
                microseconds: nanoseconds / 1000,
                time: context.now / 1_000_000, address: record.address,
                clientName: record.texts.withLock { $0.name },
                lengthMax: context.configuration.slowlogMaxLen)
        }
        if broker.monitorCount.current > 0, !command.flags.contains(.skipMonitor),
            !command.flags.contains(.admin)
        {
            feedMonitors(arguments)
        }
        if !redactedArguments.isEmpty { redactedArguments = [] }
    }

    private func feedMonitors(_ arguments: Arguments) {
        let line = MonitorLine.make(
            time: server.clock.wall(), database: record.database.load(ordering: .relaxed),
            address: record.address, arguments: arguments, redacting: redactedArguments)
        commitReplies()
        line.withUnsafeBytes { broker.publishToMonitors($0, from: context.shard) }
    }

    // MARK: Reply modes

    /// Keeps or drops what was written so far, where CLIENT REPLY may want it dropped.
    private func commitRepliesInMode() {
        if replyMode != .on { commitReplies() }
    }

    /// CLIENT REPLY SKIP drops the reply of one command: the next.
    private func advanceReplyMode() {
        switch replyMode {
        case .on: break
        case .off: commitReplies()
        case .skipNext:
            commitReplies()
            replyMode = .skip
        case .skip:
            commitReplies()
            replyMode = .on
        }
    }
}

extension Outlet {
    /// What puts a RESP2 client into subscriber mode; MONITOR does not.
    var hasPubSubSubscriptions: Bool {
        subscriptionCount + shardSubscriptionCount > 0
    }
}
