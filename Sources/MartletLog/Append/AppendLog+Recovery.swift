// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// When the disk fails
//
// A write that failed is cut back to the end of the last whole batch and done again: nothing that
// had been written is in doubt.
//
// A sync that failed is not called again. Linux may have marked the pages clean although they
// never reached the disk; the next call would say that all is well. But everything since the last
// sync that succeeded is still in memory:
//
//     increment 4  ├── on disk ──┼── in doubt ──┤
//     memory                     ├──────────────┼── appended since ──┤
//     increment 5                ├───────── written and synced ──────┤
//
// Once increment 5 is on disk the manifest names it, and what is in doubt is cut off increment 4.
// Should the process end between the two, a load sees where increment 5 starts and stops there in
// increment 4. Until then replies stay unsent and writes are refused. A rewrite under way is
// given up: its increment starts in the midst of what is in doubt.

extension AppendLog {
    /// What has to be done before the log can go on. Whoever does it has the writing meanwhile.
    enum Remedy {
        /// There is no increment yet: nothing was ever appended, or Redis wrote the last one.
        case open
        /// The increment is in doubt behind what is synced.
        case newIncrement
        /// The files are those of another time; a rewrite begins anew (CONFIG SET appendonly yes).
        case rewrite
    }

    private static let retryDelayMin = Duration.milliseconds(100)
    private static let retryDelayMax = Duration.seconds(2)

    // MARK: What failed

    /// The caller has the writing, and hands it on.
    func writeFailed(_ run: Run, _ error: StorageError) {
        var cutFailed = false
        do throws(StorageError) {
            try run.increment.file.truncate(to: run.increment.byteCount)
        } catch {
            cutFailed = true
        }
        let flushes = withLock {
            numbers.writeSucceeded = false
            if cutFailed, remedy == nil { remedy = .newIncrement }
            return failed("\(error)")
        }
        report(error, flushes)
        retryLater()
    }

    /// On the sync queue.
    func syncFailed(_ error: StorageError) {
        let (flushes, mustRecover) = withLock {
            isSyncing = false
            syncStarted = nil
            // Who writes at the moment finds the remedy and sees to it.
            let mustRecover = !isWriting
            isWriting = true
            remedy = .newIncrement
            return (failed("\(error)"), mustRecover)
        }
        report(error, flushes)
        if mustRecover { environment.writeQueue.async { self.recover() } }
    }

    /// With the lock.
    private func failed(_ reason: String) -> [Flush] {
        failure = reason
        updateRefusing()
        defer { flushes = [] }
        return flushes
    }

    private func report(_ error: StorageError, _ flushes: [Flush]) {
        let isFirst = withLock { retryDelay == .zero }
        if isFirst { environment.report(.warning, "The log cannot be written: \(error)") }
        for flush in flushes { flush.completion("\(error)") }
    }

    private func retryLater() {
        let delay = withLock {
            retryDelay = min(max(retryDelay * 2, Self.retryDelayMin), Self.retryDelayMax)
            return retryDelay
        }
        environment.writeQueue.async(after: delay) { self.recover() }
    }

    /// With the lock.
    func recovered() {
        failure = nil
        retryDelay = .zero
        updateRefusing()
        environment.writeQueue.async { [environment] in
            environment.report(.notice, "The log can be written again")
        }
    }

    // MARK: What is done about it

    /// On the write queue, with the writing.
    func recover() {
        do throws(StorageError) {
            switch withLock({ remedy }) {
            case .open: try openIncrement()
            case .newIncrement: try replaceIncrement()
            case .rewrite:
                awaitRewrite()
                return
            case nil: break
            }
        } catch {
            let flushes = withLock {
                numbers.writeSucceeded = false
                return failed("\(error)")
            }
            report(error, flushes)
            retryLater()
            return
        }
        writeBuffered(isInline: false)
    }

    private func openIncrement() throws(StorageError) {
        try directory.acquire()
        let (opened, entry) = try directory.createIncrement(id: environment.random())
        try directory.update { $0.increments.append(entry) }
        withLock {
            increment = opened
            writtenByteCount = opened.byteCount
            remedy = nil
        }
    }

    /// What is appended goes nowhere until a rewrite begins, whose base will hold it.
    private func awaitRewrite() {
        let (shards, flushes) = withLock {
            isWriting = false
            isCommitRequested = false
            if failure != nil { recovered() }
            skipBuffered()
            return (advanceRelease(), takeFlushes())
        }
        tell(shards)
        for flush in flushes { flush.completion(nil) }
    }

    private func replaceIncrement() throws(StorageError) {
        let abandoned = abandonRewrite()
        if withLock({ !isListed }) {
            withLock { remedy = .rewrite }
            awaitRewrite()
            return
        }
        let (replacement, entry) = try directory.createIncrement(id: environment.random())
        let copy: Copy
        do throws(StorageError) {
            copy = try copyRetained(to: replacement)
            try replacement.file.synchronize()
        } catch {
            try? directory.remove(replacement.name)
            throw error
        }
        let doubtful = withLock { unsynced + [increment!] }
        var dropped = copy.isWhole ? doubtful.dropFirst().map(\.name) : []
        if let unused = abandoned?.increment, !doubtful.contains(where: { $0 === unused }) {
            dropped.append(unused.name)
        }
        try directory.update {
            for var old in $0.increments where dropped.contains(old.name) {
                old.kind = .history
                $0.history.append(old)
            }
            $0.increments.removeAll { dropped.contains($0.name) }
            $0.increments.append(entry)
        }
        if copy.isWhole {
            // A load would stop there anyway; Redis would not.
            try? doubtful[0].file.truncate(to: doubtful[0].durableByteCount)
        } else {
            environment.report(.warning, Self.doubtText)
        }
        try? directory.removeHistory()
        replaced(doubtful, by: replacement, copy)
    }

    private func replaced(_ doubtful: [Increment], by replacement: Increment, _ copy: Copy) {
        let (shards, flushes) = withLock {
            numbers.closedByteCount +=
                copy.isWhole ? doubtful[0].durableByteCount : doubtful.last!.byteCount
            numbers.needsRewrite = numbers.needsRewrite || !copy.isWhole
            numbers.writeSucceeded = true
            replacement.durableByteCount = replacement.byteCount
            increment = replacement
            writtenByteCount = replacement.byteCount
            unsynced = []
            (written, synced) = (copy.end, copy.end)
            (writtenDatabase, syncedDatabase) = (copy.database, copy.database)
            remedy = nil
            recovered()
            discardSynced()
            return (advanceRelease(), takeFlushes())
        }
        tell(shards)
        for flush in flushes { flush.completion(nil) }
    }

    /// What a new increment was given.
    private struct Copy {
        var end: LogPosition
        var database: Int
        /// Whether it goes on from the last sync. Under `appendfsync no` what is written is not
        /// kept in memory, and stays where it is.
        var isWhole: Bool
    }

    private static let doubtText =
        "What was written to the log while appendfsync was no may not survive a power cut; "
        + "rewriting the log makes up for it"

    private func copyRetained(to replacement: Increment) throws(StorageError) -> Copy {
        var (copy, end) = withLock {
            let isWhole = retained <= synced
            return isWhole
                ? (Copy(end: synced, database: syncedDatabase, isWhole: true), buffer.end)
                : (Copy(end: written, database: writtenDatabase, isWhole: false), buffer.end)
        }
        while copy.end < end {
            let run = withLock {
                compose(from: copy.end, database: copy.database, limit: end, in: replacement)
            }
            try write(run)
            (copy.end, copy.database) = (run.end, run.database)
        }
        return copy
    }

    private func abandonRewrite() -> RewriteSession? {
        let (abandoned, waiting) = withLock {
            defer { (rewrite, upcoming, whenSwitched) = (nil, nil, nil) }
            return (rewrite, whenSwitched)
        }
        abandoned?.abandon()
        // It finds out and tells its producer.
        if let waiting { environment.writeQueue.async(waiting) }
        return abandoned
    }
}
