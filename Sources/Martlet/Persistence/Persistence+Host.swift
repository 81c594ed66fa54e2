// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands
import MartletCore
import MartletLog

extension Persistence: LogHost {
    package var facts: LogFacts {
        var facts = LogFacts()
        let (state, now) = (state.withLock { $0 }, context.clock.wall() / 1_000_000)
        if let progress = state.progress {
            facts.isLoading = true
            facts.totalByteCount = progress.totalByteCount
            facts.loadedByteCount = progress.loadedByteCount
        }
        facts.lastSaveTime = state.lastSaveTime
        facts.rewriteCount = state.rewriteCount
        facts.lastRewriteSeconds = state.lastRewriteSeconds
        if let began = state.rewriteBegan { facts.currentRewriteSeconds = now - began }
        guard let status = state.log?.status else { return facts }
        facts.isEnabled = true
        facts.byteCount = status.byteCount
        facts.baseByteCount = status.baseByteCount
        facts.bufferByteCount = status.bufferByteCount
        facts.isSyncing = status.isSyncing
        facts.delayedSyncCount = status.delayedSyncCount
        facts.isLastWriteOK = status.isLastWriteOK
        facts.isRewriting = state.rewriteBegan != nil
        facts.isLastRewriteOK = status.isLastRewriteOK
        facts.consecutiveFailedRewriteCount = status.consecutiveFailedRewriteCount
        return facts
    }

    // MARK: SAVE and WAITAOF

    package func save(_ completion: @escaping @Sendable (_ failure: String?) -> Void) {
        guard let log else { return completion("appendonly is no") }
        log.flush { [self] failure in
            if failure == nil { noteSave() }
            completion(failure)
        }
    }

    func noteSave() {
        let now = context.clock.wall()
        state.withLock { $0.lastSaveTime = now }
    }

    package func isSynced(_ position: UInt64) -> Bool {
        guard let log else { return true }
        return log.syncedPosition >= position
    }

    package func whenSynced(_ position: UInt64, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.syncWaiters.append((position: position, body: body)) }
        syncAdvanced()
    }

    /// Calls those whose position is on disk, and has the log tell of the next.
    func syncAdvanced() {
        while true {
            let synced = log?.syncedPosition ?? .max
            let (reached, lowest) = state.withLock { state in
                let reached = state.syncWaiters.filter { $0.position <= synced }
                state.syncWaiters.removeAll { $0.position <= synced }
                return (reached, state.syncWaiters.map(\.position).min())
            }
            for waiter in reached { waiter.body() }
            guard let lowest, let log else { return }
            if log.awaitSync(of: lowest, shard: syncWaiterIndex) { return }
        }
    }

    // MARK: Calls of the program

    /// Has the log written, and waits until a position may be told of: it is written, and synced
    /// if the policy says so.
    func waitUntilReleased(_ position: UInt64) async throws(BrokerError) {
        guard position > 0, let log else { return }
        log.commit()
        if log.releasedPosition >= position { return }
        let isReleased = await withUnsafeContinuation { continuation in
            state.withLock { state in
                state.releaseWaiters.append((position, { continuation.resume(returning: $0) }))
            }
            releaseAdvanced()
        }
        if !isReleased {
            throw BrokerError(.logFailure, "the broker was closed before its log could be written")
        }
    }

    /// Lets those go on whose position is released, and has the log tell of the next.
    func releaseAdvanced() {
        while true {
            let released = log?.releasedPosition ?? .max
            let (reached, lowest) = state.withLock { state in
                let reached = state.releaseWaiters.filter { $0.position <= released }
                state.releaseWaiters.removeAll { $0.position <= released }
                return (reached, state.releaseWaiters.map(\.position).min())
            }
            for waiter in reached { waiter.body(true) }
            guard let lowest, let log else { return }
            if log.awaitRelease(of: lowest, shard: releaseWaiterIndex) { return }
        }
    }

    /// The log is closed: what is not written by now never will be.
    func giveUpWaiting() {
        releaseAdvanced()
        let left = state.withLock { state in
            defer { state.releaseWaiters = [] }
            return state.releaseWaiters
        }
        for waiter in left { waiter.body(false) }
    }
}
