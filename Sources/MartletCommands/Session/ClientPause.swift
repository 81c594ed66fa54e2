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
    /// scope. Times are milliseconds since the epoch.
    func begin(_ scope: Scope, until end: Int, now: Int) {
        state.withLock { state in
            if now >= state.end { state = State() }
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
    /// - Parameter now: milliseconds since the epoch.
    /// - Returns: how many milliseconds are left; 0 if nothing is paused any more.
    func endIfOver(now: Int) -> Int {
        state.withLock { state in
            guard state.scope != nil else { return 0 }
            guard now >= state.end else { return state.end - now }
            state = State()
            activeScope.store(0, ordering: .relaxed)
            return 0
        }
    }
}

extension ServerContext {
    /// The longest that a timer is set for, in milliseconds; it is set again for the rest.
    private static let pauseTimerMax = 24 * 60 * 60 * 1000

    /// Ends the pause when its time comes. Called for each CLIENT PAUSE, since each may extend it.
    func schedulePauseEnd() {
        let left = pause.endIfOver(now: clock.wall() / 1000)
        guard left > 0 else { return resumePausedSessions() }
        host?.schedule(afterMilliseconds: min(left, Self.pauseTimerMax), on: broker.shards[0]) {
            [weak self] _ in
            self?.schedulePauseEnd()
        }
    }

    /// Has every shard go on with the sessions that the pause held up.
    func resumePausedSessions() {
        for shard in broker.shards {
            shard.mailbox.post { [self] in shardContexts[$0.index].resumePausedSessions() }
        }
    }
}
