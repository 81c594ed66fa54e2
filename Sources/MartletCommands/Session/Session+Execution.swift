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
        guard let command = context.commands.find(arguments[0]) else {
            if speaksHTTP(arguments[0]) {
                endWithoutReplies()
            } else {
                refuseUnknown(.unknownCommand(arguments))
            }
            return true
        }
        return command._withUnsafeGuaranteedRef { command in
            guard command.isContainer, arguments.count > 1 else {
                return process(command, arguments)
            }
            guard let subcommand = command.subcommand(arguments[1]) else {
                refuseUnknown(.unknownSubcommand(arguments))
                return true
            }
            return process(subcommand, arguments)
        }
    }

    @inline(__always)
    private func process(_ called: Command, _ arguments: Arguments) -> Bool {
        record.lastCommand.store(called.index, ordering: .relaxed)
        if let error = objection(to: called, arguments) {
            context.commandStatistics[called.index].rejected.add(1)
            reject(error, isExec: isExec(called))
            return true
        }
        if context.pause.isActive, mustWait(called) {
            context.pause(self)
            return false
        }
        if transaction != nil, !called.flags.contains(.transactional) {
            queue(called, arguments)
        } else if needsKeyspace(called) {
            guard context.enterKeyspace(for: self) else {
                if isParked { return false }
                reject(server.busyError.withLock { $0 }, isExec: isExec(called))
                return true
            }
            call(called, arguments)
        } else {
            context.leaveKeyspace(self)
            call(called, arguments)
        }
        if replyMode != .on { advanceReplyMode() }
        return true
    }

    /// Why the command is refused before it runs, or nil.
    private func objection(to command: Command, _ arguments: Arguments) -> ReplyError? {
        guard command.isExecutable, command.accepts(argumentCount: arguments.count) else {
            return .wrongArgumentCount(command.fullName)
        }
        if command.flags.contains(.protected), let error = protection(of: command) { return error }
        if isAuthenticationRequired, !command.flags.contains(.noAuthentication) {
            return .authenticationRequired
        }
        if transaction != nil, command.flags.contains(.noMulti) {
            return .notAllowedInTransaction
        }
        if server.writeConditions.areMinded || context.shard.hasLog,
            let error = refusal(of: command, arguments, doing: effects(of: command))
        {
            return error
        }
        if outlet.version == .resp2, outlet.hasPubSubSubscriptions,
            !command.flags.contains(.allowedWhileSubscribed)
        {
            return .notAllowedWhileSubscribed(command.fullName)
        }
        if isMonitor, touchesKeys(command) { return .notAllowedForMonitor }
        return nil
    }

    private func refuseUnknown(_ error: ReplyError) {
        record.lastCommand.store(-1, ordering: .relaxed)
        reject(error, isExec: false)
    }

    private func reject(_ error: ReplyError, isExec: Bool) {
        if isExec {
            discardTransaction()
            replyError(.transactionDiscarded(because: error))
        } else {
            transaction?.isAborted = true
            replyError(error)
        }
        advanceReplyMode()
    }

    /// A browser that was lured into sending a request here: Redis ends it without an answer, so
    /// that nothing behind the request's first line is executed.
    private func speaksHTTP(_ name: UnsafeRawBufferPointer) -> Bool {
        guard name.isWord("post") || name.isWord("host:") else { return false }
        let now = server.clock.wall() / 1_000_000
        let last = server.lastSecurityWarning.exchange(now, ordering: .relaxed)
        if now >= last + 60 {
            server.host?.log(
                .warning,
                "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or "
                    + "Host: commands to Martlet. This is likely due to an attacker attempting "
                    + "to use Cross Protocol Scripting to compromise your Martlet instance. "
                    + "Connection from \(record.address) aborted.")
        }
        return true
    }

    private func isExec(_ command: Command) -> Bool { command.descriptor.name == "exec" }

    /// What the command may do; for EXEC, what its transaction may.
    private func effects(of command: Command) -> CommandFlags {
        guard let transaction, isExec(command) else { return command.flags }
        return command.flags.union(transaction.flags)
    }

    /// To Redis a monitor is a replica, which must not.
    private func touchesKeys(_ command: Command) -> Bool {
        !effects(of: command).isDisjoint(with: [.write, .readOnly, .mayReplicate])
    }

    private func mustWait(_ command: Command) -> Bool {
        if isMonitor { return false }
        let writes = !effects(of: command).isDisjoint(with: [.write, .mayReplicate])
        guard server.pause.isPaused(writing: writes) else { return false }
        if server.pause.endIfOver(now: server.clock.wall() / 1000) > 0 { return true }
        server.resumePausedSessions()
        return false
    }

    /// Runs a command and counts it.
    func call(_ command: Command, _ arguments: Arguments) {
        let begin = context.beginTiming(command)
        let defers = mayPublish(command) && mayReceiveItsOwn()
        if defers {
            commitReplies()
            outlet.beginDeferring()
        }
        do throws(ReplyError) {
            switch command.action {
            case .session(let handler): try handler(self, arguments)
            case .keys: try callOnKeys(command, arguments)
            case .none: preconditionFailure("a container is refused before it is called")
            }
        } catch {
            replyError(error)
            context.commandStatistics[command.index].failed.add(1)
        }
        if context.holdsKeyspace, !isInsideExec { keyContext.finish() }
        if defers, !isTransactionInterrupted {
            commitReplies()
            outlet.endDeferring()
            // What went through the mailbox comes in front of the next reply too.
            context.shard.drainDeliveries()
        }
        let elapsed = context.endTiming(command, since: begin) ?? 0
        if elapsed >= context.slowlogNanoseconds || broker.monitorCount.current > 0
            || !redactedArguments.isEmpty
        {
            report(command, arguments, nanoseconds: elapsed)
        }
    }

    private func mayPublish(_ command: Command) -> Bool {
        command.flags.contains(.publishes)
            || command.isOnKeys && !keyContext.keyspace.notificationClasses.isNone
    }

    /// Whether a command that publishes may deliver to this client, who gets that behind the
    /// reply: behind the whole reply of EXEC. A monitor cannot publish, and sees its own lines
    /// between the replies.
    @inline(__always)
    private func mayReceiveItsOwn() -> Bool {
        guard !isInsideExec, !isMonitor else { return false }
        return outlet.hasSubscriptions || transaction?.flags.contains(.publishes) == true
    }

    /// Tells SLOWLOG and the monitors.
    private func report(_ command: Command, _ arguments: Arguments, nanoseconds: Int) {
        if nanoseconds >= context.slowlogNanoseconds,
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
            address: record.monitorAddress, arguments: arguments, redacting: redactedArguments)
        commitReplies()
        line.withUnsafeBytes { broker.publishToMonitors($0, from: context.shard) }
        // Its own line comes in front of the next reply, even if it went through the mailbox.
        if outlet.isMonitor { context.shard.drainDeliveries() }
    }

    // MARK: Reply modes

    /// CLIENT REPLY SKIP drops the reply of one command: the next.
    private func advanceReplyMode() {
        switch replyMode {
        case .on: break
        case .off: commitReplies()
        case .skipNext: setReplyMode(.skip)
        case .skip: setReplyMode(.on)
        }
    }
}
