// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension AppendLog {
    /// What one call writes.
    struct Run {
        var start: LogPosition
        var end: LogPosition
        var database: Int
        var increment: Increment
    }

    // MARK: Who writes

    /// - Returns: true if the caller now has the writing and must call `writeBuffered`.
    func claimWriting() -> Bool {
        enum Next { case nothing, inline, onQueue, recovery }
        let next: Next = withLock {
            guard written < buffer.end else { return .nothing }
            isCommitRequested = true
            if isWriting { return .nothing }
            if let target = gatherTarget, appendCount >= target {
                gatherTarget = nil
                gathered.signal()
            }
            if remedy != nil {
                isWriting = true
                return .recovery
            }
            if !isSyncing {
                isWriting = true
                return .inline
            }
            // The end of the sync sees to the rest.
            if policy == .always || isSyncOverdue() { return .nothing }
            isWriting = true
            return .onQueue
        }
        switch next {
        case .nothing: return false
        case .inline: return true
        case .onQueue: environment.writeQueue.async { self.writeBuffered(isInline: false) }
        case .recovery: environment.writeQueue.async { self.recover() }
        }
        return false
    }

    /// Under `everysec`: whether the sync under way has taken so long that writes wait for it.
    private func isSyncOverdue() -> Bool {
        guard policy == .everysec, let syncStarted,
            environment.now() - syncStarted >= Self.syncDurationMax
        else { return false }
        numbers.delayedSyncCount += 1
        return true
    }

    // MARK: Writing

    /// Writes what is buffered. The caller has the writing; this gives it back.
    func writeBuffered(isInline: Bool) {
        var count = 0
        while let run = nextRun() {
            do throws(StorageError) {
                try write(run)
            } catch {
                writeFailed(run, error)
                return
            }
            count += 1
            if isInline, count == Self.inlineWriteCountMax {
                if finish(run, mayContinue: false) {
                    environment.writeQueue.async { self.writeBuffered(isInline: false) }
                    return
                }
            } else if finish(run, mayContinue: true) {
                continue
            }
            return
        }
    }

    /// - Returns: nil if there is nothing to write; the writing is given back or handed on then.
    private func nextRun() -> Run? {
        let (run, mustRecover): (Run?, Bool) = withLock {
            if remedy != nil { return (nil, true) }
            switchIfReached()
            let limit = min(buffer.end, upcoming?.position ?? .max)
            guard written < limit, let increment else {
                isWriting = false
                return (nil, false)
            }
            isCommitRequested = false
            gatheredCount = (gatheredCount.last, appendCount)
            let run = compose(
                from: written, database: writtenDatabase, limit: limit, in: increment)
            return (run, false)
        }
        if mustRecover { environment.writeQueue.async { self.recover() } }
        return run
    }

    /// Lists the pieces of the batches from `start` on, as many as one call is to write. Called
    /// with the lock, since appending changes the buffer's lists, but not its bytes.
    ///
    /// - Parameter database: the one that is selected at `start`.
    func compose(
        from start: LogPosition, database: Int, limit: LogPosition, in increment: Increment
    ) -> Run {
        composition.begin(in: increment, at: start, database: database, durable: synced)
        var end = start
        repeat {
            let batchEnd = buffer.batchEnd(from: end, limit: limit)
            composition.beginBatch(at: end, byteCount: Int(batchEnd - end))
            buffer.forEachPiece(from: end, to: batchEnd) { composition.add($0) }
            end = batchEnd
        } while end < limit && end - start < Self.writeByteCountMax
        return Run(
            start: start, end: end, database: buffer.database(at: end), increment: increment)
    }

    /// Writes the composed batches behind what the increment has. A part that was written is cut
    /// back by who handles the error.
    func write(_ run: Run) throws(StorageError) {
        let byteCount = try composition.write(to: run.increment)
        run.increment.byteCount += byteCount
        run.increment.hasHead = true
    }

    /// - Returns: true if the caller keeps the writing and goes on.
    private func finish(_ run: Run, mayContinue: Bool) -> Bool {
        var continues = false
        var mustSync = false
        var mustSchedule = false
        let shards: [Int] = withLock {
            written = run.end
            writtenDatabase = run.database
            writtenByteCount = run.increment.byteCount
            numbers.writeSucceeded = true
            if failure != nil, remedy == nil { recovered() }
            if policy == .no, flushes.isEmpty {
                retained = written
                buffer.discard(to: retained)
                updateRefusing()
            }
            mustSync = remedy == nil && isSyncDue()
            if mustSync {
                isSyncing = true
            } else if policy == .everysec, !isSyncing, !isSyncScheduled {
                isSyncScheduled = true
                mustSchedule = true
            }
            let hasMore = written < buffer.end
            if !hasMore { becameClean() }
            let wasCut = run.end - run.start >= Self.writeByteCountMax
            let wantsMore = hasMore && (isCommitRequested || wasCut)
            // Under `always` further commits gather while the sync runs.
            continues = remedy != nil || (wantsMore && !(policy == .always && isSyncing))
            if wantsMore { isCommitRequested = true }
            switchIfReached()
            if !continues { isWriting = false }
            return advanceRelease()
        }
        if mustSync { environment.syncQueue.async { self.sync() } }
        if mustSchedule {
            environment.syncQueue.async(after: Self.syncInterval) { self.syncPeriodically() }
        }
        tell(shards)
        return continues
    }

    /// Whether a sync is to begin now. With the lock.
    func isSyncDue() -> Bool {
        guard !isSyncing, written > synced || !unsynced.isEmpty else { return false }
        switch policy {
        case .always: return true
        case .everysec: return !flushes.isEmpty || buffer.byteCount > memoryLimit / 2
        case .no: return !flushes.isEmpty
        }
    }

    /// Goes over to the increment that a rewrite has begun, once everything before it is written.
    /// With the lock and the writing.
    func switchIfReached() {
        guard let next = upcoming, next.position == written else { return }
        if let increment {
            numbers.closedByteCount += increment.byteCount
            if synced < written { unsynced.append(increment) }
        }
        increment = next.increment
        writtenByteCount = next.increment.byteCount
        upcoming = nil
        if let whenSwitched {
            self.whenSwitched = nil
            environment.writeQueue.async(whenSwitched)
        }
    }
}
