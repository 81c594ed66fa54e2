// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// How a session comes to the keyspace
//
// A shard enters the gate with the first command on keys in a session's input and stays for the
// run of such commands, so that a pipeline pays once. If the gate is taken the session parks, with
// its request not taken; the shard goes on with its others, and with this one when it is told.

import MartletCore
import RESP

extension Session {
    /// Whether the command must hold the keyspace; for EXEC, whether its transaction must.
    @inline(__always)
    func needsKeyspace(_ command: Command) -> Bool {
        command.keyHandler != nil
            || command.flags.contains(.keyspace) && needsKeyspaceNow()
    }

    private func needsKeyspaceNow() -> Bool {
        transaction?.flags.contains(.keyspace) == true || !watchedKeys.isEmpty
    }
}

extension ShardContext {
    /// How many commands are executed before others who wait have their turn.
    private static let commandCountMax = 64

    /// Enters the gate, unless the shard has it.
    ///
    /// - Returns: false if it is taken; the session is parked then and goes on later.
    @inline(__always)
    func enterKeyspace(for session: Session) -> Bool {
        if holdsKeyspace {
            keyCommandCount &+= 1
            if keyCommandCount < Self.commandCountMax || !server.gate.isWaitedFor { return true }
            leaveKeyspace()
        }
        return tryEnterKeyspace(for: session)
    }

    private func tryEnterKeyspace(for session: Session) -> Bool {
        guard waitingForKeyspace.isEmpty, let keyspace = server.gate.tryEnter() else {
            session.park()
            waitingForKeyspace.append(session.record.id)
            if waitingForKeyspace.count == 1 { waitForKeyspace(isSecondTime: false) }
            return false
        }
        beginHolding(keyspace)
        return true
    }

    private func beginHolding(_ keyspace: Keyspace) {
        holdsKeyspace = true
        keyCommandCount = 0
        keyspace.setTime(now / 1000)
    }

    /// Leaves the gate, if the shard has it. Called before anything that is not a command on keys.
    @inline(__always)
    func leaveKeyspace() {
        guard holdsKeyspace else { return }
        holdsKeyspace = false
        server.gate.leave()
    }

    /// Called when the input of a session has been executed.
    @inline(__always)
    func endRunOnKeys() {
        if !keepsKeyspace { leaveKeyspace() }
    }

    private func waitForKeyspace(isSecondTime: Bool) {
        server.gate.wait(shard, isSecondTime: isSecondTime) { [unowned self] isOwner in
            resumeWaiting(isOwner: isOwner)
        }
    }

    /// Goes on with the sessions that wait, in the order in which they came. Those that wait
    /// behind them all this time wait again.
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
        let ids = waitingForKeyspace
        waitingForKeyspace = []
        keepsKeyspace = true
        for id in ids { sessions[id]?.unpark() }
        keepsKeyspace = false
        leaveKeyspace()
    }
}
