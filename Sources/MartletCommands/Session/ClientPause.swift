// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Synchronization

/// CLIENT PAUSE: until when commands wait, and which.
package final class ClientPause: Sendable {
    package enum Scope: Int, Sendable {
        /// Commands that write, publish or end a transaction that does.
        case write = 1
        case all = 2
    }

    private struct State {
        var scope: Scope?
        /// Milliseconds since the epoch.
        var end = 0
    }

    private let state = Mutex(State())
    /// The scope's number, 0 when nothing is paused; read before each command.
    private let activeScope = Atomic(0)

    var isActive: Bool { activeScope.load(ordering: .relaxed) != 0 }

    func isPaused(writing: Bool) -> Bool {
        switch activeScope.load(ordering: .relaxed) {
        case Scope.all.rawValue: true
        case Scope.write.rawValue: writing
        default: false
        }
    }

    /// Begins a pause or, as in Redis, extends the one there is to the later end and the wider
    /// scope.
    func begin(_ scope: Scope, until end: Int) {
        state.withLock { state in
            state.end = max(state.end, end)
            if state.scope != .all { state.scope = scope }
            activeScope.store(state.scope!.rawValue, ordering: .relaxed)
        }
    }

    func end() {
        state.withLock { state in
            state = State()
            activeScope.store(0, ordering: .relaxed)
        }
    }

    /// Ends the pause if its time has come.
    ///
    /// - Returns: whether nothing is paused any more.
    func endIfOver(at time: Int) -> Bool {
        state.withLock { state in
            guard time >= state.end else { return state.scope == nil }
            state = State()
            activeScope.store(0, ordering: .relaxed)
            return true
        }
    }
}
