// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// How a session comes to the keyspace
//
// A shard enters the gate with the first command on keys in a session's input and stays for the
// run of such commands, so that a pipeline pays once. If the gate is taken the session parks, with
// its request not taken; the shard goes on with its others, and with this one when it is told.

import MartletConfiguration
import MartletCore
import RESP

extension Session {
    /// Whether the command must hold the keyspace; for EXEC, whether its transaction must.
    @inline(__always)
    func needsKeyspace(_ command: Command) -> Bool {
        command.flags.contains(.keyspace) && !canDoWithout(command)
            || command.flags.contains(.endsTransaction) && transactionNeedsKeyspace
    }

    /// While the log loads INFO tells what it can without the keys.
    private func canDoWithout(_ command: Command) -> Bool {
        server.writeConditions.isLoading && command.descriptor.name == "info"
    }

    private var transactionNeedsKeyspace: Bool {
        watch != nil || transaction?.flags.contains(.keyspace) == true
    }

    /// Runs a command on keys, which may be answered later.
    func callOnKeys(_ command: Command, _ arguments: Arguments) throws(ReplyError) {
        keyContext.prepareForSession(
            database: selectedDatabase, touching: !record.has(.noTouch))
        try keyContext.run(command, arguments)
        guard let postponement = keyContext.takePostponement() else { return }
        switch postponement {
        case .waiting(let wait):
            block(wait)
        case .slow where isInsideExec:
            interruption = slowPart(command, OwnedArguments(arguments))
        case .slow:
            runSlowly(command, OwnedArguments(arguments))
        }
    }

    /// Runs a command again where it may take long.
    private func runSlowly(_ command: Command, _ arguments: OwnedArguments) {
        let pending = postponeReply()
        let server = server
        let database = selectedDatabase
        let version = outlet.version
        server.gate.performSlowly { _ in
            let keys = server.gateContext
            keys.beginJob(database: database, version: version)
            var isError = false
            arguments.withArguments { arguments in
                do throws(ReplyError) {
                    try keys.run(command, arguments)
                } catch {
                    keys.writeError(error)
                    isError = true
                }
            }
            let bytes = keys.takeReply()
            keys.finish()
            let position = keys.keyspace.handOver()
            pending.post { [isError] session in
                if isError {
                    session.context.commandStatistics[command.index].failed.add(1)
                    session.context.shard.statistics.errorReplies.add(1)
                }
                session.outlet.hold(until: position)
                bytes.forEach { session.reply.raw($0.bytes) }
            }
        }
    }

    /// Runs a command of a transaction where it may take long.
    private func slowPart(
        _ command: Command, _ arguments: OwnedArguments
    ) -> @Sendable () -> LateReply {
        let server = server
        let database = selectedDatabase
        let version = outlet.version
        return {
            let keys = server.gateContext
            keys.beginJob(database: database, version: version)
            keys.runTransaction(isPart: true) {
                arguments.withArguments { arguments in
                    do throws(ReplyError) {
                        try keys.run(command, arguments)
                    } catch {
                        error.message.withUnsafeBytes { keys.reply.error($0) }
                    }
                }
            }
            return LateReply(bytes: keys.takeReply().flatMap { Array($0.bytes) }, position: 0)
        }
    }

    /// Whether it waits for keys.
    package var isBlocked: Bool { blocked != nil }
}

extension ShardContext {
    /// How many commands are executed before others who wait have their turn.
    private static let commandCountMax = 64

    /// Enters the gate, unless the shard has it.
    ///
    /// - Returns: false if it is taken: the session is parked then and goes on later, unless
    ///   the gate is busy.
    @inline(__always)
    func enterKeyspace(for session: Session) -> Bool {
        if holdsKeyspace {
            keyCommandCount &+= 1
            if keyCommandCount < Self.commandCountMax || !server.gate.isWaitedFor { return true }
            leaveKeyspace(session)
        }
        return tryEnterKeyspace(for: session)
    }

    private func tryEnterKeyspace(for session: Session) -> Bool {
        guard waitingForKeyspace.isEmpty, let keyspace = server.gate.tryEnter() else {
            if isKeyspaceBusy { return false }
            session.park()
            waitingForKeyspace.append(session.record.id)
            if !isTold { waitForKeyspace(isSecondTime: false) }
            return false
        }
        beginHolding(keyspace)
        return true
    }

    var isKeyspaceBusy: Bool { server.gate.isBusy.load(ordering: .acquiring) }

    /// Offers the waiting sessions their requests again, which are refused since the gate is busy.
    func refuseWaiting() {
        let ids = waitingForKeyspace
        waitingForKeyspace = []
        for id in ids { sessions[id]?.unpark() }
    }

    func beginHolding(_ keyspace: Keyspace) {
        holdsKeyspace = true
        keyCommandCount = 0
        keyspace.setTime(now / 1000)
    }

    /// Leaves the gate, if the shard has it. Called before anything that is not a command on keys.
    @inline(__always)
    func leaveKeyspace(_ session: Session) {
        if holdsKeyspace { leaveHeldKeyspace(session) }
    }

    func leaveHeldKeyspace(_ session: Session) {
        holdReplies(of: session)
        holdsKeyspace = false
        server.gate.leave()
    }

    /// Has what the session replies, and has seen, wait for the log.
    @inline(__always)
    func holdReplies(of session: Session) {
        session.outlet.hold(until: keyContext.handOver())
    }

    /// Called when the input of a session has been executed.
    @inline(__always)
    func endRunOnKeys(_ session: Session) {
        guard holdsKeyspace else { return }
        if keepsKeyspace {
            holdReplies(of: session)
        } else {
            leaveHeldKeyspace(session)
        }
    }

    private func waitForKeyspace(isSecondTime: Bool) {
        isTold = true
        server.gate.wait(shard, isSecondTime: isSecondTime) { [unowned self] isOwner in
            resumeWaiting(isOwner: isOwner)
        }
    }

    /// Goes on with the sessions that wait, in the order in which they came.
    ///
    /// - Parameter isOwner: whether the gate was handed to this shard.
    private func resumeWaiting(isOwner: Bool) {
        if isOwner {
            beginHolding(server.gate.heldKeyspace)
        } else if let keyspace = server.gate.tryEnter() {
            beginHolding(keyspace)
        } else {
            return waitForKeyspace(isSecondTime: true)
        }
        isTold = false
        let ids = waitingForKeyspace
        waitingForKeyspace = []
        keepsKeyspace = true
        for id in ids { sessions[id]?.unpark() }
        keepsKeyspace = false
        guard holdsKeyspace else { return }
        holdsKeyspace = false
        server.gate.leave()
    }
}

extension ServerContext {
    /// Says that a script has run for too long: commands on keys are answered with the error, those
    /// that wait as well.
    package func beginBusy(_ error: ReplyError) {
        busyError.withLock { $0 = error }
        gate.isBusy.store(true, ordering: .releasing)
        for shard in broker.shards {
            shard.mailbox.post { [self] in shardContexts[$0.index].refuseWaiting() }
        }
    }

    /// Says that it has ended, or is about to.
    package func endBusy() {
        gate.isBusy.store(false, ordering: .relaxed)
    }

    /// Takes over settings that the keyspace minds.
    func applyKeyspaceSettings(_ configuration: Configuration) {
        var classes: NotificationClasses = []
        for (letter, type) in NotificationClasses.letters
        where configuration.notifyKeyspaceEvents.contains(letter: letter.asciiValue!) {
            classes.insert(type)
        }
        // Nobody is told of anything without one of the two.
        if classes.isDisjoint(with: [.keyspace, .keyevent]) { classes = [] }
        gate.perform { [classes] keyspace in
            keyspace.notificationClasses = classes
            keyspace.applyLimits(configuration)
        }
        writeConditions.setMemoryLimit(configuration.maxmemory)
    }

    /// The longest that a timer is set for, in milliseconds; it is set again for the rest.
    private static let alarmMax = 24 * 60 * 60 * 1000
    /// So many keys are removed before others have their turn.
    private static let expiredKeyCountMax = 200

    /// Has the keyspace do what is due when it is. Called by the holder of the gate.
    func setAlarm() {
        guard let due = keyspace.setAlarm() else { return }
        let delay = min(max(due - keyspace.now, 1), Self.alarmMax)
        timer(delay) { [weak self] in
            guard let self else { return }
            gate.perform { [self] _ in doWhatIsDue() }
        }
    }

    /// Removes keys whose time has come, and answers clients that have waited long enough.
    private func doWhatIsDue() {
        let keys = gateContext
        keys.beginJob()
        keys.endTimedOutWaits()
        if !keyspace.expireKeys(atMost: Self.expiredKeyCountMax) {
            gate.perform { [self] _ in doWhatIsDue() }
        }
        keys.finish()
        _ = keyspace.handOver()
        setAlarm()
    }
}

extension Keyspace {
    fileprivate func applyLimits(_ configuration: Configuration) {
        stringByteCountMax = configuration.protoMaxBulkLen
        streamLimits = StreamLimits(
            blockByteCountMax: configuration.streamNodeMaxBytes,
            blockEntryCountMax: configuration.streamNodeMaxEntries)
        listLimits = ListLimits(configuration.listMaxListpackSize)
        hashLimits = HashLimits(
            packedCountMax: configuration.hashMaxListpackEntries,
            packedByteCountMax: configuration.hashMaxListpackValue)
        setLimits = SetLimits(
            integerCountMax: configuration.setMaxIntsetEntries,
            packedCountMax: configuration.setMaxListpackEntries,
            packedByteCountMax: configuration.setMaxListpackValue)
        sortedSetLimits = SortedSetLimits(
            packedCountMax: configuration.zsetMaxListpackEntries,
            packedByteCountMax: configuration.zsetMaxListpackValue)
    }
}
