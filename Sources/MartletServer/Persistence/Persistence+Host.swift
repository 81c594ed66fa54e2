// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands
import MartletCore
import MartletLog

extension Persistence: LogHost {
    var facts: LogFacts {
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

    func save(_ completion: @escaping @Sendable (_ failure: String?) -> Void) {
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

    func isSynced(_ position: UInt64) -> Bool {
        guard let log else { return true }
        return log.syncedPosition >= position
    }

    func whenSynced(_ position: UInt64, _ body: @escaping @Sendable () -> Void) {
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
            // The index behind the loops' stands for those who wait here.
            guard let lowest, let log else { return }
            if log.awaitSync(of: lowest, shard: context.broker.shards.count) { return }
        }
    }
}
