// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands
import Synchronization

/// Whether a script runs, and whether it may be ended: SCRIPT KILL asks on any thread, without the
/// keyspace, which the script holds.
final class ScriptState: Sendable {
    private struct State {
        var isRunning = false
        var hasWritten = false
        var isKilled = false
    }

    private let state = Mutex(State())
    /// The same as `isKilled`, looked at now and then while a script runs.
    private let killed = Atomic(false)

    var isKilled: Bool { killed.load(ordering: .relaxed) }

    func begin() {
        state.withLock { $0 = State(isRunning: true) }
        killed.store(false, ordering: .relaxed)
    }

    func end() {
        state.withLock { $0 = State() }
    }

    /// Says that the script is about to write for the first time.
    ///
    /// - Returns: false if it was ended before.
    func beginWriting() -> Bool {
        state.withLock { state in
            guard !state.isKilled else { return false }
            state.hasWritten = true
            return true
        }
    }

    /// Has the script end that runs.
    func kill() throws(ReplyError) {
        let objection = state.withLock { state -> ReplyError? in
            guard state.isRunning else { return .notBusy }
            guard !state.hasWritten else { return .unkillable }
            state.isKilled = true
            killed.store(true, ordering: .relaxed)
            return nil
        }
        if let objection { throw objection }
    }
}

extension ReplyError {
    fileprivate static let notBusy = ReplyError("NOTBUSY No scripts in execution right now.")
    fileprivate static let unkillable = ReplyError(
        "UNKILLABLE Sorry the script already executed write commands against the dataset. You "
            + "can either wait the script termination or kill the server in a hard way using "
            + "the SHUTDOWN NOSAVE command.")
}
