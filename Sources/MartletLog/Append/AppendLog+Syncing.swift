// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension AppendLog {
    /// Who waits until everything that was appended before is on disk.
    struct Flush {
        var position: LogPosition
        var completion: @Sendable (_ failure: String?) -> Void
    }

    /// The second is over. On the sync queue.
    func syncPeriodically() {
        let begins: Bool = withLock {
            isSyncScheduled = false
            let isDue =
                remedy == nil && !isSyncing && policy != .no
                && (written > synced || !unsynced.isEmpty)
            if isDue { isSyncing = true }
            return isDue
        }
        if begins { sync() }
    }

    /// Waits until what is written is on disk. On the sync queue, with `isSyncing` set.
    func sync() {
        let (increments, target, database, byteCount) = withLock {
            syncStarted = environment.now()
            return (
                unsynced + (increment.map { [$0] } ?? []), written, writtenDatabase,
                writtenByteCount
            )
        }
        do throws(StorageError) {
            for increment in increments { try increment.file.synchronize() }
        } catch {
            syncFailed(error)
            return
        }
        let (shards, completions, gathering, continuation) = withLock {
            let duration = syncStarted.map { environment.now() - $0 } ?? .zero
            isSyncing = false
            syncStarted = nil
            unsynced.removeAll { old in increments.contains { $0 === old } }
            // A rewrite that was finished meanwhile may have made more durable than this sync.
            if target > synced {
                synced = target
                syncedDatabase = database
                increments.last?.durableByteCount = byteCount
            }
            discardSynced()
            let shards = advanceRelease()
            let completions = takeFlushes()
            let gathering = beginGathering(after: duration)
            return (
                shards, completions, gathering, gathering == nil ? continueAfterSync() : .nothing
            )
        }
        tell(shards)
        for flush in completions { flush.completion(nil) }
        resume(gathering.map(gather) ?? continuation)
    }

    // MARK: Gathering for the next sync

    /// Under `always`: how long the next sync waits for those that this one released, nil if it
    /// does not. Most of them write again at once, and a sync costs the same for one as for all.
    /// The wait is for as many appends as there were since the sync before, and for half the time
    /// that a sync takes at most (as PostgreSQL advises for its `commit_delay`). With the lock.
    private func beginGathering(after syncDuration: Duration) -> Duration? {
        let expected = appendCount - gatheredCount.before
        let pending = appendCount - gatheredCount.last
        guard policy == .always, remedy == nil, pending > 0, pending < expected else { return nil }
        let duration = min(syncDuration / 2, Self.gatherDurationMax)
        guard duration > .zero else { return nil }
        gatherTarget = gatheredCount.last + expected
        isSyncing = true
        return duration
    }

    /// - Returns: what is to be done now.
    private func gather(for duration: Duration) -> Continuation {
        let isTimedOut = environment.wait(gathered, duration) == .timedOut
        return withLock {
            if isTimedOut {
                // Whoever reached the target since then has signalled.
                if gatherTarget == nil { gathered.wait() }
                gatherTarget = nil
            }
            isSyncing = false
            return continueAfterSync()
        }
    }

    enum Continuation { case nothing, write, sync }

    /// What the end of a sync sets going. With the lock.
    func continueAfterSync() -> Continuation {
        if remedy == nil, !isWriting, isCommitRequested || !flushes.isEmpty, written < buffer.end {
            isWriting = true
            return .write
        }
        if remedy == nil, isSyncDue() {
            isSyncing = true
            return .sync
        }
        return .nothing
    }

    func resume(_ continuation: Continuation) {
        switch continuation {
        case .nothing: break
        case .write: writeBuffered(isInline: false)
        case .sync: environment.syncQueue.async { self.sync() }
        }
    }

    /// - Returns: those who wait for no more than what is on disk. With the lock.
    func takeFlushes() -> [Flush] {
        if flushes.isEmpty { return [] }
        let reached = flushes.filter { $0.position <= synced }
        flushes.removeAll { $0.position <= synced }
        return reached
    }

    // MARK: From outside

    /// `CONFIG SET appendfsync`.
    package func setPolicy(_ policy: SyncPolicy) {
        let (shards, continuation) = withLock {
            self.policy = policy
            return (advanceRelease(), continueAfterSync())
        }
        tell(shards)
        resumeElsewhere(continuation)
    }

    /// `CONFIG SET appendonly-memory-limit`, in bytes.
    package func setMemoryLimit(_ limit: Int) {
        withLock {
            memoryLimit = limit
            updateRefusing()
        }
    }

    /// Writes and syncs what was appended so far, whatever the policy.
    ///
    /// - Parameter completion: called on one of the log's queues, with the reason if the disk does
    ///   not work.
    package func flush(_ completion: @escaping @Sendable (_ failure: String?) -> Void) {
        let (isDone, reason, mustCommit, continuation) = withLock {
            () -> (Bool, String?, Bool, Continuation) in
            if let failure { return (false, failure, false, .nothing) }
            if synced >= buffer.end { return (true, nil, false, .nothing) }
            flushes.append(Flush(position: buffer.end, completion: completion))
            return (false, nil, written < buffer.end, continueAfterSync())
        }
        if isDone || reason != nil {
            environment.writeQueue.async { completion(reason) }
        } else if continuation != .nothing {
            resumeElsewhere(continuation)
        } else if mustCommit, claimWriting() {
            resumeElsewhere(.write)
        }
    }

    /// The same as `flush`, and gives the directory back. Nothing may be appended any more.
    package func close(_ completion: @escaping @Sendable (_ failure: String?) -> Void) {
        flush { [environment, directory] failure in
            environment.writeQueue.async {
                directory.release()
                completion(failure)
            }
        }
    }

    private func resumeElsewhere(_ continuation: Continuation) {
        if continuation == .write {
            environment.writeQueue.async { self.writeBuffered(isInline: false) }
        } else {
            resume(continuation)
        }
    }
}
